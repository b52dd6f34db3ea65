"""The code blocks of README, model card and config/README run as they stand.

Every block of these files is a test of its own; one that no runner below takes fails. Commands run
in a folder that looks like a fresh clone, with the files that they name: songs of a few keyframes,
painted by the bundled model. Shell functions turn two commands into dry runs: `make` (the targets
in the README install packages and paint the whole example) and, without a cluster, a run on SLURM,
which is done for real in tests/cluster.
"""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from project import ROOT
from song_sheets import HEADINGS, write_sheet
from songreel import __version__
from songreel.media import ffmpeg
from songreel.models.environment import device_words
from songreel.reports.progress import SongProgress, describe
from songreel.song.configuration import read_songs

DOCUMENTS = ("README.md", "models/storybook/README.md", "config/README.md")

OWN_OF_A_RUN = (".git", ".venv", ".snakemake", ".songreel", "logs", "results")

COMMANDS = ("cp", "make", "snakemake", "source")

INSTALLED = ("pip install ", "snakedeploy deploy-workflow ", "module songreel:")
"""How the blocks begin that take Songreel from a repository on the network.

Here they are only compared with this version. test_installed.py runs them: the module's block as it
stands, the others with a repository and a wheel on this disk.
"""

FORECAST = "song: rows "
"""How the block begins that shows what `snakemake explain` prints."""

PROGRESS = "mysong: row "
"""How the block begins that shows a line of a run that paints."""

EXPLAINED_ROWS = [
    (0, "a star"),
    (5, "a boat"),
    (7, "a moon"),
    (8, None),
]
"""One chain: an opening and 4 keyframes in the first row, 2 in the second, 1 and the film's end in
the third."""


@dataclass(frozen=True)
class Block:
    """A code block.

    Args:
        document: the file it is in, relative to the repository.
        line: number of its first line of code.
        language: as the fence says; empty for an indented block.
        code: without indentation.
    """

    document: str
    line: int
    language: str
    code: str


def code_blocks(document: str, text: str) -> list[Block]:
    """Find the fenced and the indented code blocks of a Markdown file."""
    blocks, lines, number = [], text.splitlines(), 0
    while number < len(lines):
        first = number
        fence = re.match(r" *(```+|~~~+) *(\w*)", lines[number])
        if fence:
            first = number = number + 1
            while lines[number].strip() != fence[1]:
                number += 1
            language, found = fence[2], lines[first:number]
        elif lines[number].startswith("    ") and (number == 0 or not lines[number - 1].strip()):
            while number < len(lines) and (lines[number].startswith("    ") or not lines[number]):
                number += 1
            language, found = "", lines[first:number]
        else:
            number += 1
            continue
        indent = min(len(line) - len(line.lstrip()) for line in found if line.strip())
        code = "\n".join(line[indent:] for line in found).rstrip()
        blocks.append(Block(document, first + 1, language, code))
        number += 1
    return blocks


BLOCKS = [
    block
    for document in DOCUMENTS
    for block in code_blocks(document, (ROOT / document).read_text(encoding="utf-8"))
]


@pytest.fixture
def clone(tmp_path) -> Path:
    """A folder like a fresh clone, with this Python's environment as its ``.venv``."""
    for entry in ROOT.iterdir():
        if entry.name not in OWN_OF_A_RUN:
            (tmp_path / entry.name).symlink_to(entry)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


