"""The half of a tab that shows a project: how far it is, its keyframes, its film, its files.

The page knows its project by the token in a hidden field, which the browser keeps in its address
and its memory (``memory.js``), as it keeps what is typed: closing or reloading the page loses
nothing. Every call of the server brings the token, and nothing else says whose project it is.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from app import jobs
from app.projects import Project, Projects
from app.status import said
from app.view import FILES, View, look

TICK = 1.0  # seconds

EMPTY = "<p>Here the pictures appear, one painted over the other, and then the film.</p>"

STATUS = 4
"""The place of the status among the outputs."""


@dataclass(frozen=True)
class Visit:
    """The components that show a project.

    Attributes:
        kind: ``dream`` or ``song``, which the browser keeps the token by.
        projects: of the server.
        token: hidden: the project's, or empty.
        draft: hidden: what the browser kept of the fields when the page was opened, as JSON.
        seen: hidden: the signature of what is shown.
        run: hidden: changes when a run starts or ends.
        go_on: the button that continues a run.
        fresh: the button that begins with a new project.
        outputs: those that :meth:`updates` are for, in order.
    """

    kind: str
    projects: Projects
    token: gr.Textbox
    draft: gr.Textbox
    seen: gr.Textbox
    run: gr.Textbox
    go_on: gr.Button
    fresh: gr.Button
    outputs: Sequence[Any]

    @classmethod
    def build(cls, kind: str, projects: Projects, fresh: gr.Button) -> "Visit":
        """Build them, inside of an open column of a page.

        Args:
            kind: ``dream`` or ``song``.
            projects: of the server.
            fresh: the button that begins with a new project.
        """
        token = gr.Textbox(visible="hidden", label="Token", elem_id=f"{kind}-token")
        draft = gr.Textbox(visible="hidden", label="Draft of the fields")
        seen = gr.Textbox(visible="hidden", label="Seen")
        run = gr.Textbox(visible="hidden", label="Run")
        timer = gr.Timer(TICK, active=False)
        with gr.Row(elem_classes="run"):
            status = gr.HTML(elem_id=f"{kind}-status", elem_classes="run-status")
            stop = gr.Button("Stop", visible=False, scale=0, elem_id=f"{kind}-stop")
            go_on = gr.Button("Go on", visible=False, scale=0, elem_id=f"{kind}-go-on")
        empty = gr.HTML(EMPTY, elem_classes="empty")
        note = gr.HTML(visible=False, elem_id=f"{kind}-film-note", elem_classes="caption")
        film = gr.Video(
            label="Film",
            show_label=False,
            visible=False,
            interactive=False,
            autoplay=True,
            loop=True,
            buttons=[],
            elem_id=f"{kind}-film",
            elem_classes="film",
        )
        heading = gr.HTML("<h2>Download</h2>", visible=False, elem_classes="caption")
        with gr.Row(elem_classes="files"):
            files = [
                gr.DownloadButton(label, visible=False, size="sm", elem_id=f"{kind}-get-{name}")
                for name, label in FILES
            ]
        gallery = gr.Gallery(
            label="Keyframes",
            show_label=False,
            interactive=False,
            visible=False,
            fit_columns=False,
            columns=6,
            height="auto",
            object_fit="contain",
            buttons=[],
            elem_id=f"{kind}-keyframes",
            elem_classes="keyframes",
        )
        shown = [status, empty, stop, go_on, note, film, heading, gallery, *files]
        outputs = [seen, run, fresh, timer, *shown]
        visit = cls(kind, projects, token, draft, seen, run, go_on, fresh, outputs)
        timer.tick(
            visit._tick,
            [token, seen],
            outputs,
            show_progress="hidden",
            trigger_mode="once",
            api_visibility="private",
        )
        stop.click(visit._stop, token, outputs, show_progress="hidden", api_visibility="private")
        return visit

    def on_load(self, page: gr.Blocks, show: Callable[..., list], outputs: Sequence[Any]) -> None:
        """Call ``show`` with the browser's token and its draft when the page is opened.

        Args:
            page: that is opened.
            show: returns the values of ``outputs``.
            outputs: components, the token first.
        """
        page.load(
            show,
            [self.token, self.draft],
            outputs,
            js=f"() => songreel.recall('{self.kind}')",
            show_progress="hidden",
            api_visibility="private",
        ).then(
            None,
            self.token,
            None,
            js=f"token => songreel.found('{self.kind}', token)",
            api_visibility="private",
        )

    def on_ask(
        self, click: Callable[..., Any], ask: Callable[..., list], inputs: Sequence[Any], said: Any
    ) -> None:
        """Call ``ask`` when a button that starts a run is clicked.

        Args:
            click: the button's event.
            ask: returns the token, what is said of a refusal, and the values of the outputs.
            inputs: components, the token first.
            said: component that says why a run is refused.
        """
        click(
            ask,
            inputs,
            [self.token, said, *self.outputs],
            show_progress="hidden",
            api_visibility="private",
        ).then(
            None,
            [self.token, said],
            None,
            js=f"(token, said) => songreel.asked('{self.kind}', token, said)",
            api_visibility="private",
        )

    def on_new(self, said: Any) -> None:
        """Let the button for a new project forget this one, unless its run waits or runs.

        Args:
            said: component that says why it is refused.
        """

        def forget(token: str) -> list:
            project = self.projects.find(token)
            if project and jobs.is_alive(project):
                sentence = f"This {self.kind} is being painted; stop it first, or wait for its film"
                return [token, sentence, *self.unchanged()]
            return ["", "", *self.updates(None)]

        self.fresh.click(
            forget,
            self.token,
            [self.token, said, *self.outputs],
            show_progress="hidden",
            api_visibility="private",
        ).then(
            None,
            self.token,
            None,
            js=f"token => songreel.remember('{self.kind}', token)",
            api_visibility="private",
        )

    def keep_draft(self, fields: Mapping[str, Any], uploads: Sequence[str]) -> None:
        """Let the browser keep what the fields hold, and ask before it leaves an upload behind.

        Args:
            fields: by their names.
            uploads: names of those that hold files, which no draft keeps.
        """
        kept = {name: field for name, field in fields.items() if name not in uploads}
        gr.on(
            [self.token.change, *(field.change for field in kept.values())],
            None,
            [self.token, *kept.values()],
            None,
            js=f"(token, ...values) => songreel.keepDraft('{self.kind}', token,"
            f" {json.dumps(list(kept))}, values)",
            api_visibility="private",
        )
        for name in uploads:
            names = f"songreel.uploads.{self.kind}"
            for event, change in (("upload", "add"), ("clear", "delete")):
                getattr(fields[name], event)(
                    None, js=f"() => {{ {names}.{change}('{name}'); }}", api_visibility="private"
                )

    def updates(self, project: Project | None) -> list:
        """Return the values of :attr:`outputs` for a project.

        Args:
            project: the visitor's; None for one who has none.
        """
        return self._shown(look(self.projects, project))

    def gone(self) -> list:
        """Return the values of :attr:`outputs` for a token that no project has."""
        sentence = "If you had one of your own, reloading the page brings it back."
        return self._shown(View(status=said(f"This {self.kind} is no longer kept", sentence)))

    def unchanged(self) -> list:
        """Return values of :attr:`outputs` that change nothing."""
        return [gr.skip() for _ in self.outputs]

    def _shown(self, view: View) -> list:
        files = [
            gr.update(value=view.files.get(name), visible=bool(view.files.get(name)))
            for name, _ in FILES
        ]
        note = f"<p>{escape(view.film_note)}</p>"
        return [
            view.signature,
            view.run,
            gr.update(visible=bool(view.run)),
            gr.Timer(active=view.alive),
            view.status,
            gr.update(visible=not view.run),
            gr.update(visible=view.alive),
            gr.update(visible=view.can_go_on),
            gr.update(value=note, visible=bool(view.film_note)),
            gr.update(value=view.film, visible=bool(view.film), loop=view.loops),
            gr.update(visible=any(view.files.values())),
            gr.update(value=view.pictures, visible=bool(view.pictures)),
            *files,
        ]

    def _tick(self, token: str, seen: str) -> list:
        project = self.projects.find(token)
        view = look(self.projects, project)
        if view.signature != seen:
            return self._shown(view)
        updates = self.unchanged()
        updates[STATUS] = view.status
        return updates

    def _stop(self, token: str) -> list:
        project = self.projects.find(token)
        if project:
            jobs.stop(project)
        return self.updates(project)


def draft_of(kept: str, names: Sequence[str]) -> dict[str, Any]:
    """Read what a browser kept of the fields, which may be anything.

    Args:
        kept: JSON, or empty.
        names: of the fields that a draft may hold.
    """
    try:
        draft = json.loads(kept or "{}")
    except ValueError:
        return {}
    if not isinstance(draft, dict):
        return {}
    return {name: value for name, value in draft.items() if name in names}
