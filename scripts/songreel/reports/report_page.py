"""The report: one page about a finished song, with the film inside."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from markupsafe import Markup

from songreel.errors import SongreelError
from songreel.film.provenance import painting_environments, versions
from songreel.film.proxy import write_proxy
from songreel.media.waveform import read_waveform
from songreel.plan.plan import SongPlan
from songreel.plan.timecode import format_time, parse_time
from songreel.reports import charts, pages
from songreel.reports.drift import Finding, find_drift
from songreel.reports.tables import write_table
from songreel.reports.telemetry import THUMBNAIL, KeyframeRecord, measure_song
from songreel.storage.cache import KeyframeCache
from songreel.storage.segments import MANIFEST, read_keyframes, read_manifest

PROXY_BYTES = 7_400_000
"""Of the film in the page; Base64 makes 10 MB of them."""

WAVEFORM_PARTS = 400


@dataclass(frozen=True)
class ReportFiles:
    """What a report is made from, and what it makes.

    Attributes:
        folder: of the song's results.
        film: the song's.
        benchmarks: folder of the measurements of the rules' jobs; it may be missing.
        page, telemetry, timeline: the page, the table of numbers, and the timeline as a drawing.
    """

    folder: Path
    film: Path
    benchmarks: Path
    page: Path
    telemetry: Path
    timeline: Path


@dataclass(frozen=True)
class Measured:
    """What is known of a song's keyframes.

    Attributes:
        records: of all keyframes, in order.
        pictures: of each row, where its keyframes are.
        findings: what drifts.
        painted: entries of the ledger, oldest first.
    """

    records: Sequence[KeyframeRecord]
    pictures: Sequence[Sequence[Path]]
    findings: Sequence[Finding]
    painted: Sequence[Mapping]


def write_report(
    plan: SongPlan, files: ReportFiles, cache: KeyframeCache, painted: Sequence[Mapping]
) -> tuple[Finding, ...]:
    """Measure a song's keyframes and write its report.

    Args:
        plan: of the song.
        files: which it is made from, and which it makes.
        cache: from which a keyframe that was deleted comes back.
        painted: entries of the song's ledger, oldest first.

    Returns:
        what drifts.

    Raises:
        SongreelError: a keyframe is missing or damaged, and the cache has no copy.
    """
    manifests = [files.folder / "segments" / s.name / MANIFEST for s in plan.segments]
    pictures = [read_keyframes(manifest, cache) for manifest in manifests]
    keyframes = [read_manifest(manifest).keyframes for manifest in manifests]
    records = measure_song(plan, files.folder, keyframes, pictures, painted)
    measured = Measured(records, pictures, find_drift(_chains(plan, records)), painted)
    write_table([_blank_for_none(asdict(record)) for record in records], files.telemetry)
    duration = plan.film.frame_count / plan.film.fps
    waveform = (
        read_waveform(files.film, float(duration), WAVEFORM_PARTS)
        if plan.film.audio_digest
        else None
    )
    timelines = {
        name: charts.draw_timeline(plan, records, waveform, width)
        for name, width in (("wide", charts.WIDE), ("narrow", charts.NARROW))
    }
    telemetry = {
        name: charts.draw_telemetry(plan, records, measured.findings, width)
        for name, width in (("wide", charts.WIDE), ("narrow", charts.NARROW))
    }
    files.timeline.write_text(charts.standalone(timelines["wide"]), encoding="utf-8")
    film, film_note = _film(plan, files.film, duration)
    environments = painting_environments(manifests)
    pages.write_page(
        files.page,
        "report.html.j2",
        title=plan.film.title,
        subtitle=_subtitle(plan, records),
        findings=measured.findings,
        duration=float(duration),
        width=plan.film.width,
        height=plan.film.height,
        film=film,
        film_note=film_note,
        film_name=files.film.name,
        film_link=files.film.name,
        panels=list(_panels(plan, measured)),
        timeline={name: Markup(drawing) for name, drawing in timelines.items()},
        timeline_label=_timeline_label(plan, records),
        telemetry={name: Markup(drawing) for name, drawing in telemetry.items()},
        telemetry_label=_telemetry_label(measured),
        thumbnail=THUMBNAIL[0],
        timing=_timing_table(plan),
        timing_note=_timing_note(plan),
        tiles=_tiles(measured),
        rows=_row_table(plan, records),
        steps=_step_table(files.benchmarks),
        made_with=_made_with(plan, painted, environments),
        settings=_settings(plan),
        program=plan.film.provenance["program"],
        records=pages.embedded_json(_readings(records)),
        script=pages.script("player.js"),
    )
    return tuple(measured.findings)


def _chains(plan: SongPlan, records: Sequence[KeyframeRecord]) -> list[list[KeyframeRecord]]:
    number_of = {segment.name: number for number, segment in enumerate(plan.segments, start=1)}
    rows = [{number_of[segment.name] for segment in chain} for chain in plan.chains]
    return [[record for record in records if record.row in chain] for chain in rows]


def _blank_for_none(line: Mapping[str, Any]) -> dict[str, Any]:
    return {key: "" if value is None else value for key, value in line.items()}


def _film(plan: SongPlan, film: Path, duration: Fraction) -> tuple[Markup, str]:
    """The film for the page, and what the page says of it."""
    if film.stat().st_size <= PROXY_BYTES:
        return pages.embedded_file(film), "The film itself is in this page; beside it lies"
    with TemporaryDirectory() as folder:
        proxy = Path(folder) / "proxy.mp4"
        size = plan.film.width, plan.film.height
        try:
            write_proxy(film, duration, plan.film.fps, *size, PROXY_BYTES, proxy)
        except SongreelError:
            return Markup(""), "The film is too long to be in this page; it lies beside it:"
        note = "In this page is a smaller copy; the film itself lies beside it:"
        return pages.embedded_file(proxy), note


def _subtitle(plan: SongPlan, records: Sequence[KeyframeRecord]) -> str:
    duration = pages.clock(float(plan.film.frame_count / plan.film.fps))
    return (
        f"{_count(len(plan.segments), 'row')}, {_count(len(records), 'keyframe')}, {duration}, "
        f"{plan.width}×{plan.height} pixels, {float(plan.film.fps):g} frames a second, "
        f"painted by {plan.film.provenance['model']}"
    )


def _panels(plan: SongPlan, measured: Measured) -> Iterator[dict[str, Any]]:
    for caption, line, pictures in zip(
        plan.storyboard.captions, plan.timeline, measured.pictures, strict=False
    ):
        yield {
            **asdict(caption),
            "shown": float(line.first_frame / plan.film.fps),
            "picture": pages.thumbnail(pictures[len(pictures) // 2]),
        }


def _timeline_label(plan: SongPlan, records: Sequence[KeyframeRecord]) -> str:
    targets = sum(segment.images.target_image is not None for segment in plan.segments)
    over = " over the sound's waveform" if plan.film.audio_digest else ""
    return (
        f"{_count(len(plan.segments), 'row')} in {_count(len(plan.chains), 'chain')}{over}, with "
        f"{_count(targets, 'target')} and {_count(len(records), 'keyframe')}; "
        "the table below has the times"
    )


def _telemetry_label(measured: Measured) -> str:
    ranges = []
    for name in ("lightness", "contrast", "saturation", "sharpness", "change"):
        values = [getattr(record, name) for record in measured.records]
        present = [value for value in values if value is not None]
        if present:
            ranges.append(f"{name} from {min(present):.1f} to {max(present):.1f}")
    words = [finding.word for finding in measured.findings]
    return f"{'; '.join(ranges)}; {'marked: ' + ', '.join(words) if words else 'nothing drifts'}"


def _timing_note(plan: SongPlan) -> str:
    errors = [abs(error) for error, is_end in _errors(plan) if not is_end]
    greatest = max(errors)
    row = errors.index(greatest) + 1
    half_frame = 500 / plan.film.fps
    if greatest == 0:
        return "Every row is shown at the very time that was asked for."
    return (
        f"The greatest error is {float(greatest):.1f} ms, in row {row}; "
        f"half a frame is {float(half_frame):.1f} ms."
    )


def _errors(plan: SongPlan) -> list[tuple[Fraction, bool]]:
    """By how many milliseconds each row is shown late, and whether it is the film's last frame."""
    count = len(plan.segments)
    return [
        (1000 * line.first_frame / plan.film.fps - parse_time(line.time), number >= count)
        for number, line in enumerate(plan.timeline)
    ]