def run(code: str, folder: Path, *program: str) -> str:
    """Run code by a program, bash unless another is given, and insist that it succeeds."""
    variables = {key: value for key, value in os.environ.items() if "MAKE" not in key}
    variables["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{variables['PATH']}"
    done = subprocess.run(
        [*(program or ("bash", "-euc")), code],
        cwd=folder,
        env={**variables, "HF_HUB_OFFLINE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


def write_song(folder: Path, sheet: str, audio: str | None = None, rows=None) -> None:
    """Write a sheet, of two rows unless others are given, and two seconds of sound."""
    rows = rows or [(0, "a lighthouse at night"), (1, "a storm on the sea"), (2, None)]
    write_sheet(folder / sheet, [["SecondsPerFrame", 1], HEADINGS, *rows])
    if audio:
        tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=2"]
        ffmpeg.run(["-y", *tone, str(folder / audio)])


def write_songs(folder: Path, configuration: str) -> dict[str, dict]:
    """Write the files that a configuration names; return its songs."""
    songs = read_songs(yaml.safe_load(configuration))
    for song in songs.values():
        write_song(folder, song["sheet"], song["audio"])
    return songs


def run_python(block: Block, folder: Path) -> None:
    """Execute Python code."""
    run(block.code, folder, sys.executable, "-c")


def plan_configuration(block: Block, folder: Path) -> None:
    """Plan the songs of a configuration: its models may have to be downloaded."""
    songs = write_songs(folder, block.code)
    (folder / "my_songs.yaml").write_text(block.code, encoding="utf-8")
    planned = run("snakemake -n --configfile my_songs.yaml", folder)
    for name in songs:
        assert f"results/{name}/{name}.mp4" in planned


def run_commands(block: Block, folder: Path) -> None:
    """Run shell commands."""
    words = shlex.split(block.code, comments=True)
    named = dict(word.split("=", 1) for word in words if re.match("(sheet|audio)=", word))
    functions = 'make() { command make -n "$@"; }\n'
    if named:
        write_song(folder, named["sheet"], named.get("audio"))
    if "my_songs.yaml" in words:
        in_config = (b for b in BLOCKS if b.document == "config/README.md")
        configuration = next(b.code for b in in_config if b.language == "yaml")
        write_songs(folder, configuration)
        (folder / "my_songs.yaml").write_text(configuration, encoding="utf-8")
    if "profiles/slurm" in words:
        functions += 'snakemake() { command snakemake -n "$@"; }\n'
    if {"verify", "compare"} & set(words):  # of what was rendered before
        given = " ".join(f"{key}={value}" for key, value in named.items())
        run(f"snakemake --cores 1 --config {given}", folder)
    said = run(functions + block.code, folder)
    if "verify" in words:
        assert "frames are the same, bit for bit" in said
    if named:
        name = Path(named["sheet"]).stem
        compared = ("comparison.html",) if "compare" in words else ()
        whole = (f"{name}.mp4", "storyboard.png", "timeline.tsv", "report.html", *compared)
        asked = [word for word in words if word.startswith("results/")]
        for result in asked or [f"results/{name}/{result}" for result in whole]:
            assert (folder / result).stat().st_size


def compare_forecast(block: Block, folder: Path) -> None:
    """Edit a song so that `snakemake explain` prints the block, but for the time."""
    small = {"width": 64, "height": 64, "steps": 2}
    configuration = {"songs": {"song": {"sheet": "song.xlsx"}}, "render": small}
    (folder / "my_songs.yaml").write_text(yaml.safe_dump(configuration), encoding="utf-8")
    write_song(folder, "song.xlsx", rows=EXPLAINED_ROWS)
    run("snakemake --cores 1 --configfile my_songs.yaml -- results/song/storyboard.png", folder)
    changed = [(time, "a bell" if time == 5 else prompt) for time, prompt in EXPLAINED_ROWS]
    write_song(folder, "song.xlsx", rows=changed)
    explained = run("snakemake --cores 1 --configfile my_songs.yaml -- explain", folder)
    sentence, _, duration = block.code.rpartition(" ")
    sentence = sentence.replace("the processor", device_words("auto"))
    assert re.fullmatch(r"\d+:\d\d", duration)
    assert re.search(f"^{re.escape(sentence)} \\d+:\\d\\d$", explained, re.MULTILINE), explained


def compare_progress(block: Block, folder: Path) -> None:
    """The line is one that a run with these numbers prints."""
    numbers = r"row (\d+) of (\d+), keyframe (\d+) of (\d+), (.*) s each, (\d+):(\d\d) left"
    found = re.search(numbers, block.code)
    assert found
    row, rows, keyframe, keyframes, each, minutes, seconds = map(float, found.groups())
    left = 60 * minutes + seconds
    counts = (int(row), int(rows), int(keyframe), int(keyframes), 0)
    progress = SongProgress("mysong", "painting", *counts, each, left, 0, 0, None, (), False)
    assert describe(progress) == block.code


def compare_version(block: Block, folder: Path) -> None:
    """The block names the version that is here, and the repository's placeholder."""
    assert set(re.findall(r"v\d+\.\d+\.\d+", block.code)) == {f"v{__version__}"}
    assert "OWNER/songreel" in block.code


def runner(block: Block):
    """Choose how to run a block.

    Raises:
        LookupError: there is no way; it says where the block is.
    """
    first_words = [line.split()[0] for line in block.code.splitlines() if line.strip()]
    if block.language == "python":
        return run_python
    if block.language == "yaml":
        return plan_configuration
    if block.code.startswith(PROGRESS):
        return compare_progress
    if block.language in ("", "sh", "bash") and set(first_words) <= set(COMMANDS):
        return run_commands
    if block.language == "" and block.code.startswith(INSTALLED):
        return compare_version
    if block.language == "" and block.code.startswith(FORECAST):
        return compare_forecast
    raise LookupError(
        f"{block.document}, line {block.line}: this code block is not run by any test; "
        "write a runner for it here"
    )


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.document}:{block.line}")
def test_a_code_block_runs_as_it_stands(block, clone):
    runner(block)(block, clone)


def test_the_sheet_of_the_readme_is_one(clone):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = re.findall(r"^ *\| (.*) \|$", text[: text.index("2. Render it")], re.MULTILINE)
    lines = [[cell.strip(" *") or None for cell in line.split("|")] for line in table]
    write_sheet(clone / "MySong.xlsx", lines)
    images = {cell for line in lines for cell in line if re.search(r"\.(jpg|png)$", cell or "")}
    (clone / "images").mkdir()
    for name in images:
        Image.fromarray(np.full((64, 64, 3), 90, np.uint8)).save(clone / "images" / name)
    assert len(images) == 2
    planned = run("snakemake -n --config sheet=MySong.xlsx", clone)
    assert len(re.findall("^rule render_segment", planned, re.MULTILINE)) == 3


def test_every_document_has_code_and_every_kind_of_block_is_found():
    assert {block.document for block in BLOCKS} == set(DOCUMENTS)
    text = "Do\n\n    make it\n\n    make more  # of it\n\n1. so:\n\n       source it\n   it is\n"
    text += "\n```yaml\nsongs:\n    a: b\n```\nno code:\n    a list goes on\n"
    assert [(block.line, block.language, block.code) for block in code_blocks("", text)] == [
        (3, "", "make it\n\nmake more  # of it"),
        (9, "", "source it"),
        (13, "yaml", "songs:\n    a: b"),
    ]


@pytest.mark.parametrize(
    "language, code", [("", "rm -r results"), ("c", "int a;"), ("", "make\nls")]
)
def test_a_block_that_nothing_runs_is_told(language, code):
    with pytest.raises(LookupError, match="README.md, line 7: .* not run by any test"):
        runner(Block("README.md", 7, language, code))
