"""Provenance in a film's metadata: what made it, for people and for programs.

Players show the comment, lines of ``key: value``. The synopsis has all of it as JSON.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from songreel.errors import SongreelError
from songreel.media import ffmpeg
from songreel.storage.labels import label
from songreel.storage.segments import read_manifest

LONGEST_LINE = 100
"""Characters of a value that the comment has in it; longer ones are in the synopsis alone."""


def painting_environments(manifests: Sequence[Path]) -> list[Mapping[str, Any]]:
    """The versions and machines that a film's keyframes were painted with, each once.

    Args:
        manifests: of all segments.
    """
    found = []
    for manifest in manifests:
        environment = read_manifest(manifest).environment
        if environment and environment not in found:
            found.append(environment)
    return found


def versions(environments: Sequence[Mapping[str, Any]]) -> str:
    """The packages of environments, as people read them."""
    texts = [
        ", ".join(f"{name} {version}" for name, version in environment["packages"].items())
        for environment in environments
    ]
    return "; ".join(dict.fromkeys(texts))


def metadata_file(
    title: str,
    provenance: Mapping[str, str],
    inputs: str,
    environments: Sequence[Mapping[str, Any]] = (),
) -> str:
    """A film's metadata as ffmpeg reads them from a file.

    Args:
        title: of the film.
        provenance: how it is made.
        inputs: the digest of what it is made from, for its label.
        environments: that its keyframes were painted with.
    """
    short = {key: value for key, value in provenance.items() if len(value) <= LONGEST_LINE}
    if environments:
        short["painted with"] = versions(environments)
    everything = {"provenance": dict(provenance), "environments": list(environments)}
    tags = {
        "title": title,
        "comment": "\n".join([*(f"{k}: {v}" for k, v in short.items()), label(inputs)]),
        "synopsis": json.dumps(everything, ensure_ascii=False, separators=(",", ":")),
    }
    return ";FFMETADATA1\n" + "".join(f"{key}={_escaped(text)}\n" for key, text in tags.items())


def read_provenance(film: Path) -> tuple[dict[str, str], list[Mapping[str, Any]]]:
    """Read from a film what made it.

    Args:
        film: the ``.mp4``.

    Returns:
        its provenance, and the environments that its keyframes were painted with.

    Raises:
        SongreelError: there is no such film, it cannot be read, or Songreel has not made it.
    """
    if not film.is_file():
        raise SongreelError(f"{film}: there is no such film; render the song first")
    try:
        text = b"".join(
            ffmpeg.read_bytes(["-i", f"file:{film}", "-f", "ffmetadata", "-"], 1 << 20)
        ).decode()
    except ffmpeg.FFmpegError as error:
        raise SongreelError(f"{film}: this film cannot be read; it may be damaged") from error
    try:
        everything = json.loads(dict(_tags(text))["synopsis"])
        return everything["provenance"], everything["environments"]
    except (KeyError, ValueError, TypeError) as error:
        raise SongreelError(
            f"{film}: this film does not say what made it; only films of Songreel 0.2.0 and later "
            "do, as long as no other program has written them anew"
        ) from error


def _tags(text: str) -> Iterator[tuple[str, str]]:
    for tag in re.finditer(r"^(\w+)=((?:\\.|[^\\\n])*)$", text, re.MULTILINE | re.DOTALL):
        yield tag[1], re.sub(r"\\(.)", r"\1", tag[2], flags=re.DOTALL)


def _escaped(text: str) -> str:
    return re.sub(r"([=;#\\\n])", r"\\\1", text)
