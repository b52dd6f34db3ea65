"""The ledger: one JSON line for every keyframe that was diffused, none for those found again."""

import json
import os
from pathlib import Path

LEDGER = "ledger.jsonl"
"""Name of the record of all diffused keyframes, in the folder of the song's results."""


def append(ledger: Path, entry: dict) -> None:
    """Append an entry in one write, so that several jobs may write to one ledger.

    Args:
        ledger: the file, ``.jsonl``; made when missing.
        entry: what can be written as JSON.
    """
    ledger.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(entry, ensure_ascii=False) + "\n"
    descriptor = os.open(ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


def read(ledger: Path) -> list[dict]:
    """Return all entries, oldest first; without lines that a full disk or a power cut broke off."""
    if not ledger.exists():
        return []
    entries = []
    for line in ledger.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            entries.append(json.loads(line))
        except ValueError:
            continue
    return entries
