"""The conda environments: the same pins as the requirements, and enough for what runs in them.

An environment takes nothing but Python and pip from conda, so its pip part can be tried in an empty
virtual environment. What has to be importable there is read from the rules: the modules that the
scripts of its rules import, directly or through the library, at the top or inside a function.
"""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = sorted((ROOT / "envs").glob("*.yaml"))


def pip_part(environment: Path) -> list[str]:
    (*_, last) = yaml.safe_load(environment.read_text())["dependencies"]
    return last["pip"]


def pins(lines: list[str]) -> dict[str, str]:
    return dict(line.split("==") for line in lines if "==" in line)


def rule_scripts(environment: Path) -> list[Path]:
    """The scripts of the rules that name the environment."""
    rules = [
        rule
        for file in (ROOT / "rules").glob("*.smk")
        for rule in re.split(r"^(?:rule|checkpoint) ", file.read_text(), flags=re.M)
        if f'"../envs/{environment.name}"' in rule
    ]
    found = [re.search(r'"\.\./scripts/(\w+\.py)"', rule) for rule in rules]
    return [ROOT / "scripts" / script[1] for script in found if script]


def snakefile_imports() -> set[str]:
    """What the launcher imports when it parses the workflow."""
    files = [ROOT / "Snakefile", *(ROOT / "rules").glob("*.smk")]
    code = "\n".join(file.read_text() for file in files if file.exists())
    return set(re.findall(r"^ *(?:from|import) ([\w.]+)", code, flags=re.M))


def module_file(module: str) -> Path:
    return (ROOT / "scripts" / module.replace(".", "/")).with_suffix(".py")


def imported(source: Path) -> Iterator[str]:
    """Every module that a file imports anywhere; of the library's, those that are files."""
    for node in ast.walk(ast.parse(source.read_text())):
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


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_an_environment_is_python_pip_and_the_pins_of_the_requirements(environment):
    content = yaml.safe_load(environment.read_text())
    assert content["channels"] == ["conda-forge", "nodefaults"]
    assert content["dependencies"][:2] == ["python=3.11", "pip"]
    packages = pip_part(environment)
    requirements = pins((ROOT / "requirements.txt").read_text().splitlines())
    assert len(pins(packages)) == len(packages)
    assert pins(packages).items() <= requirements.items()


def test_every_requirement_is_pinned_and_belongs_to_an_environment():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    packages = [line for line in lines if line and not line.startswith("#")]
    assert len(pins(packages)) == len(packages)
    assert set(pins(packages)) == {name for path in ENVIRONMENTS for name in pins(pip_part(path))}


@pytest.mark.slow
@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_an_environment_has_what_its_rules_import(environment, tmp_path):
    imports = needed_imports(environment)
    empty = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", empty], check=True)
    python = empty / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python]
    subprocess.run([*pip, "install", "-q", "--no-compile", *pip_part(environment)], check=True)
    library = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "PYTHONNOUSERSITE": "1"}
    subprocess.run([python, "-c", imports], env=library, check=True)
