"""The layout a stranger finds his way by: one name for a rule, its script and its log."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULES = {
    rule.split(":", 1)[0]: rule
    for file in sorted((ROOT / "rules").glob("*.smk"))
    for rule in re.split(r"^rule ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
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


VERSIONED = r"of_(?:song|segment)\(\"(?:film|clip|upscaling|storyboard|settings)\"\)|_VERSION"
"""Params that hold a version: by it a change of the code reaches results that are finished."""

PLANNED = ("opening_settings", "sketch_digest", "takes_digest", "plan_of_rows")
"""Params that hold such ones."""

TABLES = ("write_timeline",)
"""Rules whose results no picture comes from; a timeline is compared by its rows."""


@pytest.mark.parametrize("name", [name for name in WORKING if "output:" in RULES[name]])
def test_what_makes_pictures_and_films_has_a_version(name):
    if name not in TABLES:
        params = RULES[name].partition("params:")[2]
        assert re.search("|".join([VERSIONED, *PLANNED]), params)


@pytest.mark.parametrize("script", sorted((ROOT / "scripts").glob("*.py")), ids=lambda s: s.stem)
def test_an_adapter_is_small_and_belongs_to_a_rule(script):
    assert script.stem in RULES
    assert len(script.read_text(encoding="utf-8").splitlines()) <= 40


def test_the_snakefile_is_a_table_of_contents():
    contents = (ROOT / "Snakefile").read_text(encoding="utf-8")
    included = re.findall(r'^include: "rules/(.*)"$', contents, flags=re.MULTILINE)
    assert sorted(included) == sorted(file.name for file in (ROOT / "rules").glob("*.smk"))
    assert len(contents.splitlines()) <= 40
    assert len((ROOT / "rules" / "common.smk").read_text(encoding="utf-8").splitlines()) <= 100


def test_the_workflow_taken_from_git_is_the_same():
    def statements(path):
        return [
            line
            for line in path.read_text(encoding="utf-8").splitlines()
            if line and line[0] != "#"
        ]

    from_git = statements(ROOT / "workflow" / "Snakefile")
    assert [line.replace("../rules/", "rules/") for line in from_git] == statements(
        ROOT / "Snakefile"
    )
