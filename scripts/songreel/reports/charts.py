"""Charts over the time of a song: its timeline over the sound's waveform, and its telemetry.

They are drawn by Vega-Altair into SVG, so that a page needs no script to show them. Their colours
are variables of the page's style sheet, so that one drawing serves light and dark.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from songreel.plan.plan import SongPlan
from songreel.reports.drift import Finding
from songreel.reports.telemetry import KeyframeRecord

if TYPE_CHECKING:
    import altair as alt
    import numpy as np

WIDE, NARROW = 800, 250
"""Pixels of a chart's field, on a screen and on a phone; the axis on its left comes on top."""

LEFT = 62
"""Pixels for the axis on the left: the fields of all charts stand below each other."""

NUMBERED = 14
"""Pixels of the narrowest bar that has its row's number written on it."""

MEASURES = (
    ("lightness", "Lightness, 0 to 100", ("black",)),
    ("contrast", "Contrast", ("burn-in", "fading")),
    ("saturation", "Saturation, %", ("burn-in",)),
    ("sharpness", "Sharpness", ("blur",)),
    ("change", "Change from the one before, %", ("freeze",)),
    ("similarity", "Similarity with the target (1: the same)", ("target",)),
    ("seconds", "Seconds to paint", ()),
)
"""Fields of :class:`KeyframeRecord`, their headings, and how the findings' words begin that are
marked there."""

STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 3600)
"""Seconds between the times that are written below a chart."""

TICK = 56
"""Pixels that such a time has for itself."""

CLOCK = "floor(datum.value/60)+':'+(datum.value%60<10?'0':'')+datum.value%60"
"""An axis label: seconds as minutes and seconds, in Vega's expression language."""


@dataclass(frozen=True)
class SongTime:
    """What all charts of a song share.

    Attributes:
        duration: of the film, in seconds.
        width: of the field, in pixels.
    """

    duration: float
    width: int


def draw_timeline(
    plan: SongPlan, records: Sequence[KeyframeRecord], waveform: np.ndarray | None, width: int
) -> str:
    """Draw rows, chains, targets and keyframes below the sound's waveform, as SVG.

    Args:
        plan: of the song.
        records: its keyframes.
        waveform: (n,) amplitudes 0–1; None for a silent film.
        width: of the field, in pixels.
    """
    time = SongTime(float(plan.film.frame_count / plan.film.fps), width)
    panels = [] if waveform is None else [_waveform(waveform, time)]
    return _svg([*panels, _lanes(plan, records, time)])


def draw_telemetry(
    plan: SongPlan, records: Sequence[KeyframeRecord], findings: Sequence[Finding], width: int
) -> str:
    """Draw the measures of all keyframes below each other, as SVG.

    Args:
        plan: of the song.
        records: its keyframes.
        findings: which are marked.
        width: of the field, in pixels.
    """
    time = SongTime(float(plan.film.frame_count / plan.film.fps), width)
    drawn = [
        (name, heading, _marked(findings, words))
        for name, heading, words in MEASURES
        if any(getattr(record, name) is not None for record in records)
    ]
    orients = ["top", *[None] * (len(drawn) - 2), "bottom"]
    return _svg(
        [
            _measure(records, *measure, time, orient)
            for measure, orient in zip(drawn, orients, strict=True)
        ]
    )


def standalone(drawing: str) -> str:
    """A drawing as a file of its own, with the colours of the pages."""
    style = (Path(__file__).with_name("templates") / "style.css").read_text(encoding="utf-8")
    colours = style[: style.index("\n* {")]
    ground = "svg { background: var(--paper); }"
    head, tag, rest = drawing.partition(">")
    return f"{head}{tag}<style>{colours}\n{ground}</style>{rest}"


def _marked(findings: Iterable[Finding], words: tuple[str, ...]) -> list[Finding]:
    return [finding for finding in findings if words and finding.word.startswith(words)]


