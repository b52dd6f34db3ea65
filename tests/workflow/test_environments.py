"""The pins: everything that is installed is locked, and the conda environments hold the same.

An environment takes nothing but Python and pip from conda, so its pip part can be tried in an empty
virtual environment. What has to be importable there is read from the rules: the modules that the
scripts of its rules import, directly or through the library, at the top or inside a function.
"""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = sorted((ROOT / "envs").glob("*.yaml"))
LOCKS = (
    "requirements.txt",
    "requirements-slurm.txt",
    "requirements-app.txt",
    "requirements-upscaler.txt",
    "requirements-dev.txt",
)
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PYPROJECT["project"]["dependencies"]
EXTRAS = PYPROJECT["project"]["optional-dependencies"]
DEV = PYPROJECT["dependency-groups"]["dev"]

CUDA = re.compile(r"(cuda|nvidia)-|triton$")
"""What torch pins itself, and its CPU build does without."""


def pip_part(environment: Path) -> list[str]:
    (*_, last) = yaml.safe_load(environment.read_text(encoding="utf-8"))["dependencies"]
    return last["pip"]


def pins(requirements: list[str]) -> dict[str, str]:
    """The version of each package, of those that this Python needs."""
    wanted = [Requirement(line) for line in requirements]
    return {
        canonicalize_name(package.name): str(package.specifier).removeprefix("==")
        for package in wanted
        if package.marker is None or package.marker.evaluate()
    }


def locked(name: str) -> dict[str, str]:
    lines = [
        line.split("#")[0].strip()
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
    ]
    return pins([line for line in lines if line])


def rule_scripts(environment: Path) -> list[Path]:
    """The scripts of the rules that name the environment."""
    rules = [
        rule
        for file in (ROOT / "rules").glob("*.smk")
        for rule in re.split(r"^(?:rule|checkpoint) ", file.read_text(encoding="utf-8"), flags=re.M)
        if f'"../envs/{environment.name}"' in rule
    ]
    found = [re.search(r'"\.\./scripts/(\w+\.py)"', rule) for rule in rules]
    return [ROOT / "scripts" / script[1] for script in found if script]


def snakefile_imports() -> set[str]:
    """What the launcher imports when it parses the workflow."""
    files = [ROOT / "Snakefile", *(ROOT / "rules").glob("*.smk")]
    code = "\n".join(file.read_text(encoding="utf-8") for file in files if file.exists())
    return set(re.findall(r"^ *(?:from|import) ([\w.]+)", code, flags=re.M))


def module_file(module: str) -> Path:
    return (ROOT / "scripts" / module.replace(".", "/")).with_suffix(".py")


def imported(source: Path) -> Iterator[str]:
    """Every module that a file imports anywhere; of the library's, those that are files."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            submodules = [f"{node.module}.{name.name}" for name in node.names]
            files = [module for module in submodules if module_file(module).exists()]
            yield from files or [node.module]


def reachable(modules: set[str]) -> set[str]:
    """The modules and all that they import in turn, as far as they are the library's own."""
    todo, seen = set(modules), set()
    while todo:
        module = todo.pop()
        seen.add(module)
        if module_file(module).exists():
            todo |= set(imported(module_file(module))) - seen
    return seen


def needed_modules(environment: Path) -> set[str]:
    """What must be importable in an environment; Snakemake brings itself into its scripts."""
    modules = {module for script in rule_scripts(environment) for module in imported(script)}
    own = set()
    if environment.stem == "global":
        modules |= snakefile_imports()
        own = {"snakemake"}
    return {name for name in reachable(modules) if name.split(".")[0] != "snakemake"} | own


def needed_imports(environment: Path) -> str:
    modules = needed_modules(environment)
    assert modules, f"no rule's script runs in {environment.name}"
    return "".join(f"import {module}\n" for module in sorted(modules))


def test_every_package_is_pinned_in_one_place():
    for requirement in (*PACKAGES, *sum(EXTRAS.values(), []), *DEV):
        assert re.fullmatch(r"[\w.\[\]-]+==[\w.]+( *;.*)?", requirement)


@pytest.mark.parametrize(
    ("lock", "chosen"),
    [
        ("requirements.txt", [*PACKAGES, *EXTRAS["workflow"]]),
        ("requirements-slurm.txt", [*PACKAGES, *EXTRAS["workflow"], *EXTRAS["slurm"]]),
        ("requirements-app.txt", [*PACKAGES, *EXTRAS["workflow"], *EXTRAS["app"]]),
        ("requirements-upscaler.txt", [*PACKAGES, *EXTRAS["workflow"], *EXTRAS["upscaler"]]),
        (
            "requirements-dev.txt",
            [*PACKAGES, *EXTRAS["workflow"], *EXTRAS["slurm"], *EXTRAS["app"], *DEV],
        ),
    ],
)
def test_a_lock_holds_the_pins(lock, chosen):
    assert pins(chosen).items() <= locked(lock).items()
    if lock != "requirements-upscaler.txt":
        assert locked(lock).items() <= locked("requirements-dev.txt").items()
    assert "://" not in (ROOT / lock).read_text(encoding="utf-8")
    assert ("gradio" in locked(lock)) == (lock in ("requirements-app.txt", "requirements-dev.txt"))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_its_packages_need(lock):
    packages = locked(lock)
    needed = {
        canonicalize_name(requirement.name)
        for package in packages.keys() & locked("requirements-dev.txt").keys()
        for requirement in map(Requirement, requires(package) or [])
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    }
    assert {name for name in needed if not CUDA.match(name)} <= packages.keys()
    assert not any(CUDA.match(name) for name in packages)


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_an_environment_is_python_pip_and_the_pins_of_the_project(environment):
    content = yaml.safe_load(environment.read_text(encoding="utf-8"))
    assert content["channels"] == ["conda-forge", "nodefaults"]
    assert content["dependencies"][:2] == ["python=3.11", "pip"]
    assert pins(pip_part(environment)).items() <= locked("requirements-upscaler.txt").items()


def test_every_package_belongs_to_an_environment():
    found = {name for path in ENVIRONMENTS for name in pins(pip_part(path))}
    assert found == set(pins([*PACKAGES, *EXTRAS["workflow"], *EXTRAS["upscaler"]]))


@pytest.mark.slow
@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_an_environment_has_what_its_rules_import(environment, tmp_path):
    imports = needed_imports(environment)
    empty = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", empty], check=True)
    python = empty / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python]
    subprocess.run([*pip, "install", "-q", "--no-compile", *pip_part(environment)], check=True)
    if environment.stem == "upscaling":
        torch = subprocess.check_output([python, "-c", "import torch; print(torch.__version__)"])
        if b"+cpu" in torch and subprocess.run([python, "-c", "import torchvision"]).returncode:
            pytest.skip("spandrel cannot be imported: torchvision is not to be had for this torch")
    library = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "PYTHONNOUSERSITE": "1"}
    subprocess.run([python, "-c", imports], env=library, check=True)
