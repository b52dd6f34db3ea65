"""Kill a render again and again, and see whether anything is lost.

    python tests/support/chaos.py --kills 50 --seed 1

renders a small song once without interruption, and then from nothing with every process of the run
killed (SIGKILL) at random moments, and started again with the same command, until it is done; as
often as it takes for all the kills. Beside every other of these runs a second one is started at a
random moment, which must be refused as long as the first one is alive. It prints what each kill
hit and what it cost, and ends with status 1 if a film differs from the uninterrupted one or
anything was painted in vain.
"""

import argparse
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "support")]

from project import Project  # noqa: E402

MARK = "SONGREEL_CHAOS"
"""An environment variable by which every process of a run is known, whatever its group."""

STAGES = (
    "snakemake",
    "prepare_image",
    "paint_opening",
    "render_segment",
    "keyframe",
    "keyframe",
    "storing",
    "linking",
    "interpolate_segment",
    "assemble_video",
)
"""What a kill may wait for: Snakemake, the script of a rule, a keyframe that is painted – that
twice, or most kills would hit the loading of the model, which takes longest – or a moment of
``HALF_WRITTEN``."""

HALF_WRITTEN = {"storing": ".songreel/writing/*", "linking": "results/song/segments/*/.*"}
"""Files that are there for a fraction of a millisecond, while a keyframe is stored in the cache or
laid among a row's: a kill that leaves one behind came in the midst of it."""

ROWS = (
    {"Time": 0, "Prompt": "a red star"},
    {"Time": 2, "Prompt": "a green boat"},
    {"Time": 4, "Prompt": "a blue moon", "Image": "moon.png"},
    {"Time": 6, "Prompt": "a bell", "ShadowImage": "shade.png"},
    {"Time": 8, "Image": "moon.png"},
)


def heed_interrupts() -> None:
    """A process that a shell starts in the background ignores Ctrl-C, and so do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass
class Run:
    """One run of the command, marked so that all its processes are found."""

    project: Project
    arguments: tuple[str, ...] = ("--cores", "2")
    output: Path = None
    process: subprocess.Popen = None
    struck: dict[int, str] | None = None
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    def start(self) -> "Run":
        self.output = self.project.folder.parent / f"{self.mark}.out"
        temporary = self.project.folder.parent / "tmp"
        temporary.mkdir(exist_ok=True)
        with self.output.open("w", encoding="utf-8") as output:
            self.process = subprocess.Popen(
                self.project.command(*self.arguments),
                cwd=self.project.folder,
                env={**os.environ, MARK: self.mark, "TMPDIR": str(temporary)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=heed_interrupts,
            )
        return self

    def processes(self) -> dict[int, str]:
        """All living processes of the run, with their command lines."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if f"{MARK}={self.mark}".encode() in (folder / "environ").read_bytes():
                    words = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                    if words:  # not yet a zombie
                        found[int(folder.name)] = words.decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
        return found

    def stages(self) -> set[str]:
        """What the run is doing: the rules whose scripts are running, else Snakemake itself.

        When it was struck: what it was doing then.
        """
        lines = "\n".join((self.struck or self.processes()).values())
        return set(re.findall(r"\.(\w+)\.py", lines)) & set(STAGES) or {"snakemake"}

    def kill(self) -> None:
        """End every process with SIGKILL, also those that start meanwhile."""
        while self.process.poll() is None or self.processes():
            for pid in self.processes():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)

    def wait_for(self, stage: str, keyframes: int) -> bool:
        """Wait until a stage is running, or the ledger has so many keyframes.

        Returns:
            Whether it came before the run's end.
        """
        if stage in HALF_WRITTEN:
            return self._strike(HALF_WRITTEN[stage])
        while self.process.poll() is None:
            painted = stage == "keyframe" and len(self.project.ledger()) >= keyframes
            if painted or stage in self.stages():
                return True
            time.sleep(0.05)
        return False

    def _strike(self, pattern: str) -> bool:
        """Kill the run's processes at the very moment when such a file appears."""
        while self.process.poll() is None:
            alive, looked = self.processes(), time.monotonic()
            while time.monotonic() < looked + 0.2:
                if any(self.project.folder.glob(pattern)):
                    for pid in alive:
                        with suppress(ProcessLookupError):
                            os.kill(pid, signal.SIGKILL)
                    self.struck = alive
                    return True
        return False