def _waveform(waveform: np.ndarray, time: SongTime) -> alt.Chart:
    import altair as alt

    each = time.duration / len(waveform)
    values = [
        {"t": round((i + 0.5) * each, 3), "low": -round(float(v), 3), "high": round(float(v), 3)}
        for i, v in enumerate(waveform)
    ]
    return (
        alt.Chart(_data(values), width=time.width, height=64, title="Sound")
        .mark_area(fill="var(--wave)")
        .encode(
            x=_time_axis(time, None),
            y=alt.Y("low:Q", axis=None, scale=alt.Scale(domain=[-1, 1])),
            y2="high:Q",
        )
    )


def _lanes(
    plan: SongPlan, records: Sequence[KeyframeRecord], time: SongTime
) -> alt.LayerChart | alt.FacetChart:
    import altair as alt

    fps = plan.film.fps
    count = len(plan.segments)
    starts = [float(line.first_frame / fps) for line in plan.timeline[:count]]
    edges = [*starts, time.duration]
    number_of = {segment.name: number for number, segment in enumerate(plan.segments)}
    rows = [
        {
            "lane": "rows",
            "t": edges[n],
            "end": edges[n + 1],
            "label": str(n + 1) if _pixels(edges[n + 1] - edges[n], time) >= NUMBERED else "",
            "middle": (edges[n] + edges[n + 1]) / 2,
        }
        for n in range(count)
    ]
    chains = [
        {
            "lane": "chains",
            "t": edges[number_of[chain[0].name]],
            "end": edges[number_of[chain[-1].name] + 1],
        }
        for chain in plan.chains
    ]
    targets = [
        {"lane": "targets", "t": edges[n], "end": edges[n + 1]}
        for n, segment in enumerate(plan.segments)
        if segment.images.target_image
    ]
    ticks = [{"lane": "keyframes", "t": record.shown} for record in records]
    present = ["rows", "chains", *(["targets"] if targets else []), "keyframes"]
    lane = alt.Y(
        "lane:N",
        sort=present,
        scale=alt.Scale(domain=present),
        axis=_left_axis(domain=False, ticks=False, title=None),
    )
    x, end = _time_axis(time), "end:Q"
    layers = [
        alt.Chart(_data(rows))
        .mark_bar(height=18, fill="var(--row)", stroke="var(--paper)", cornerRadius=3)
        .encode(x=x, x2=end, y=lane),
        alt.Chart(_data(rows))
        .mark_text(fill="var(--ink)", fontSize=11)
        .encode(x=alt.X("middle:Q"), y=lane, text="label:N"),
        alt.Chart(_data(chains))
        .mark_bar(height=6, fill="var(--chain)", stroke="var(--paper)", cornerRadius=3)
        .encode(x=x, x2=end, y=lane),
        alt.Chart(_data(ticks))
        .mark_tick(color="var(--ink)", thickness=1, size=12, opacity=0.75)
        .encode(x=x, y=lane),
    ]
    if targets:
        layers += [
            alt.Chart(_data(targets))
            .mark_rule(stroke="var(--target)", strokeWidth=2, strokeDash=[2, 3])
            .encode(x=x, x2=end, y=lane),
            alt.Chart(_data(targets))
            .mark_point(shape="diamond", fill="var(--target)", stroke=None, size=70, opacity=1)
            .encode(x=alt.X(end), y=lane),
        ]
    return alt.layer(*layers).properties(width=time.width, height=26 * len(present))


