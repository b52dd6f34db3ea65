"""The configuration: the schema's defaults, overrides per song, mistakes with their remedy."""

from pathlib import Path

import pytest

from songreel.errors import InputError
from songreel.song.configuration import cache_folder, read_songs, schema, song_name

ROOT = Path(__file__).parents[2]


def problems(config):
    with pytest.raises(InputError) as mistakes:
        read_songs(config)
    return list(mistakes.value.problems)


def test_a_song_gets_the_defaults_of_the_schema():
    song = read_songs({"songs": {"tune": {"sheet": "tune.xlsx"}}})["tune"]
    assert song["video"]["fps"] == 20
    assert song["render"]["shadow"] == 0.01
    assert song["render"]["target"] == {"curve": "linear", "recipe": "arrive"}
    assert song["model"]["name"] == "storybook"
    assert song["audio"] is None


def test_a_song_overrides_the_settings_of_all_songs():
    songs = read_songs(
        {
            "songs": {
                "one": {"sheet": "1.xlsx", "render": {"seed": 5}},
                "two": {"sheet": "2.xlsx"},
            },
            "render": {"seed": 3, "steps": 7},
        }
    )
    assert (songs["one"]["render"]["seed"], songs["one"]["render"]["steps"]) == (5, 7)
    assert (songs["two"]["render"]["seed"], songs["two"]["render"]["steps"]) == (3, 7)


def test_a_sheet_given_at_the_top_names_the_song():
    songs = read_songs({"sheet": "songs/No More Heroes.xlsx", "audio": "n.mp3"})
    assert list(songs) == ["No_More_Heroes"]
    assert songs["No_More_Heroes"]["audio"] == "n.mp3"


@pytest.mark.parametrize(
    ("sheet", "name"),
    [("Ünïcödé.xlsx", "Ünïcödé"), ("a/b c'd.xlsx", "b_c_d"), ("--.xlsx", "song"), ("7.xlsx", "7")],
)
def test_a_song_name_can_be_a_file_name(sheet, name):
    assert song_name(sheet) == name


@pytest.mark.parametrize(
    ("config", "location", "remedy"),
    [
        ({"sheet": "x.xlsx", "rendr": {}}, "'rendr'", "did you mean 'render'?"),
        ({"sheet": "x.xlsx", "render": {"stepz": 3}}, "render: unknown key 'stepz'", "'steps'?"),
        (
            {"songs": {"a": {"sheet": "x", "audoi": "y"}}},
            "songs.a: unknown key 'audoi'",
            "'audio'?",
        ),
        ({"sheet": "x.xlsx", "render": {"width": 65}}, "render.width: 65", "a multiple of 8"),
        ({"sheet": "x.xlsx", "render": {"strength": 0}}, "strength: 0", "more than 0"),
        ({"sheet": "x.xlsx", "video": {"crf": "best"}}, 'crf: "best"', "a whole number"),
        ({"sheet": "x.xlsx", "interpolation": {"method": "slow"}}, '"slow"', "flow, crossfade"),
        ({"sheet": {"No": "more.xlsx"}}, "sheet", "quoted twice"),
        ({"songs": {"a/b": {"sheet": "x"}}}, '"a/b"', "letters, digits"),
        ({"songs": {"a": {"sheet": "x"}}, "sheet": "y"}, "both", "either"),
        ({}, "no song", "--config sheet="),
    ],
)
def test_a_mistake_is_reported_with_its_location_and_remedy(config, location, remedy):
    (line,) = problems(config)
    assert line.startswith("config")
    assert location in line
    assert remedy in line


def test_all_mistakes_are_reported_at_once():
    config = {"sheet": "x.xlsx", "render": {"steps": 0, "seed": -1}, "video": {"kbps": 3}}
    assert len(problems(config)) == 3


def test_the_cache_is_in_the_working_directory_by_default():
    assert cache_folder({}) == Path(".songreel")
    assert cache_folder({"cache": {"folder": "/shared"}}) == Path("/shared")


def test_the_guide_explains_every_key_as_the_schema_does():
    guide = (ROOT / "config" / "README.md").read_text(encoding="utf-8")
    rows = {line.strip() for line in guide.splitlines() if line.startswith("| `")}
    expected = set()
    for key, value in sorted(_leaves(schema())):
        default = value.get("default", "—")
        shown = "none" if default is None else default
        expected.add(f"| `{key}` | {shown} | {' '.join(value['description'].split())} |")
    assert expected <= rows
    config_rows = {row for row in rows if row.count("|") == 4 and row in expected}
    assert len(config_rows) == len(expected)


def _leaves(node, prefix="", root=None):
    root = root or node
    for key, value in node["properties"].items():
        reference = value.get("$ref", "")
        if reference:
            target = root
            for part in reference.removeprefix("#/").split("/"):
                target = target[part]
            value = {**target, **{k: v for k, v in value.items() if k != "$ref"}}
        name = f"{prefix}{key}"
        if name == "songs":
            song = root["$defs"]["song"]["properties"]
            yield name, value
            for part in ("sheet", "worksheet", "audio", "images"):
                yield f"songs.NAME.{part}", song[part]
        elif "properties" in value:
            yield from _leaves(value, f"{name}.", root)
        else:
            yield name, value
