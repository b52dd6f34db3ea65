"""Mistakes a user can mend. Their text is the whole message: place, value, remedy."""

from collections.abc import Sequence


class SongreelError(Exception):
    """Something the user can put right; shown without a traceback."""


class InputError(SongreelError):
    """Everything wrong with a song's input, found before anything is rendered.

    Args:
        problems: one line each: file, place, value and remedy. Never empty.
    """

    def __init__(self, problems: Sequence[str]):
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))
