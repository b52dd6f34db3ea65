"""The half of a tab that shows a project: how far it is, its keyframes, its film, its files.

The page knows its project by the token in a hidden field, which the browser keeps in its address
and its memory: closing or reloading the page loses nothing. Every call of the server brings the
token, and nothing else says whose project it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from app import jobs
from app.jobs import read_job
from app.projects import Project, Projects
from app.view import FILES, View, look

TICK = 1.0  # seconds

EMPTY = "<p>Here the pictures appear, one painted over the other, and then the film.</p>"


@dataclass(frozen=True)
class Visit:
    """The components that show a project.

    Attributes:
        kind: ``dream`` or ``song``, which the browser keeps the token by.
        projects: of the server.
        token: hidden: the project's, or empty.
        seen: hidden: the signature of what is shown.
        outputs: those that :meth:`updates` are for, in order.
    """

    kind: str
    projects: Projects
    token: gr.Textbox
    seen: gr.Textbox
    timer: gr.Timer
    outputs: Sequence[Any]

    @classmethod
    def build(cls, kind: str, projects: Projects) -> "Visit":
        """Build them, inside of an open column of a page.

        Args:
            kind: ``dream`` or ``song``.
            projects: of the server.
        """
        token = gr.Textbox(visible="hidden", label="Token", elem_id=f"{kind}-token")
        seen = gr.Textbox(visible="hidden", label="Seen")
        timer = gr.Timer(TICK, active=False)
        empty = gr.HTML(EMPTY, elem_classes="empty")
        with gr.Row(elem_classes="run"):
            status = gr.HTML(elem_id=f"{kind}-status", elem_classes="run-status")
            stop = gr.Button("Stop", visible=False, scale=0, elem_id=f"{kind}-stop")
            go_on = gr.Button("Go on", visible=False, scale=0, elem_id=f"{kind}-go-on")
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
        outputs = [seen, timer, status, empty, stop, go_on, film, gallery, *files]
        visit = cls(kind, projects, token, seen, timer, outputs)
        timer.tick(
            visit._tick,
            [token, seen],
            outputs,
            show_progress="hidden",
            trigger_mode="once",
            api_visibility="private",
        )
        stop.click(visit._stop, token, outputs, show_progress="hidden", api_visibility="private")
        go_on.click(visit._go_on, token, outputs, show_progress="hidden", api_visibility="private")
        return visit

    @property
    def remember(self) -> str:
        """JavaScript that keeps a token in the browser; an empty one is forgotten."""
        return (
            f"token => {{ const hash = token ? '#{self.kind}=' + token : location.pathname;"
            f" history.replaceState(null, '', hash); {self._store} }}"
        )

    @property
    def show(self) -> str:
        """As :attr:`remember`, and brings what is said then into sight."""
        return (
            f"token => {{ ({self.remember})(token);"
            f" const said = document.getElementById('{self.kind}-forecast');"
            " const {top, bottom} = said.getBoundingClientRect();"
            " if (top < 0 || bottom > innerHeight - 120) said.scrollIntoView(); }"
        )

    @property
    def _store(self) -> str:
        return (
            f"if (token) localStorage.setItem('songreel-{self.kind}', token);"
            f" else localStorage.removeItem('songreel-{self.kind}');"
        )

    @property
    def _remember_found(self) -> str:
        """As :attr:`remember`, but the address stays where it names a project already."""
        return (
            f"token => {{ if (token && !location.hash)"
            f" history.replaceState(null, '', '#{self.kind}=' + token); {self._store} }}"
        )

    @property
    def recall(self) -> str:
        """JavaScript that finds the token in the address, or else in the browser's memory."""
        return (
            f"() => (location.hash.match(/^#{self.kind}=([0-9a-f]{{32}})$/) || [])[1]"
            f" || localStorage.getItem('songreel-{self.kind}') || ''"
        )

    def on_load(self, page: gr.Blocks, show: Callable[[str], list], outputs: Sequence[Any]) -> None:
        """Call ``show`` with the browser's token when the page is opened.

        Args:
            page: that is opened.
            show: returns the values of ``outputs``.
            outputs: components.
        """
        page.load(
            show,
            self.token,
            outputs,
            js=self.recall,
            show_progress="hidden",
            api_visibility="private",
        ).then(None, self.token, None, js=self._remember_found)

    def updates(self, project: Project | None) -> list:
        """Return the values of :attr:`outputs` for a project.

        Args:
            project: the visitor's; None for one who has none.
        """
        return self._shown(look(self.projects, project))

    def unchanged(self) -> list:
        """Return values of :attr:`outputs` that change nothing."""
        return [gr.skip() for _ in self.outputs]

    def _shown(self, view: View) -> list:
        files = [
            gr.update(value=view.files.get(name), visible=bool(view.files.get(name)))
            for name, _ in FILES
        ]
        return [
            view.signature,
            gr.Timer(active=view.alive),
            view.status,
            gr.update(visible=not view.status),
            gr.update(visible=view.alive),
            gr.update(visible=view.can_go_on),
            gr.update(value=view.film, visible=bool(view.film)),
            gr.update(value=view.pictures, visible=bool(view.pictures)),
            *files,
        ]

    def _tick(self, token: str, seen: str) -> list:
        project = self.projects.find(token)
        view = look(self.projects, project)
        if view.signature != seen:
            return self._shown(view)
        updates = self.unchanged()
        updates[2] = view.status
        return updates

    def _stop(self, token: str) -> list:
        project = self.projects.find(token)
        if project:
            jobs.stop(project)
        return self.updates(project)

    def _go_on(self, token: str) -> list:
        project = self.projects.find(token)
        job = read_job(project) if project else None
        if project and job:
            jobs.start(project, job.target)
        return self.updates(project)
