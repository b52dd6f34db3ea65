"""Mistakes are told before anything is rendered: all at once, each with its place and remedy."""

import pytest

SIX = [
    {"Time": 0, "Prompt": "a star", "Image": "mooon.png"},
    {"Time": "one", "Prompt": "a boat"},
    {"Time": 2, "Prompt": "a bell", "ShadowImage": "../secret.png"},
    {"Time": 3},
    {"Time": 4, "Prompt": "an end", "Zoomm": 3},
    {"Time": 5},
]


@pytest.fixture
def broken(project):
    project.write_image("moon.png", (1, 2, 3))
    project.write_sheet(SIX, SecondsPerFrame=0)
    project.write_config()
    return project


@pytest.mark.parametrize("arguments", [("-n",), ("--cores", "1")], ids=["dry run", "run"])
def test_six_mistakes_are_six_lines(broken, arguments):
    done = broken.snakemake(*arguments)
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    lines = [line for line in done.stdout.splitlines() if line.startswith("song.xlsx")]
    places = ["cell B1", "cell G2", "cell E3", "cell A4", "cell F5", "cell B6"]
    assert len(lines) == len(places), "\n".join(lines)
    for place, line in zip(places, lines, strict=True):
        assert place in line
    assert "did you mean 'moon.png'?" in done.stdout
    assert not (broken.folder / "results").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"render": {"width": 60}}, "multiple of 8"),
        ({"model": {"name": "nowhere"}}, "model.name"),
        ({"render": {"steps": 1, "strength": 0.5}}, "no step"),
        ({"video": {"fps": "fast"}}, "fps"),
        ({"video": {"fps": 25.000123456}}, "write 25, or a fraction"),
        ({"songs": {"song": {"sheet": "song.xlsx", "audio": "gone.mp3"}}}, "gone.mp3"),
        ({"songs": {"song": {"sheet": "sonng.xlsx"}}}, "sonng.xlsx"),
        ({"modle": {}}, "did you mean 'model'?"),
    ],
)
def test_a_mistake_in_the_configuration_stops_the_run(project, change, words):
    project.write_sheet([(0, "a star"), (2,)])
    songs = change.pop("songs", None)
    project.write_config(songs, **change)
    done = project.snakemake("-n")
    assert done.returncode != 0
    assert words in done.stdout
    assert "Traceback" not in done.stdout


def test_a_name_too_long_for_its_film_is_told_before_painting(project):
    name = "a" * 250
    project.write_sheet([(0, "a star"), (1,)], name=name)
    done = project.snakemake("-n", "--config", f"sheet={name}.xlsx", config=None)
    assert done.returncode != 0
    assert "4 bytes too long for the film's file; rename the sheet" in done.stdout
    assert "Traceback" not in done.stdout


def test_another_ffmpeg_is_refused_first(project, monkeypatch):
    project.write_sheet([(0, "a star"), (1,)])
    project.write_config()
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/nowhere/ffmpeg")
    done = project.snakemake("--cores", "1")
    assert done.returncode != 0
    assert "IMAGEIO_FFMPEG_EXE=/nowhere/ffmpeg: this program cannot be started" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_colon_in_a_name_on_the_command_line_is_explained(project):
    done = project.snakemake("-n", "--config", "sheet=No: more.xlsx", config=None)
    assert done.returncode != 0
    assert "quoted" in done.stdout


def test_prompts_reach_no_shell(project):
    project.write_sheet(
        [(0, "$(touch pwned) `touch pwned` '; touch pwned; \" {wildcards} %s"), (1,)]
    )
    project.write_config()
    project.render("--cores", "2")
    assert not (project.folder / "pwned").exists()
    assert project.film().exists()