def _timing_table(plan: SongPlan) -> Markup:
    rows = []
    for line, (error, is_end) in zip(plan.timeline, _errors(plan), strict=True):
        shown = float(line.first_frame / plan.film.fps)
        rows.append(
            {
                "Row": line.row,
                "Cell": line.cell,
                "Asked": line.time,
                "Shown": pages.moment(shown, line.shown),
                "Error, ms": "last frame" if is_end else f"{float(error):+.1f}",
                "Frame": line.first_frame,
                "Keyframes": line.keyframes,
                "Prompt": line.prompt or "the film's end",
            }
        )
    return pages.table(rows, numbers=["Row", "Error, ms", "Frame", "Keyframes"])


def _tiles(measured: Measured) -> dict[str, str]:
    records = measured.records
    times = [record.seconds for record in records if record.seconds is not None]
    origins = [record.origin for record in records]
    used = len(times)
    return {
        "keyframes shown": str(len(records)),
        "painted for this song": str(origins.count("painted")),
        "from the cache": str(origins.count("cache")),
        "images of the sheet": str(origins.count("image")),
        "painted again, black or blank": str(sum(record.retries for record in records)),
        "painted, and no longer shown": str(max(0, len(measured.painted) - used)),
        "seconds each, median": f"{median(times):.2f}" if times else "–",
        "painting, in all": format_time(1000 * round(sum(times))) if times else "–",
    }


