"""Tables that people open in a spreadsheet program."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from songreel.storage.atomic import replacing


def write_table(rows: Sequence[Mapping], path: Path) -> None:
    """Write rows as tab-separated values (UTF-8, CRLF) with a line of headings.

    Args:
        rows: at least one, with the same keys in the same order; any white space in a value
            becomes one space.
        path: the table, ``.tsv``; it appears complete or not at all.
    """
    from pandas import DataFrame

    table = DataFrame(rows).map(lambda value: " ".join(str(value).split()))
    with replacing(path) as temporary:
        table.to_csv(temporary, sep="\t", index=False, lineterminator="\r\n")
