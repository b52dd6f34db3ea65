"""On CI, a test that is skipped for a reason nobody expects fails the run."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

TESTS = """
import pytest


def test_skipped():
    pytest.skip({reason!r})


@pytest.mark.skipif(True, reason={reason!r})
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
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1] / "support"))
    pytester.makeconftest('pytest_plugins = ["expected_skips"]')

    def run(tests):
        pytester.makepyfile(tests)
        return pytester.runpytest_subprocess("-p", "no:randomly").parseoutcomes()

    return run


def test_an_unexpected_skip_fails(outcomes):
    assert outcomes(TESTS.format(reason="SLURM is not installed")) == {
        "failed": 1,
        "errors": 1,
        "xfailed": 1,
    }


def test_an_expected_skip_does_not(outcomes):
    reason = "the reference song is not here; set SONGREEL_EXAMPLES to its folder"
    assert outcomes(TESTS.format(reason=reason)) == {"skipped": 2, "xfailed": 1}


def test_a_skipped_file_fails(outcomes):
    assert outcomes(MODULE) == {"errors": 1}


def test_elsewhere_tests_may_be_skipped(outcomes, monkeypatch):
    monkeypatch.delenv("CI")
    assert outcomes(TESTS.format(reason="SLURM is not installed")) == {"skipped": 2, "xfailed": 1}
