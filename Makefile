# make demo     set up and render the example song into results/
# make app      set up and open the browser front end on this machine
# make check    set up and run what is quick: the linters and the tests of the library
# make test     set up and run all tests, and say how much of the library they cover
# make lowest   set up the oldest Snakemake that is supported, and try the workflow with it
# make install  set up only: .venv with everything that requirements-dev.txt pins
# make lint     set up and check the code: its style, its types, what may import what
# make benchmarks  set up and print what the workflow costs; on an idle machine
# make lock     write requirements*.txt anew, after a change of the pins in pyproject.toml
# make clean    remove the set-up and the demo's film
#
# PYTHON=…       the Python to set up with; else the first that is new enough
# TORCH_INDEX=…  where to find PyTorch: a package index, such as
#                https://download.pytorch.org/whl/cu126 for older NVIDIA drivers, or PyPI's if empty;
#                else the index of the small CPU build when the machine has no NVIDIA GPU
# UPGRADE=--upgrade  with make lock: newer packages where no pin forbids it

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
TORCH_CPU_INDEX := https://download.pytorch.org/whl/cpu

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(foreach python,python3 python3.13 python3.12 python3.11,\
	$(shell $(python) -c '$(NEW_ENOUGH)' 2>/dev/null && echo $(python))) python3)

# Of the packages that torch pins itself, the lock leaves out those that its CPU build has not.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --annotation-style line \
	--no-header $(UPGRADE) pyproject.toml
WITHOUT_CUDA := sed -i -E -e '/^((cuda|nvidia)-|triton==)/d' -e '1i \
	\# Written by "make lock" from pyproject.toml; CUDA, which torch pins by itself, is left out.'

LOWEST := .venv-lowest
LOWEST_SNAKEMAKE = $(shell sed -n 's/^min_version("\(.*\)")$$/\1/p' rules/common.smk)

.PHONY: demo app check test lowest install lint benchmarks lock clean

demo: install
	$(BIN)/snakemake --cores all
	@echo "The film is ready: $(CURDIR)/results/twinkle/twinkle.mp4"

app: install
	$(BIN)/python -m app

check: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow" tests/unit

test: install
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=30 \
		--cov --cov-report=term:skip-covered

# All but Snakemake and what it needs is taken from $(VENV).
lowest: install
	$(BIN)/python -m venv --clear --without-pip $(LOWEST)
	$(BIN)/python -m pip --python $(LOWEST)/bin/python install -q "snakemake==$(LOWEST_SNAKEMAKE)"
	$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
		> "$$($(LOWEST)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/rest.pth"
	$(LOWEST)/bin/python -m pytest -m lowest tests/workflow

install: $(INSTALLED)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tests/support/text_encodings.py
	$(BIN)/snakefmt --check Snakefile workflow/Snakefile rules
	$(BIN)/snakemake --lint
	PYTHONPATH=scripts:. $(BIN)/lint-imports --no-cache
	$(BIN)/pyright -p pyproject.toml --pythonpath $(BIN)/python

benchmarks: install
	$(BIN)/python benchmarks/overhead.py
	$(BIN)/python benchmarks/overhead.py --chains 4
	$(BIN)/python benchmarks/fairness.py
	$(BIN)/python benchmarks/requests.py
	$(BIN)/python benchmarks/requests.py --seconds 3600
	$(BIN)/python benchmarks/scale.py --render

lock: install
	$(LOCK) --extra workflow -o requirements.txt
	$(LOCK) --extra workflow --extra slurm -o requirements-slurm.txt
	$(LOCK) --extra workflow --extra app -o requirements-app.txt
	$(LOCK) --extra workflow --extra upscaler -o requirements-upscaler.txt
	$(LOCK) --extra workflow --extra slurm --extra app --group dev -o requirements-dev.txt
	$(WITHOUT_CUDA) requirements.txt requirements-slurm.txt requirements-app.txt \
		requirements-upscaler.txt requirements-dev.txt

clean:
	rm -rf $(VENV) $(LOWEST) results/twinkle

$(INSTALLED): requirements-dev.txt
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