@dataclass
class Tally:
    """What the kills hit, and what they cost."""

    stages: Counter = field(default_factory=Counter)
    kills: int = 0
    rounds: int = 0
    diffusing: int = 0
    fruitful: int = 0
    repeated: int = 0
    unnoted: int = 0
    seconds: int = 0
    refused: int = 0
    problems: list[str] = field(default_factory=list)


def write_song(project: Project) -> None:
    """The song of the chaos: an opening, two chains, a shadow, an end image, a sound."""
    project.write_image("moon.png", (40, 60, 200))
    project.write_image("shade.png", (20, 200, 20))
    project.write_sheet(ROWS, Title="Chaos", SecondsPerFrame=0.5, Zoom=True)
    project.write_sound(8)
    project.write_config(
        songs={"song": {"sheet": "song.xlsx", "audio": "song.wav"}},
        render={"steps": 6},  # a keyframe takes long enough to be hit
    )


def leftovers(project: Project) -> list[str]:
    """Temporary files and locks below a project's folder."""
    cache = project.folder / ".songreel"
    found = [
        *project.folder.glob("results/**/.*tmp*"),
        *cache.glob("writing/*"),
        *cache.glob("locks/*"),
        *cache.glob(".*"),
        *project.folder.glob(".snakemake/locks/*"),
        *project.folder.glob(".snakemake/incomplete/*"),
        *project.folder.glob(".snakemake/songreel/*"),
    ]
    return [str(path.relative_to(project.folder)) for path in found]


def decoded(project: Project) -> str:
    """The digest of the film's decoded frames."""
    return hashlib.sha256(project.frames().tobytes()).hexdigest()


def ahead(project: Project, keyframes: int) -> list[str]:
    """The stages that may still come before the film is done."""
    results = project.folder / "results" / "song"
    done = {
        "prepare_image": len(list(results.glob("images/*.png"))) == 2,
        "paint_opening": any(results.glob("openings/*.png")),
        "keyframe": len(project.ledger()) >= keyframes,
        "storing": len(project.ledger()) >= keyframes,
    }
    return [stage for stage in STAGES if not done.get(stage)]


def is_refused(run: Run) -> bool:
    """Whether a run ended because another one was rendering."""
    said = run.output.read_text(encoding="utf-8")
    return run.process.returncode != 0 and "cannot be locked" in said and "Traceback" not in said


class SecondRun:
    """The same command once more, some time after the first.

    Args:
        project: that is being rendered.
        chance: decides when it starts, and whether it is killed together with the first.
        longest: seconds that a whole render takes.
    """

    def __init__(self, project: Project, chance: random.Random, longest: float):
        self.run = Run(project)
        self.is_killed = chance.random() < 0.5
        self.timer = threading.Timer(chance.uniform(0, longest / 3), self.run.start)
        self.timer.start()

    def end(self, problems: list[str]) -> bool:
        """Wait for its end, or kill it; tell whether it was refused."""
        self.timer.join()
        if self.is_killed:
            self.run.kill()
            return is_refused(self.run)
        if self.run.process.wait() != 0 and not is_refused(self.run):
            problems.append(f"a second run failed:\n{self.run.output.read_text()[-3000:]}")
        return is_refused(self.run)


