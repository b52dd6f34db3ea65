"""Errors that the user can correct. Their text is the whole message: location, value, remedy."""

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