def _measure(
    records: Sequence[KeyframeRecord],
    name: str,
    heading: str,
    findings: Sequence[Finding],
    time: SongTime,
    orient: str | None,
) -> alt.LayerChart | alt.FacetChart:
    import altair as alt

    values = [
        {"t": record.shown, "v": value, "spell": spell}
        for spell, present in enumerate(_spells(records, name))
        for record in present
        if (value := getattr(record, name)) is not None
    ]
    x = _time_axis(time, orient)
    y = alt.Y(
        "v:Q",
        axis=_left_axis(tickCount=3, title=None, domain=False, ticks=False),
        scale=_scale(name, [value["v"] for value in values]),
    )
    marks: list[alt.Chart] = []
    if findings:
        spans = [{"t": finding.start, "end": finding.end} for finding in findings]
        marks.append(
            alt.Chart(_data(spans))
            .mark_rect(fill="var(--warn)", opacity=0.18)
            .encode(x=x, x2="end:Q")
        )
    drawn = alt.Chart(_data(values))
    if name == "seconds":
        bar = max(1, 0.6 * time.width / len(records))
        marks.append(drawn.mark_bar(fill="var(--chain)", width=bar, clip=True).encode(x=x, y=y))
    else:
        marks.append(
            drawn.mark_line(stroke="var(--line)", strokeWidth=1.6).encode(
                x=x, y=y, detail="spell:N"
            )
        )
        alone = [value for value, only in zip(values, _alone(values), strict=True) if only]
        if alone:  # of which no line can be drawn
            marks.append(
                alt.Chart(_data(alone)).mark_circle(fill="var(--line)", size=24).encode(x=x, y=y)
            )
    return alt.layer(*marks).properties(width=time.width, height=64, title=heading)


def _spells(records: Sequence[KeyframeRecord], name: str) -> list[list[KeyframeRecord]]:
    """The records with a value, in spells that a line may connect."""
    spells = groupby(records, lambda record: getattr(record, name) is not None)
    return [list(spell) for has_value, spell in spells if has_value]


def _alone(values: Sequence[Mapping[str, Any]]) -> list[bool]:
    lengths = Counter(value["spell"] for value in values)
    return [lengths[value["spell"]] == 1 for value in values]


def _scale(name: str, values: Sequence[float]) -> alt.Scale:
    """The vertical scale: similarity up to 1, times and changes from 0, the others as they are."""
    import altair as alt

    if name == "similarity":
        return alt.Scale(domain=[min(0.0, *values), 1])
    return alt.Scale(zero=name in ("change", "seconds"), nice=True)


def _time_axis(time: SongTime, orient: str | None = "bottom") -> alt.X:
    """The axis that all charts have; only the first and the last of a stack have times on it."""
    import altair as alt

    axis = alt.Axis(
        title=None,
        labelExpr=CLOCK,
        labels=orient is not None,
        orient=orient or "bottom",  # type: ignore[arg-type]
        grid=True,
        ticks=False,
        values=_ticks(time),
    )
    scale = alt.Scale(domain=[0, time.duration], nice=False, padding=0)
    return alt.X("t:Q", scale=scale, axis=axis)


def _ticks(time: SongTime) -> list[int]:
    """Times to write below a chart, in seconds, not too close to one another."""
    fitting = [step for step in STEPS if _pixels(step, time) >= TICK]
    step = fitting[0] if fitting else STEPS[-1]
    return list(range(0, math.ceil(time.duration), step))


def _left_axis(**settings: Any) -> alt.Axis:
    import altair as alt

    return alt.Axis(minExtent=LEFT, maxExtent=LEFT, grid=False, **settings)


def _pixels(seconds: float, time: SongTime) -> float:
    return seconds / time.duration * time.width


def _data(values: Sequence[Mapping[str, Any]]) -> alt.Data:
    import altair as alt

    return alt.Data(values=list(values))  # type: ignore[arg-type]


def _svg(panels: Sequence[Any]) -> str:
    import altair as alt
    import vl_convert

    font = "system-ui, sans-serif"
    chart = (
        alt.vconcat(*panels, spacing=14)
        .configure(background="transparent", font=font, padding=4)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor="var(--muted)", gridColor="var(--grid)", domainColor="var(--grid)"
        )
        .configure_title(
            anchor="start",
            frame="group",
            color="var(--muted)",
            fontSize=12,
            fontWeight="normal",
            offset=4,
        )
    )
    return vl_convert.vegalite_to_svg(chart.to_dict())
