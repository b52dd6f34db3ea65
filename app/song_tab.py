"""The tab Song: a sound, a song sheet as a table, checked while it is typed, and a film."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from app import runs, served
from app.dream import SHAPES, size
from app.projects import DRAFT, Project, Projects
from app.runs import Refused, keep, listed, plain
from app.song import (
    NAME,
    SHEET,
    Table,
    configuration,
    in_words_of_the_page,
    read_table,
    rows_of_lines,
    write_sheet,
)
from app.song_form import FIELDS, build_form, frame_of
from app.visit import Visit, draft_of
from songreel.errors import InputError, SongreelError
from songreel.media.audio import measure_audio
from songreel.song.image_library import SUFFIXES
from songreel.song.layout import SETTINGS

AUDIO_SUFFIX = re.compile(r"\.\w{1,5}", re.ASCII)
IMAGE_NAME = re.compile(r"\w[\w .()-]{0,80}")

UPLOADS = ("audio", "images")

MAX_IMAGES = 100


def build(page: gr.Blocks, projects: Projects, models: Sequence[str]) -> None:
    """Build the tab.

    Args:
        page: which is open.
        projects: of the server.
        models: names of the models to choose from; the first is chosen at first.
    """
    form = build_form(models)
    listed_fields = [form.fields[name] for name in FIELDS]
    said = gr.Markdown(elem_id="song-forecast", elem_classes="forecast")
    with gr.Row(elem_classes="actions"):
        go = gr.Button("Film", variant="primary", elem_id="song-go", scale=2)
        draft = gr.Button("Draft", elem_id="song-draft", scale=1)
        fresh = gr.Button("New song", elem_id="song-new", visible=False, scale=1)
    visit = Visit.build("song", projects, fresh)

    def examine(token: str, *values: Any) -> str:
        request: dict[str, Any] = dict(zip(FIELDS, values, strict=True))
        project = projects.find(token)
        if project and runs.paints(project, _kept(request)):
            return ""
        try:
            write = partial(_write, request, models)
            outlook, checked = runs.foresee(projects, project, write)
        except Refused as refused:
            return _told(refused.problems)
        notes = [f"Note: {line}" for line in checked.warnings]
        sentence = f"{outlook.sentence[:1].upper()}{outlook.sentence[1:]}."
        return "\n\n".join([plain(sentence), *(plain(in_words_of_the_page(n)) for n in notes)])

    gr.on(  # one event for all that calls for a check: the answer to the last one stays
        [page.load, visit.run.change, *(field.change for field in listed_fields)],
        examine,
        [visit.token, *listed_fields],
        said,
        show_progress="hidden",
        trigger_mode="always_last",
        api_visibility="private",
    )

    def open_sheet(path: str, audio: str | None) -> list:
        try:
            sound = measure_audio(Path(audio)).stream.duration if audio else None
            table, note = read_table(Path(path), sound)
        except (InputError, SongreelError) as error:
            return [gr.skip(), *[gr.skip() for _ in SETTINGS], _told(str(error).splitlines())]
        if note:
            gr.Info(note)
        return [frame_of(table), *[table.settings.get(name, "") for name in SETTINGS], gr.skip()]

    note_table = {
        "fn": None,
        "inputs": form.fields["table"],
        "outputs": None,
        "js": "table => songreel.noteTable(table)",
        "api_visibility": "private",
    }
    form.upload.upload(
        open_sheet,
        [form.upload, form.fields["audio"]],
        [form.fields["table"], *(form.fields[name] for name in SETTINGS), said],
        show_progress="hidden",
        api_visibility="private",
    ).then(**note_table)

    def put_lines(text: str | None, _: Any) -> list:
        if text is None:  # the visitor keeps the table
            return [gr.skip(), gr.skip()]
        try:
            rows = rows_of_lines(text)
        except InputError as error:
            return [gr.skip(), _told(error.problems)]
        return [frame_of(Table({}, ("Time", "Prompt"), rows)), gr.skip()]

    form.put.click(
        put_lines,
        [form.lines, form.fields["table"]],
        [form.fields["table"], said],
        js="(text, table) => [songreel.mayReplace(table) ? text : null, table]",
        show_progress="hidden",
        api_visibility="private",
    ).then(**note_table)

    def add(table: Any) -> Any:
        table.loc[len(table)] = [""] * len(table.columns)
        return table

    form.add_row.click(
        add,
        form.fields["table"],
        form.fields["table"],
        show_progress="hidden",
        api_visibility="private",
    )

    def render(target: str | None, token: str, *values: Any) -> list:
        request: dict[str, Any] = dict(zip(FIELDS, values, strict=True))
        try:
            write = partial(_write, request, models)
            project = runs.start(projects, projects.find(token), write, _kept(request), target)
        except Refused as refused:
            return [token, _told(refused.problems), *visit.unchanged()]
        return [project.token, "", *visit.updates(project)]

    for button, target in ((go, ""), (draft, DRAFT), (visit.go_on, None)):
        visit.on_ask(button.click, partial(render, target), [visit.token, *listed_fields], said)
    visit.on_new(said)
    visit.keep_draft(form.fields, UPLOADS)

    def recall(token: str, kept: str) -> list:
        project = projects.find(token)
        if project and project.name != NAME:
            project = None
        shown = draft_of(kept, [name for name in FIELDS if name not in UPLOADS])
        if project:
            project.touch()
            shown = _shown(project) | shown
        return [
            project.token if project else "",
            *[shown.get(name, gr.skip()) for name in FIELDS],
            *(visit.gone() if token and not project else visit.updates(project)),
        ]

    first = json.dumps(form.first_table)
    page.load(None, js=f"() => songreel.noteTable({first})", api_visibility="private")
    visit.on_load(page, recall, [visit.token, *listed_fields, *visit.outputs])


def _rows(frame: Any) -> dict[str, Any]:
    """Return what the component holds, which may be anything, as columns and rows of text."""
    filled = frame.fillna("").astype(str)
    return {"headers": [str(name) for name in filled.columns], "data": filled.values.tolist()}


def _write(request: Mapping[str, Any], models: Sequence[str], folder: Path) -> dict[str, Any]:
    """Write sheet, sound and images of a request into a folder; return the configuration.

    Raises:
        Refused: a value of the page cannot be used.
    """
    if request["model"] not in models or request["shape"] not in SHAPES:
        raise Refused(["Choose a shape and a model of the lists"])
    seed = request["seed"]
    if seed is None or not 0 <= seed < 2**32:
        raise Refused([f"The seed must be a whole number from 0 to {2**32 - 1}"])
    table = _rows(request["table"])
    named = [(name, number) for number, name in enumerate(table["headers"])]
    used = [
        (name, number)
        for name, number in named
        if name in ("Time", "Prompt") or any(row[number].strip() for row in table["data"])
    ]
    rows = [[row[number] for _, number in used] for row in table["data"]]
    settings = {name: request[name] or "" for name in SETTINGS}
    write_sheet(Table(settings, [name for name, _ in used], rows), folder / SHEET)
    audio = _keep_audio(request["audio"], folder)
    _keep_images(request["images"] or [], folder / "images")
    return configuration(
        request["model"], size(request["model"], request["shape"]), int(seed), audio
    )


def _keep_audio(uploaded: str | None, folder: Path) -> str | None:
    for earlier in folder.glob("audio.*"):
        earlier.unlink()
    if not uploaded:
        return None
    suffix = Path(uploaded).suffix
    kept = "audio" + (suffix.lower() if AUDIO_SUFFIX.fullmatch(suffix) else ".audio")
    keep(uploaded, folder / kept)
    return kept


def _keep_images(uploaded: Sequence[str], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for earlier in folder.iterdir():
        earlier.unlink()
    for path in uploaded[:MAX_IMAGES]:
        name = Path(path).name
        if not IMAGE_NAME.fullmatch(name) or Path(name).suffix.lower() not in SUFFIXES:
            raise Refused([f"The image '{name}' needs a plainer name, like hero.png"])
        keep(path, folder / name)


def _told(problems: Sequence[str]) -> str:
    return listed([in_words_of_the_page(problem) for problem in problems])


def _kept(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a request; sound and images are files of their own."""
    kept = {name: request[name] for name in FIELDS if name not in UPLOADS}
    return kept | {"table": _rows(request["table"])}


def _shown(project: Project) -> dict[str, Any]:
    """Return the values of the page for a project: its request, with its files."""
    request = project.request
    audio = [served.copy(project, path) for path in project.folder.glob("audio.*")]
    request["audio"] = audio[0] if audio else None
    images = sorted((project.folder / "images").iterdir())
    request["images"] = [served.copy(project, image) for image in images] or None
    return request
