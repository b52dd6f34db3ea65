"""The tab Dream: a style, some prompts, one click, and a film."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from app import runs, served
from app.dream import (
    MAX_FRAMES,
    MAX_PROMPTS,
    NAME,
    SHAPES,
    SHEET,
    Dream,
    Passage,
    configuration,
    in_words_of_the_page,
    write_sheet,
)
from app.duration import about
from app.forecast import Outlook
from app.projects import Project, Projects
from app.runs import Refused, keep, listed, plain
from app.served import MAX_UPLOAD_MB
from app.styles import STYLES
from app.visit import Visit, draft_of
from songreel.media.images import image_problem
from songreel.reports.forecast import list_rows

FIRST_DREAM = (
    ("a yellow star in the night sky", 5),
    ("a red boat on the sea", 5),
    ("a purple castle at sunset", 5),
)
FIRST_STYLE = "watercolour"
FIRST_ZOOM = 5  # per cent a second

NO_STYLE = "no style"

MAX_SEED = 2**32 - 1

IMAGES = ("first", "last")


@dataclass(frozen=True)
class Fields:
    """The components that say what to dream of, by the names that a request has them under."""

    components: Mapping[str, Any]

    @property
    def list(self) -> list:
        """All of them, in order."""
        return list(self.components.values())

    def named(self, values: Sequence[Any]) -> dict[str, Any]:
        """Return the values of :attr:`list` by name."""
        return dict(zip(self.components, values, strict=True))


def build(page: gr.Blocks, projects: Projects, models: Sequence[str]) -> None:
    """Build the tab.

    Args:
        page: which is open.
        projects: of the server.
        models: names of the models to choose from; the first is chosen at first.
    """
    with gr.Row(elem_classes="halves"):
        with gr.Column(scale=5, min_width=340):
            fields, rows, count, add, remove = _form(models)
        with gr.Column(scale=6, min_width=340):
            with gr.Row(elem_classes="actions"):
                go = gr.Button("Dream", variant="primary", elem_id="dream-go", scale=2)
                fresh = gr.Button("New dream", elem_id="dream-new", visible=False, scale=1)
            forecast = gr.Markdown(elem_id="dream-forecast", elem_classes="forecast")
            visit = Visit.build("dream", projects, fresh)

    def show_rows(number: int) -> list:
        return [gr.update(visible=row < number) for row in range(MAX_PROMPTS)]

    def resize(number: int, change: int) -> list:
        number = max(1, min(MAX_PROMPTS, int(number or 1) + change))
        return [number, *show_rows(number)]

    add.click(lambda n: resize(n, 1), count, [count, *rows], api_visibility="private")
    remove.click(lambda n: resize(n, -1), count, [count, *rows], api_visibility="private")

    def foresee(token: str, *values: Any) -> str:
        request = fields.named(values)
        project = projects.find(token)
        if project and runs.paints(project, _kept(request)):
            return ""
        try:
            outlook, _ = runs.foresee(projects, project, partial(_write, request, models))
        except Refused as refused:
            return _told(refused, request)
        return plain(_foreseen(outlook, _numbers(request)))

    gr.on(  # one event for all that calls for a forecast: the answer to the last one stays
        [page.load, visit.run.change, *(component.change for component in fields.list)],
        foresee,
        [visit.token, *fields.list],
        forecast,
        show_progress="hidden",
        trigger_mode="always_last",
        api_visibility="private",
    )

    def dream(token: str, *values: Any) -> list:
        request = fields.named(values)
        try:
            write = partial(_write, request, models)
            project = runs.start(projects, projects.find(token), write, _kept(request))
        except Refused as refused:
            return [token, _told(refused, request), *visit.unchanged()]
        return [project.token, "", *visit.updates(project)]

    for button in (go, visit.go_on):
        visit.on_ask(button.click, dream, [visit.token, *fields.list], forecast)
    visit.on_new(forecast)
    visit.keep_draft(fields.components, IMAGES)

    def recall(token: str, draft: str) -> list:
        project = projects.find(token)
        if project and project.name != NAME:
            project = None
        request = draft_of(draft, [name for name in fields.components if name not in IMAGES])
        if project:
            project.touch()
            request = _shown(project) | request
        number = request.get("count", len(FIRST_DREAM))
        return [
            project.token if project else "",
            *[request.get(name, gr.skip()) for name in fields.components],
            *show_rows(number if isinstance(number, int) else 1),
            *(visit.gone() if token and not project else visit.updates(project)),
        ]

    visit.on_load(page, recall, [visit.token, *fields.list, *rows, *visit.outputs])


def _form(models: Sequence[str]) -> tuple:
    components: dict[str, Any] = {}
    components["style"] = style = gr.Radio(
        [*STYLES, NO_STYLE], value=FIRST_STYLE, label="Style", elem_id="dream-style"
    )
    components["own_style"] = own_style = gr.Textbox(
        label="Or a style in your own words",
        placeholder="in the manner of …",
        max_lines=1,
        elem_id="dream-own-style",
    )
    # One of both says what the style is.
    style.input(None, None, own_style, js="() => ''", api_visibility="private")
    own_style.change(
        None,
        [own_style, style],
        style,
        js=f"(own, style) => own.trim() ? null : style ?? '{NO_STYLE}'",
        api_visibility="private",
    )
    rows = []
    with gr.Group():
        for number in range(MAX_PROMPTS):
            given = number < len(FIRST_DREAM)
            prompt, frames = FIRST_DREAM[number] if given else ("", 5)
            with gr.Row(visible=given, elem_classes="passage") as row:
                components[f"prompt{number}"] = gr.Textbox(
                    prompt,
                    label=f"Prompt {number + 1}",
                    lines=1,
                    max_lines=3,
                    scale=5,
                    min_width=180,
                    elem_id=f"dream-prompt-{number + 1}",
                )
                components[f"frames{number}"] = gr.Number(
                    frames,
                    label="Frames",
                    precision=0,
                    scale=1,
                    min_width=84,
                    elem_id=f"dream-frames-{number + 1}",
                )
            rows.append(row)
    with gr.Row(elem_classes="pair"):
        add = gr.Button("Add a prompt", size="sm", elem_id="dream-add")
        remove = gr.Button("Remove the last", size="sm", elem_id="dream-remove")
    count = gr.Number(len(FIRST_DREAM), precision=0, visible="hidden", label="Prompts")
    components["count"] = count
    components["negative"] = gr.Textbox(
        label="Keep out", placeholder="what not to paint", max_lines=2, elem_id="dream-negative"
    )
    with gr.Row():
        components["zoom"] = zoom = gr.Checkbox(
            True, label="Zoom", scale=1, min_width=90, elem_id="dream-zoom"
        )
        components["speed"] = speed = gr.Slider(
            1,
            30,
            FIRST_ZOOM,
            step=1,
            label="How fast, % a second",
            scale=3,
            buttons=[],
            elem_id="dream-speed",
        )
    zoom.change(
        lambda zooms: gr.update(interactive=zooms),
        zoom,
        speed,
        show_progress="hidden",
        api_visibility="private",
    )
    with gr.Accordion("More", open=False, elem_id="dream-more"):
        with gr.Row():
            for name in IMAGES:
                components[name] = gr.Image(
                    type="filepath",
                    sources=["upload"],
                    label=f"{name.capitalize()} image, up to {MAX_UPLOAD_MB} MB",
                    placeholder="Drop or click",
                    height=150,
                    min_width=140,
                    buttons=[],
                    elem_id=f"dream-{name}",
                )
        with gr.Row():
            components["shape"] = gr.Dropdown(
                list(SHAPES), value="square", label="Shape", min_width=120, elem_id="dream-shape"
            )
            components["seed"] = gr.Number(
                0, label="Seed", precision=0, min_width=120, elem_id="dream-seed"
            )
        components["model"] = gr.Dropdown(
            list(models), value=models[0], label="Model", elem_id="dream-model"
        )
    return Fields(components), rows, count, add, remove


def _numbers(request: Mapping[str, Any]) -> list[int]:
    """The numbers of the prompts that are not blank, from 1: each is a row of the sheet."""
    numbers = range(1, 1 + min(MAX_PROMPTS, int(request["count"] or 0)))
    return [number for number in numbers if request[f"prompt{number - 1}"].strip()]


def _told(refused: Refused, request: Mapping[str, Any]) -> str:
    numbers = _numbers(request)
    return listed([in_words_of_the_page(problem, numbers) for problem in refused.problems])


def _foreseen(outlook: Outlook, numbers: Sequence[int]) -> str:
    """Say what a run would paint, and how long it takes with the film.

    Args:
        outlook: of the run.
        numbers: of the prompts that are not blank, from 1.
    """
    time = "" if outlook.seconds is None else about(outlook.seconds)
    if outlook.kept is None:
        painted = f"{outlook.to_paint} keyframes to paint at most"
    elif outlook.to_paint:
        total = outlook.to_paint + outlook.kept
        painted = f"{outlook.to_paint} of {total} keyframes to paint"
        if outlook.kept:
            prompts = [numbers[row - 1] for row in outlook.rows]
            painted += f", of {list_rows(prompts).replace('row', 'prompt', 1)}"
    else:
        film = f"; the film takes {time}" if outlook.rows and time else ""
        return f"All {outlook.kept} keyframes are kept{film}."
    takes = f"{time} with the film" if time else "how long it takes is not known yet"
    return f"{painted}; {takes}."


def _read(request: Mapping[str, Any], models: Sequence[str]) -> Dream:
    """Make a dream from the values of the page, which may hold anything.

    Raises:
        Refused: with a sentence for each value that is none.
    """
    problems = []
    passages = []
    for number in _numbers(request):
        frames = request[f"frames{number - 1}"]
        if frames is None or not 1 <= frames <= MAX_FRAMES:
            problems.append(f"Prompt {number} needs 1 to {MAX_FRAMES} frames")
        passages.append(Passage(request[f"prompt{number - 1}"].strip(), int(frames or 0)))
    if not passages:
        problems.append("Write at least one prompt: what is to be seen?")
    seed = request["seed"]
    if seed is None or not 0 <= seed <= MAX_SEED:
        problems.append(f"The seed must be a whole number from 0 to {MAX_SEED}")
    if request["shape"] not in SHAPES or request["model"] not in models:
        problems.append("Choose a shape and a model of the lists")
    if problems:
        raise Refused(problems)
    return Dream(
        passages=passages,
        style=request["own_style"].strip() or _picked_style(request["style"]),
        zoom=request["speed"] if request["zoom"] else 0,
        negative_prompt=request["negative"].strip(),
        first_image=None,
        last_image=None,
        seed=int(seed or 0),
        shape=request["shape"],
        model=request["model"],
    )


def _picked_style(style: str | None) -> str:
    return "" if style in (None, NO_STYLE) else style


def _keep_image(uploaded: str | None, folder: Path, name: str) -> str | None:
    """Copy an uploaded image under a name of ours; return the name.

    Raises:
        Refused: it is no image, or too large.
    """
    for earlier in folder.glob(f"{name}.*"):
        earlier.unlink()
    if not uploaded:
        return None
    problem = (
        image_problem(Path(uploaded)) if Path(uploaded).exists() else "is gone; upload it again"
    )
    if problem:
        raise Refused([f"The {name} image {problem}"])
    with Image.open(uploaded) as image:
        kept = f"{name}.{(image.format or 'png').lower()}"
    keep(uploaded, folder / kept)
    return kept


def _write(request: Mapping[str, Any], models: Sequence[str], folder: Path) -> dict[str, Any]:
    """Write sheet and images of a request into a folder; return the configuration.

    Raises:
        Refused: a value of the page cannot be used.
    """
    dream = _read(request, models)
    images = folder / "images"
    images.mkdir(exist_ok=True)
    first, last = (_keep_image(request[name], images, name) for name in IMAGES)
    dream = replace(dream, first_image=first, last_image=last)
    write_sheet(dream, folder / SHEET)
    return configuration(dream)


def _kept(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a request; its images are files of their own."""
    return {name: value for name, value in request.items() if name not in IMAGES}


def _shown(project: Project) -> dict[str, Any]:
    """Return the values of the page for a project: its request, with its images."""
    request = project.request
    for name in IMAGES:
        request[name] = None
        for image in (project.folder / "images").glob(f"{name}.*"):
            request[name] = served.copy(project, image)
    return request
