"""Find text that is read or written in the encoding of whoever runs the program.

    python tests/support/text_encodings.py

looks at all Python and Snakemake files that git knows, and ends with status 1 where it finds one.
Ruff's rule PLW1514 sees a ``Path`` only where its type stands nearby, no pipe of another program's,
and no Snakemake files.
"""

import subprocess
import sys
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path
from tokenize import NAME, OP, STRING, TokenInfo

TEXT_CALLS = {"open", "read_text", "write_text"}
"""Methods that decode or encode text; the first is a function, too."""

TEXT_ARGUMENTS = {"text", "universal_newlines"}
"""Arguments by which :mod:`subprocess` decodes what another program writes."""

OTHER_OPENERS = {"Image", "os", "tokenize"}
"""What has an ``open`` of its own, which is not one of text."""

SOURCES = ("*.py", "*.smk", "*Snakefile")


def locale_encodings(path: Path) -> Iterator[int]:
    """Find the calls in a file that leave the encoding to the locale.

    Args:
        path: a file of Python, or of Snakemake, whose tokens are the same.

    Yields:
        the numbers of their lines.
    """
    with tokenize.open(path) as file:
        tokens = [
            token
            for token in tokenize.generate_tokens(file.readline)
            if token.type in (NAME, OP, STRING)
        ]
    for index, token in enumerate(tokens[:-1]):
        following = [found.string for found in tokens[index + 1 : index + 3]]
        if token.string in TEXT_ARGUMENTS and following == ["=", "True"]:
            yield token.start[0]
        if token.string in TEXT_CALLS and tokens[index + 1].string == "(":
            before = ["", "", *(found.string for found in tokens[:index])][-2:]
            is_other = (
                before[1] == "def"
                or (before[1] != "." and token.string != "open")
                or (before[1] == "." and before[0] in OTHER_OPENERS)
            )
            if not is_other and not _says_encoding(list(_arguments(tokens, index + 2))):
                yield token.start[0]


def _arguments(tokens: Sequence[TokenInfo], start: int) -> Iterator[TokenInfo]:
    """The tokens of a call's own arguments, without those of calls among them."""
    depth = 1
    for token in tokens[start:]:
        depth += (token.string in {"(", "[", "{"}) - (token.string in {")", "]", "}"})
        if depth == 0:
            return
        if depth == 1:
            yield token


def _says_encoding(arguments: list[TokenInfo]) -> bool:
    """Whether an encoding is named, or the file is one of bytes."""
    names = {token.string for token in arguments if token.type == NAME}
    texts = {token.string.strip("\"'") for token in arguments if token.type == STRING}
    return (
        not names.isdisjoint({"encoding", "AS_BYTES"})
        or "utf-8" in texts
        or any("b" in text and set(text) <= set("rwaxb+") for text in texts)
    )


def main() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *SOURCES], stdout=subprocess.PIPE, check=True, encoding="utf-8"
    )
    found = [
        f"{name}:{line}: say the encoding of this text: encoding='utf-8'"
        for name in filter(None, listed.stdout.split("\0"))
        for line in locale_encodings(Path(name))
    ]
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
