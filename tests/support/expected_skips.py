"""A plugin of pytest: on CI, a test that is skipped for a reason that nobody expects has failed."""

import os

import pytest

EXPECTED_SKIPS = (
    "the reference song is not here",  # it is not ours to pass on
    "the reference workbook is not at",
    "only root can mount",
    "only root can work as two users",
    "file systems cannot be mounted here",
    "snakedeploy is not to be had",  # Python 3.13
    "there is a CUDA device",
    "spandrel cannot be imported",  # an extra, whose torchvision needs torch of the same build
)
"""How the reasons begin that hold on some machine that CI runs on."""


def refuse_unexpected_skip(report):
    """Make a skipped test a failed one, on CI, unless its reason is expected."""
    if not (report.skipped and os.environ.get("CI") == "true") or hasattr(report, "wasxfail"):
        return
    reason = str(report.longrepr[2]).removeprefix("Skipped: ")
    if not reason.startswith(EXPECTED_SKIPS):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: skipped on CI, which is not expected: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Look at every test that is skipped."""
    report = yield
    refuse_unexpected_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    """Look at every file of tests that is skipped."""
    report = yield
    refuse_unexpected_skip(report)
    return report
