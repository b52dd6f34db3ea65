"""Errors that the user can correct. Their text is the whole message: location, value, remedy."""

import sys
from collections.abc import Sequence


class SongreelError(Exception):
    """An error that the user can correct; shown without a traceback."""


class InputError(SongreelError):
    """Everything wrong with a song's input, found before anything is rendered.

    Args:
        problems: one line each: file, location, value and remedy. Never empty.
    """

    def __init__(self, problems: Sequence[str]):
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def locale_remedy(name: str) -> str | None:
    """What to do where a file is not found as the locale does not know the letters of its name.

    Args:
        name: of the file.

    Returns:
        None where the locale knows them.
    """
    if name.isascii() or sys.getfilesystemencoding() == "utf-8":
        return None
    return (
        "this locale does not know the letters of its name; set PYTHONUTF8=1 in the environment "
        "and run the same command again"
    )
