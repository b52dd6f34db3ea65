"""Refuses work that the disk will not hold."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from songreel.errors import SongreelError


def check_disk_space(needs: Mapping[Path, int], purpose: str) -> None:
    """Refuse to begin what the disk will not hold.

    Args:
        needs: bytes to be written below each folder; the folders are made where they are missing.
        purpose: what needs them, as the subject of a sentence in the plural.

    Raises:
        SongreelError: what is needed, what is free, and where.
    """
    by_disk: dict[int, tuple[Path, int]] = {}
    for folder, needed in needs.items():
        folder.mkdir(parents=True, exist_ok=True)
        disk = folder.stat().st_dev
        _, sum_before = by_disk.get(disk, (folder, 0))
        by_disk[disk] = folder, sum_before + needed
    for folder, needed in by_disk.values():
        free = shutil.disk_usage(folder).free
        if needed > free:
            raise SongreelError(
                f"{folder}: {purpose} need about {needed / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB "
                "are free on this disk; make room (`snakemake prune_cache` drops old keyframes) "
                "and run the same command again"
            )
