"""The plan of a song as a file: written when a run starts, read by the run's jobs.

The sheet may be saved again while the run is under way, and another run be started; the jobs go by
the file that their own run wrote.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from songreel.plan.conversion import from_builtins, to_builtins
from songreel.plan.plan import SongPlan
from songreel.run import Run
from songreel.storage.atomic import replacing

PLAN_FILE = "plan.json"
"""Name of the file, in the folder of the song's results."""


@dataclass(frozen=True)
class RunOptions:
    """What the jobs of a run know besides the plans, and what no result depends on.

    Attributes:
        renders_alone: whether only one job at a time renders keyframes, so that it may as well
            render the song's other chains.
        rows: names of the segments that the run renders, and rows of the openings that it paints,
            as the progress log has them; None for any.
    """

    renders_alone: bool = False
    rows: tuple[str, ...] | None = None

    def renders(self, segment: str) -> bool:
        """Whether the run renders a segment, by its name."""
        return self.rows is None or segment in self.rows


def plan_path(folder: Path) -> Path:
    """Where the run that this process belongs to has its plan of a song.

    Args:
        folder: of the song's results; the plan is there where no run started this process.
    """
    run = Run.of_this_job()
    return (run.folder / folder if run else folder) / PLAN_FILE


def write_plan(plan: SongPlan, path: Path, options: RunOptions | None = None) -> None:
    """Write the plan of a song, whole or not at all.

    Args:
        plan: of the song.
        path: of the file.
        options: of the run; the defaults if None.
    """
    content = {
        "options": to_builtins(options or RunOptions()),
        "plan": to_builtins(plan),
    }
    with replacing(path) as temporary:
        text = json.dumps(content, ensure_ascii=False, indent=1)
        temporary.write_text(text + "\n", encoding="utf-8")


def read_plan(path: Path) -> tuple[SongPlan, RunOptions]:
    """Read a song's plan and the options of the run that wrote it."""
    content = json.loads(path.read_text(encoding="utf-8"))
    plan = from_builtins(SongPlan, content["plan"])
    return plan, from_builtins(RunOptions, content["options"])
