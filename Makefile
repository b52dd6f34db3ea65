# make demo     set up and render the example song into results/
# make test     set up and run all tests
# make install  set up only: .venv with everything that requirements*.txt pin
# make lint     set up and check the style of the code
# make clean    remove the set-up and the demo's film
#
# PYTHON=…       the Python to set up with; else the first that is new enough
# TORCH_INDEX=…  where to find PyTorch: a package index, such as
#                https://download.pytorch.org/whl/cu126 for older NVIDIA drivers, or PyPI's if empty;
#                else the index of the small CPU build when the machine has no NVIDIA GPU

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
TORCH_CPU_INDEX := https://download.pytorch.org/whl/cpu

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(foreach python,python3 python3.13 python3.12 python3.11,\
	$(shell $(python) -c '$(NEW_ENOUGH)' 2>/dev/null && echo $(python))) python3)

.PHONY: demo test install lint clean

demo: install
	$(BIN)/snakemake --cores all
	@echo "The film is ready: $(CURDIR)/results/twinkle/twinkle.mp4"

test: install
	$(BIN)/python -m pytest -n 2 --dist loadfile

install: $(INSTALLED)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/snakemake --lint

clean:
	rm -rf $(VENV) results/twinkle

$(INSTALLED): requirements.txt requirements-dev.txt requirements-slurm.txt
	@$(CHECK_PYTHON)
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV)
	@$(CHOOSE_TORCH_INDEX); \
	$(BIN)/python -m pip install $${index:+--extra-index-url "$$index"} -r requirements-dev.txt
	@touch $@

define CHECK_PYTHON
$(PYTHON) -c '$(NEW_ENOUGH)' 2>/dev/null || { \
	echo "Songreel needs Python 3.11 or newer, but '$(PYTHON)' says: $$($(PYTHON) --version 2>&1)"; \
	echo "Install one and say which: make PYTHON=/path/to/python3.11"; \
	exit 1; }; \
$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	echo "'$(PYTHON)' cannot make virtual environments: its module venv is missing."; \
	echo "On Debian and Ubuntu: sudo apt install python3-venv"; \
	exit 1; }
endef

# PyPI's PyTorch for Linux carries several gigabytes of CUDA, of no use without an NVIDIA GPU.
define CHOOSE_TORCH_INDEX
index='$(TORCH_INDEX)'; \
if [ '$(origin TORCH_INDEX)' = undefined ] && [ "$$(uname)" = Linux ] \
	&& ! command -v nvidia-smi >/dev/null; then \
	if $(BIN)/python -c \
		'import urllib.request; urllib.request.urlopen("$(TORCH_CPU_INDEX)/torch/", timeout=5)' \
		2>/dev/null; then \
		index='$(TORCH_CPU_INDEX)'; \
		echo "No NVIDIA GPU found: taking the CPU build of PyTorch."; \
	else \
		echo "No NVIDIA GPU found, and no answer from $(TORCH_CPU_INDEX):"; \
		echo "taking the PyTorch that pip finds, which may be a large one."; \
	fi; \
fi
endef