def _row_table(plan: SongPlan, records: Sequence[KeyframeRecord]) -> Markup:
    rows = []
    for number, segment in enumerate(plan.segments, start=1):
        own = [record for record in records if record.row == number]
        times = [record.seconds for record in own if record.seconds is not None]
        origins = [record.origin for record in own]
        rows.append(
            {
                "Row": number,
                "Time": pages.moment(own[0].shown, segment.time),
                "Painted": origins.count("painted"),
                "Cache": origins.count("cache"),
                "Image": origins.count("image"),
                "Retries": sum(record.retries for record in own),
                "Seconds each": f"{median(times):.2f}" if times else None,
                "Seconds in all": f"{sum(times):.1f}" if times else None,
            }
        )
    return pages.table(rows, numbers=[name for name in rows[0] if name != "Time"])


def _step_table(benchmarks: Path) -> Markup | None:
    """What Snakemake measured of each rule's jobs; None where there is nothing."""
    rows = []
    for rule in sorted(path for path in benchmarks.glob("*") if path.is_dir()):
        jobs = [_read_benchmark(path) for path in sorted(rule.glob("*.tsv"))]
        if not jobs:
            continue
        seconds = [job["s"] for job in jobs]
        rows.append(
            {
                "Step": rule.name,
                "Jobs": len(jobs),
                "Seconds": f"{sum(seconds):.1f}",
                "Longest": f"{max(seconds):.1f}",
                "Processor seconds": f"{sum(job.get('cpu_time', 0.0) for job in jobs):.1f}",
                "Memory, MB": f"{max(job.get('max_rss', 0.0) for job in jobs):,.0f}",
            }
        )
    return pages.table(rows, numbers=list(rows[0])[1:]) if rows else None


def _read_benchmark(path: Path) -> dict[str, float]:
    """The numbers of a job; what could not be measured is left out."""
    with path.open(encoding="utf-8", newline="") as file:
        (line,) = csv.DictReader(file, dialect="excel-tab")
    return {key: float(value) for key, value in line.items() if re.fullmatch(r"[\d.]+", value)}


def _made_with(
    plan: SongPlan, painted: Sequence[Mapping], environments: Sequence[Mapping[str, Any]]
) -> Markup:
    made_from = dict(plan.film.provenance)
    devices = dict.fromkeys(str(entry["device"]) for entry in painted)
    processors = dict.fromkeys(e["processor"].get("model", "") for e in environments)
    cards = dict.fromkeys(card for environment in environments for card in environment["gpus"])
    lines = {
        "Program": made_from["program"],
        "Sheet": made_from.get("sheet"),
        "Digest of the sheet": made_from.get("sheet digest"),
        "Sound": made_from.get("audio"),
        "Digest of the sound": made_from.get("audio digest"),
        "Model": made_from["model"],
        "Digest of the model": made_from.get("model digest"),
        "Painted on": ", ".join(devices),
        "Graphics cards": ", ".join(cards),
        "Processor": ", ".join(processors),
        "Packages": versions(environments),
    }
    rows = [
        {
            "What": name,
            "Which": Markup("<code>{}</code>").format(value) if _is_digest(value) else value,
        }
        for name, value in lines.items()
        if value
    ]
    return pages.table(rows)


def _is_digest(value: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{64}", value) is not None


def _settings(plan: SongPlan) -> Markup:
    settings = json.loads(plan.film.provenance.get("settings", "{}"))
    rows = [{"Key": Markup("<code>{}</code>").format(k), "Value": v} for k, v in _flat(settings)]
    return pages.table(rows or [{"Key": "", "Value": ""}])


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
            yield prefix + key, "none" if shown in (None, "") else shown


def _readings(records: Sequence[KeyframeRecord]) -> list[dict[str, Any]]:
    """What the page says of the keyframe at a moment."""
    return [
        {key: value for key, value in asdict(record).items() if key not in ("cell", "file", "time")}
        for record in records
    ]


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
