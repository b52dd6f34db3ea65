"""Digests (SHA-256) of values and files."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path


def digest(value: Mapping | list | str) -> str:
    """Return the SHA-256 (hex) of a JSON-like value, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 (hex) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