def survive(
    project: Project,
    chance: random.Random,
    kills: int,
    keyframes: int,
    longest: float,
    tally: Tally,
) -> None:
    """Render a project that is killed at random moments, at most ``kills`` times."""
    tally.rounds += 1
    while True:
        before = project.ledger()
        run = Run(project).start()
        second = SecondRun(project, chance, longest) if chance.random() < 0.5 else None
        stage = chance.choice(ahead(project, keyframes))
        patience = {"snakemake": longest / 4, **dict.fromkeys(HALF_WRITTEN, 0)}
        delay = chance.uniform(0, patience.get(stage, 2))
        if kills == 0 or not run.wait_for(stage, len(before) + chance.randint(1, 3)):
            run.process.wait()
        else:
            deadline = time.monotonic() + delay
            while run.process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.02)
        ended = run.process.poll() is not None and not run.struck
        hit = run.stages()
        run.kill()
        if second:
            tally.seconds += 1
            tally.refused += second.end(tally.problems)
        hit |= {stage for stage, files in HALF_WRITTEN.items() if any(project.folder.glob(files))}
        noted = project.ledger()
        fresh = [entry["key"] for entry in noted[len(before) :]]
        known = {entry["key"] for entry in before}
        tally.repeated += sum(key in known for key in fresh)
        if ended:
            if second and is_refused(run):  # the second one was quicker
                continue
            if run.process.returncode != 0:
                tally.problems.append(f"a run failed:\n{run.output.read_text()[-3000:]}")
            return
        kills -= 1
        tally.kills += 1
        tally.stages.update(f"{stage}, painting" if fresh else stage for stage in hit)
        if fresh:
            tally.diffusing += 1
            tally.fruitful += bool(set(fresh) - known)
        print(
            f"kill {tally.kills}: {' and '.join(sorted(hit))}; {len(fresh)} new keyframes, "
            f"{len(noted)} in all",
            flush=True,
        )


def chaos(folder: Path, model: Path, kills: int, seed: int) -> Tally:
    """Kill renders of the song ``kills`` times, and compare them with one that is not killed."""
    chance = random.Random(seed)
    reference = Project(folder / "reference", model)
    write_song(reference)
    began = time.monotonic()
    reference.render("--cores", "2")
    longest = time.monotonic() - began
    expected, keys = decoded(reference), {entry["key"] for entry in reference.ledger()}
    print(f"uninterrupted: {longest:.0f} s, {len(keys)} keyframes diffused", flush=True)

    tally = Tally()
    while tally.kills < kills:
        project = Project(folder / f"round-{tally.rounds + 1}", model)
        write_song(project)
        survive(project, chance, kills - tally.kills, len(keys), longest, tally)
        if tally.problems:
            break
        if decoded(project) != expected:
            tally.problems.append(f"{project.folder}: the film differs from the uninterrupted one")
        entries = [entry["key"] for entry in project.ledger()]
        tally.unnoted += len(keys - set(entries))
        if set(entries) - keys:
            tally.problems.append(f"{project.folder}: keyframes that the film does not need")
        if left := leftovers(project):
            tally.problems.append(f"{project.folder}: left behind: {', '.join(left)}")
    if tally.repeated + tally.unnoted > tally.kills:
        tally.problems.append("more than one keyframe per kill was painted in vain or not noted")
    if tally.fruitful < tally.diffusing:
        tally.problems.append("a restart that painted brought no new keyframe")
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    import toy_models

    folder = Path(tempfile.mkdtemp(prefix="songreel-chaos-"))
    model = toy_models.save_stable_diffusion(folder / "model")
    tally = chaos(folder, model, arguments.kills, arguments.seed)
    print(f"""
kills                                     {tally.kills}
films rendered through them               {tally.rounds}
killed while                              {
        ", ".join(f"{stage} {count}" for stage, count in tally.stages.most_common())
    }
restarts that painted                     {tally.diffusing}
… of which brought a new keyframe         {tally.fruitful}
keyframes diffused twice, by the ledger   {tally.repeated}
keyframes stored but not noted            {tally.unnoted}
second runs                               {tally.seconds}, of which {tally.refused} refused""")
    for problem in tally.problems:
        print(problem)
    if tally.problems:
        sys.exit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
