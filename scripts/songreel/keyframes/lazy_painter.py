"""The model, loaded when the first image has to be painted, and not before.

A job that finds all of its keyframes in the cache imports neither torch nor diffusers.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from songreel.models.environment import Execution, check_execution
from songreel.models.gpus import reserve_gpu
from songreel.models.settings import ModelSettings

if TYPE_CHECKING:
    from songreel.models.painter import Painter


class LazyPainter:
    """Loads a model and reserves a GPU for it; releases the GPU at its end as a context.

    Args:
        settings: the section ``model`` of the configuration.
        folder: the model in diffusers format.
        expected: how the cache's keys say that the model is run.
        locks: a folder that the jobs of this machine share.
        report_progress: takes a line for the user.
    """

    def __init__(
        self,
        settings: ModelSettings,
        folder: Path,
        expected: Execution,
        locks: Path,
        report_progress: Callable[[str], None],
    ):
        self._settings = settings
        self._folder = folder
        self._expected = expected
        self._locks = locks
        self._report_progress = report_progress
        self._painter: Painter | None = None
        self._at_exit = ExitStack()

    def __enter__(self) -> LazyPainter:
        return self

    def __exit__(self, *error: object) -> None:
        self._at_exit.close()

    @property
    def is_loaded(self) -> bool:
        """Whether the model is in memory."""
        return self._painter is not None

    def load(self) -> Painter:
        """The painter; the first call waits for a free GPU and loads the model.

        Raises:
            SongreelError: the model cannot be loaded on this device, or is run otherwise than the
                cache's keys say.
        """
        if self._painter is None:
            device = self._at_exit.enter_context(
                reserve_gpu(self._settings.device, self._locks, self._report_progress)
            )
            self._report_progress(f"loading {self._settings.name}")
            from songreel.models.painter import Painter

            painter = Painter(self._folder, replace(self._settings, device=device))
            check_execution(self._expected, painter.execution)
            self._painter = painter
        return self._painter

    def for_another_thread(self) -> LazyPainter:
        """The model, which is loaded, to be used by one other thread; the GPU is the same."""
        other = copy(self)
        other._at_exit = ExitStack()
        other._painter = self.load().for_another_thread()
        return other
