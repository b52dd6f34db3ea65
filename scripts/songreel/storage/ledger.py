"""The ledger: one line for every keyframe that was really diffused, never changed afterwards."""

import json
import os
from pathlib import Path


def note(ledger: Path, entry: dict) -> None:
    """Append an entry in one write, so that jobs may share a ledger."""
    ledger.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(entry, ensure_ascii=False) + "\n"
    descriptor = os.open(ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


def read(ledger: Path) -> list[dict]:
    """All entries, oldest first; a last line cut off by a full disk is left out."""
    if not ledger.exists():
        return []
    entries = []
    for line in ledger.read_text().splitlines():
        try:
            entries.append(json.loads(line))
        except ValueError:
            continue
    return entries
