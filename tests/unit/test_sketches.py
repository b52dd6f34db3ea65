"""What drafts and previews are planned to be: the song's rows and time at a small cost."""

import pytest

from song_sheets import HEADINGS, write_sheet
from songreel.models.settings import ModelSettings
from songreel.models.source import resolve_model
from songreel.plan.estimates import estimate, keyframe_seconds
from songreel.song.sketches import draft_size
from songreel.song.song_plans import SKETCHES, SongPlans
from songreel.storage.labels import label

ROWS = [
    (0, "a star", None, None, None, None),
    (9, "a moon", None, None, "moon.png", None),
    (18, "a boat", None, None, None, None),
    (18.4, "a bell", None, None, "moon.png", None),
    (27, None, None, None, None, None),
]


@pytest.fixture
def songs(tmp_path):
    """A song for a model, by its name."""
    from PIL import Image

    (tmp_path / "images").mkdir()
    Image.new("RGB", (80, 64), (9, 9, 90)).save(tmp_path / "images" / "moon.png")

    def read(model, table=(HEADINGS, *ROWS), **render):
        write_sheet(tmp_path / "song.xlsx", [["SecondsPerFrame", 0.5], *table])
        config = {
            "sheet": str(tmp_path / "song.xlsx"),
            "model": {"name": model},
            "render": render,
            "cache": {"folder": str(tmp_path / "cache")},
        }
        return SongPlans(config, tmp_path / "results", from_files=False)

    return read


@pytest.fixture
def plans(songs):
    """The plans of a song for a model, by its name."""
    return lambda model, kind="", **changes: songs(model, **changes).plan(f"song{kind}")


def painting_seconds(plan):
    """How long painting takes, by Songreel's own estimate."""
    source = resolve_model(ModelSettings(name=plan.model.name))
    return sum(
        row.settings.diffused_count * keyframe_seconds(source, "cpu", row.settings)
        for row in plan.segments
    )


USUAL = "stable-diffusion-v1-5/stable-diffusion-v1-5"


@pytest.mark.parametrize("kind", ["/draft", "/preview"])
def test_a_sketch_has_the_rows_and_frames_of_its_song_at_a_tenth_of_the_cost(plans, kind):
    song, sketch = plans(USUAL), plans(USUAL, kind)
    assert [row.name for row in sketch.segments] == [row.name for row in song.segments]
    assert [row.prompt for row in sketch.segments] == [row.prompt for row in song.segments]
    assert sketch.film.frame_counts == song.film.frame_counts
    assert sketch.film.audio_digest == song.film.audio_digest
    assert painting_seconds(sketch) <= painting_seconds(song) / 10
    assert kind.removeprefix("/") in sketch.film.title


def test_a_row_that_paints_its_prompt_does_so_in_a_draft(plans):
    song, draft = plans(USUAL), plans(USUAL, "/draft")
    for own, drafted in zip(song.segments, draft.segments, strict=True):
        assert bool(own.settings.diffused_count) == bool(drafted.settings.diffused_count)
    assert [row.settings.diffused_count for row in song.segments] == [17, 17, 1, 17]
    assert [row.settings.diffused_count for row in draft.segments] == [5, 5, 1, 6]


def test_a_preview_paints_each_row_as_strongly_as_half_of_its_keyframes_do(plans):
    preview = plans(USUAL, "/preview")
    assert list(preview.openings) == ["00000000"]
    assert [row.settings.diffused_count for row in preview.segments] == [0, 1, 1, 2]
    assert [row.settings.strength for row in preview.segments] == [0.9, 0.9, 0.5, 0.9]


@pytest.mark.parametrize(
    ("model", "size", "drafted"),
    [
        (USUAL, (512, 512), (384, 384)),
        (USUAL, (768, 512), (576, 384)),
        (USUAL, (320, 256), (320, 256)),
        ("storybook", (448, 256), (448, 256)),
        ("storybook", (512, 512), (256, 256)),
    ],
)
def test_a_draft_is_as_small_as_the_model_still_paints_well(model, size, drafted):
    assert draft_size(resolve_model(ModelSettings(name=model)), *size) == drafted


@pytest.mark.parametrize(("steps", "drafted"), [(30, 12), (8, 4), (4, 4), (1, 1)])
def test_few_steps_are_not_made_fewer(plans, steps, drafted):
    draft = plans(USUAL, "/draft", steps=steps, strength=1)
    assert draft.segments[0].settings.steps == drafted


def test_a_row_with_steps_of_its_own_is_cheaper_too(plans):
    columns = [*HEADINGS, "Steps"]
    rows = [(*row, 50 if row[0] == 18 else None) for row in ROWS]
    draft = plans(USUAL, "/draft", table=[columns, *rows])
    assert [row.settings.steps for row in draft.segments] == [12, 12, 20, 12]


def test_a_job_that_makes_a_whole_sketch_asks_for_what_its_parts_take_together(plans):
    draft = plans(USUAL, "/draft")
    asked = estimate(draft)
    openings = sum(asked.opening_minutes.values())
    parts = sum(asked.segment_minutes.values()) + sum(asked.clip_minutes.values())
    assert painting_minutes(draft) <= asked.whole_minutes <= parts + asked.film_minutes
    assert openings


def test_sketches_of_an_older_sheet_are_told_by_what_they_say(songs, tmp_path):
    """Whatever became of Snakemake's notes."""
    made = []
    for kind, sketch in SKETCHES.items():
        result = tmp_path / "results" / sketch.result.format(song="song")
        result.parent.mkdir(parents=True, exist_ok=True)
        inputs = sketch.inputs(songs(USUAL).plan(f"song/{kind}"))
        result.write_text(label(inputs), encoding="utf-8")
        made.append(str(result))
    assert songs(USUAL).outdated() == set()
    edited = [(time, f"{prompt} at sea", *rest) for time, prompt, *rest in ROWS[:-1]]
    assert songs(USUAL, table=[HEADINGS, *edited, ROWS[-1]]).outdated() == set(made)


def painting_minutes(plan):
    source = resolve_model(ModelSettings(name=plan.model.name))
    return sum(
        row.settings.diffused_count * keyframe_seconds(source, plan.model.device, row.settings) / 60
        for row in plan.segments
    )
