"""The fields of the tab Song: what a sheet, its sound and its images are entered with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from app.dream import SHAPES
from app.served import MAX_UPLOAD_MB
from app.song import Table
from songreel.song.image_library import SUFFIXES
from songreel.song.layout import COLUMNS, SETTINGS

FIELDS = (*SETTINGS, "table", "audio", "images", "shape", "seed", "model")
"""The names of what is asked for."""

SHEETS = (".xlsx", ".ods", ".csv", ".tsv")

USUAL_SETTINGS = ("Title", "Style", "SecondsPerFrame", "Zoom")

FIRST_SETTINGS = {"Style": "watercolour", "SecondsPerFrame": "0.5", "Zoom": "TRUE"}
FIRST_ROWS = (
    ("0:00", "a yellow moon in the night sky"),
    ("0:03", "a blue fish in the sea"),
    ("0:06", "a red balloon over the hills"),
    ("0:09", ""),
)

WIDTHS = {"Time": "90px", "Prompt": "320px", "NegativePrompt": "180px"}


@dataclass(frozen=True)
class Form:
    """The components.

    Attributes:
        fields: what is asked for, by the names in ``FIELDS``.
        first_table: what the table holds at first.
        upload: opens a sheet.
        lines: pasted, with their times.
        put: puts them into the table, in place of what stands there.
        add_row: to the table.
    """

    fields: Mapping[str, Any]
    first_table: Mapping[str, Any]
    upload: gr.UploadButton
    lines: gr.Textbox
    put: gr.Button
    add_row: gr.Button


def build_form(models: Sequence[str]) -> Form:
    """Build them, from the sound down to the model.

    Args:
        models: names of the models to choose from; the first is chosen at first.
    """
    fields: dict[str, Any] = {}
    fields["audio"] = gr.Audio(
        sources=["upload"],
        type="filepath",
        label=f"Sound, up to {MAX_UPLOAD_MB} MB",
        editable=False,
        buttons=["download"],
        elem_id="song-audio",
        waveform_options=gr.WaveformOptions(
            waveform_color="#8a8178", waveform_progress_color="#4f46e5"
        ),
    )
    upload = gr.UploadButton(
        "Open a song sheet",
        file_types=list(SHEETS),
        size="sm",
        elem_id="song-open",
    )
    with gr.Accordion("Paste lines with their times", open=False, elem_id="song-paste"):
        lines = gr.Textbox(
            label="Lines",
            placeholder="0:00 a lighthouse at night\n1:20 a storm on the sea",
            lines=6,
            elem_id="song-lines",
        )
        put = gr.Button("Put them into the table", size="sm", elem_id="song-put")
    with gr.Row(elem_classes="settings"):
        for name in USUAL_SETTINGS:
            fields[name] = _setting(name)
    first_table = frame_of(Table({}, ("Time", "Prompt"), FIRST_ROWS))
    fields["table"] = gr.Dataframe(
        first_table,
        label="Song sheet",
        show_label=False,
        interactive=True,
        type="pandas",
        datatype="str",
        wrap=False,
        column_widths=[WIDTHS.get(name, "150px") for name in COLUMNS],
        show_row_numbers=True,
        max_height=460,
        buttons=[],
        elem_id="song-table",
    )
    add_row = gr.Button("Add a row", size="sm", elem_id="song-add")
    with (
        gr.Accordion("More settings of the sheet", open=False, elem_id="song-settings"),
        gr.Row(elem_classes="settings"),
    ):
        for name in SETTINGS:
            if name not in USUAL_SETTINGS:
                fields[name] = _setting(name)
    with gr.Accordion("Images, shape and model", open=False, elem_id="song-more"):
        fields["images"] = gr.File(
            file_count="multiple",
            file_types=list(SUFFIXES),
            label=f"Images that the sheet names, up to {MAX_UPLOAD_MB} MB each",
            height=140,
            elem_id="song-images",
        )
        with gr.Row():
            fields["shape"] = gr.Dropdown(
                list(SHAPES), value="square", label="Shape", min_width=120
            )
            fields["seed"] = gr.Number(0, label="Seed", precision=0, min_width=120)
        fields["model"] = gr.Dropdown(list(models), value=models[0], label="Model")
    return Form(fields, first_table, upload, lines, put, add_row)


def _setting(name: str) -> gr.Textbox:
    return gr.Textbox(
        FIRST_SETTINGS.get(name, ""),
        label=name,
        max_lines=1,
        min_width=140,
        elem_id=f"song-{name.lower()}",
    )


def frame_of(table: Table) -> dict[str, Any]:
    """Return a table as its component takes it, with every column that there is."""
    place = {name: number for number, name in enumerate(table.columns)}
    rows = [[row[place[name]] if name in place else "" for name in COLUMNS] for row in table.rows]
    return {"headers": list(COLUMNS), "data": rows or [[""] * len(COLUMNS)]}
