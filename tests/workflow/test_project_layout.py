"""The layout a stranger finds his way by: one name for a rule, its script and its log."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULES = {
    rule.split(":", 1)[0]: rule
    for file in sorted((ROOT / "rules").glob("*.smk"))
    for rule in re.split(r"^rule ", file.read_text(), flags=re.MULTILINE)[1:]
}
WORKING = [name for name, rule in RULES.items() if "script:" in rule]


@pytest.mark.parametrize("name", WORKING)
def test_a_rule_its_script_and_its_log_share_a_name(name):
    assert f'"../scripts/{name}.py"' in RULES[name]
    (log,) = re.findall(r'"logs/[^"]*"', RULES[name])
    assert name in re.split(r"[/.\"]", log)


@pytest.mark.parametrize("name", WORKING)
def test_a_rule_says_what_it_does_and_where_it_runs(name):
    assert re.match(rf'{name}:\n    """[A-Z].*\."""\n', RULES[name])
    assert 'conda:\n        "../envs/' in RULES[name]


@pytest.mark.parametrize("script", sorted((ROOT / "scripts").glob("*.py")), ids=lambda s: s.stem)
def test_an_adapter_is_small_and_belongs_to_a_rule(script):
    assert script.stem in RULES
    assert len(script.read_text().splitlines()) <= 40


def test_the_snakefile_is_a_table_of_contents():
    assert len((ROOT / "Snakefile").read_text().splitlines()) <= 40
    assert len((ROOT / "rules" / "common.smk").read_text().splitlines()) <= 100


@pytest.mark.parametrize(
    "module", sorted((ROOT / "scripts" / "songreel").rglob("*.py")), ids=lambda m: m.stem
)
def test_the_library_knows_nothing_of_snakemake_and_its_modules_are_small(module):
    code = module.read_text()
    assert not re.search(r"^\s*(import|from) snakemake", code, flags=re.MULTILINE)
    assert len(code.splitlines()) <= 300
    if module.stem not in ("painter", "devices"):
        assert not re.search(
            r"^\s*(import|from) (torch|diffusers|transformers)\b", code, flags=re.MULTILINE
        )
