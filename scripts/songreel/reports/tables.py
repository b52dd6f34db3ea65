"""Tables that people open in a spreadsheet."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from songreel.storage.atomic import replacing


def write_table(rows: Sequence[Mapping], path: Path) -> None:
    """Write rows as tab-separated values under a heading; white space in a value is one space."""
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, dialect="excel-tab")
        table.writerow(rows[0])
        for row in rows:
            table.writerow(" ".join(str(value).split()) for value in row.values())
