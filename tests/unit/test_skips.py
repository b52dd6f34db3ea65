"""On CI, a test that is skipped for a reason nobody expects fails the run."""

import pytest

from expected_skips import refuse_unexpected_skip

pytest_plugins = ["pytester"]

TESTS = """
import pytest


def test_skipped():
    pytest.skip("SLURM is not installed")


@pytest.mark.skipif(True, reason="SLURM is not installed")
def test_marked():
    pass


@pytest.mark.xfail
def test_known_to_fail():
    assert False
"""

MODULE = """
import pytest

pytest.importorskip("a_package_that_is_not_installed")
"""


@pytest.fixture
def outcomes(pytester, monkeypatch):
    """A function of a file of tests: how its run ends."""
    monkeypatch.setenv("CI", "true")
    pytester.makeconftest('pytest_plugins = ["expected_skips"]')

    def run(tests):
        pytester.makepyfile(tests)
        return pytester.runpytest_inprocess("-p", "no:randomly").parseoutcomes()

    return run


def test_an_unexpected_skip_fails(outcomes):
    assert outcomes(TESTS) == {
        "failed": 1,
        "errors": 1,
        "xfailed": 1,
    }


def test_a_skipped_file_fails(outcomes):
    assert outcomes(MODULE) == {"errors": 1}


@pytest.mark.parametrize(
    ("ci", "reason", "outcome"),
    [
        ("true", "SLURM is not installed", "failed"),
        ("true", "the reference song is not here; set SONGREEL_EXAMPLES to its folder", "skipped"),
        ("", "SLURM is not installed", "skipped"),
    ],
)
def test_what_becomes_of_a_skip(monkeypatch, ci, reason, outcome):
    monkeypatch.setenv("CI", ci)
    where = ("test_it.py", 1, f"Skipped: {reason}")
    report = pytest.TestReport(
        "test_it.py::test", ("test_it.py", 1, ""), {}, "skipped", where, "call"
    )
    refuse_unexpected_skip(report)
    assert report.outcome == outcome
