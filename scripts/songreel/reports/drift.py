"""Drift: a plain word where the keyframes of a chain go wrong.

Each keyframe is painted over the one before, so small faults add up. A trend counts where the
measure has gone the same way nearly all along the chain and is, at its end, far from where it
began; a change of prompt alone makes a step, and no trend.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

import numpy as np

from songreel.reports.telemetry import KeyframeRecord

FEWEST = 8
"""Keyframes of the shortest chain that can show a trend."""

STEADY = 0.7
"""The least rank correlation of a measure with time that counts as a trend."""

BURN_IN = 1.5
"""Times that both contrast and saturation grow where a picture burns in."""

LOSS = 0.5
"""Share of contrast or sharpness that is left where a picture has faded or blurred."""

FROZEN = 0.2
"""Percent of change below which two neighbours look the same."""

FROZEN_SPELL = 4
"""Neighbours in a row without change that make a freeze."""

DARK = 3.0
"""Lightness of a picture that looks black."""

ARRIVED = 0.5
"""Similarity with its target that the last keyframe before it should have."""


@dataclass(frozen=True)
class Finding:
    """Something that a person should look at.

    Attributes:
        word: what it is, such as ``burn-in``.
        start, end: when it is seen, in seconds of the film.
        text: a sentence about it, with what helps.
    """

    word: str
    start: float
    end: float
    text: str


def find_drift(chains: Sequence[Sequence[KeyframeRecord]]) -> list[Finding]:
    """Find what drifts in a film, in its order.

    Args:
        chains: the keyframes of each chain.
    """
    findings = [finding for chain in chains for finding in _in_chain(chain)]
    return sorted(findings, key=lambda finding: finding.start)


def _in_chain(chain: Sequence[KeyframeRecord]) -> Iterator[Finding]:
    yield from _trends(chain)
    yield from _freezes(chain)
    yield from _black(chain)
    yield from _missed_targets(chain)


def _trends(chain: Sequence[KeyframeRecord]) -> Iterator[Finding]:
    if len(chain) < FEWEST:
        return
    start, end = chain[0].shown, chain[-1].shown
    contrast = _trend([record.contrast for record in chain])
    saturation = _trend([record.saturation for record in chain])
    sharpness = _trend([record.sharpness for record in chain])
    if contrast >= BURN_IN and saturation >= BURN_IN:
        yield Finding(
            "burn-in",
            start,
            end,
            f"contrast grew {contrast:.1f} times and saturation {saturation:.1f} times along this "
            "chain; lower render.guidance_scale, or begin anew with an Image in one of its rows",
        )
    if contrast <= LOSS:
        yield Finding(
            "fading",
            start,
            end,
            f"{contrast:.0%} of the contrast is left at the end of this chain; raise "
            "render.strength, or begin anew with an Image in one of its rows",
        )
    if sharpness <= LOSS:
        yield Finding(
            "blur",
            start,
            end,
            f"{sharpness:.0%} of the sharpness is left at the end of this chain; raise "
            "render.strength or lower the zoom",
        )


def _freezes(chain: Sequence[KeyframeRecord]) -> Iterator[Finding]:
    for still, spell in groupby(chain, lambda r: r.change is not None and r.change < FROZEN):
        records = list(spell)
        if still and len(records) >= FROZEN_SPELL:
            yield Finding(
                "freeze",
                records[0].shown,
                records[-1].shown,
                f"{len(records)} keyframes hardly differ from those before them; raise "
                "render.strength",
            )


def _black(chain: Sequence[KeyframeRecord]) -> Iterator[Finding]:
    for dark, spell in groupby(chain, lambda r: r.lightness < DARK):
        records = list(spell)
        if dark:
            yield Finding(
                "black",
                records[0].shown,
                records[-1].shown,
                f"{_count(len(records), 'keyframe')} as good as black; change the prompt or "
                "render.seed",
            )


def _missed_targets(chain: Sequence[KeyframeRecord]) -> Iterator[Finding]:
    for _, spell in groupby(chain, lambda record: record.row):
        way = [record for record in spell if record.similarity is not None]
        if not way:
            continue
        last = way[-1].similarity
        assert last is not None
        if last < ARRIVED:
            yield Finding(
                "target that did not arrive",
                way[0].shown,
                way[-1].shown,
                f"the last keyframe before the target of row {way[-1].row + 1} is unlike it "
                f"(similarity {last:.2f}), so that the film jumps there; give the row before it "
                "more time, or lower render.strength",
            )


def _trend(values: Sequence[float]) -> float:
    """How many times its start a measure is at its end; 1 where it has no steady direction.

    The start and the end are the medians of a quarter of the values.
    """
    quarter = len(values) // 4
    start, end = median(values[:quarter]), median(values[-quarter:])
    if start == 0 or abs(_rank_correlation(values)) < STEADY:
        return 1.0
    return end / start


def _rank_correlation(values: Sequence[float]) -> float:
    """Spearman's correlation of a series with its own order."""
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return float(np.corrcoef(ranks, np.arange(len(values)))[0, 1])


def _count(number: int, word: str) -> str:
    return f"{number} {word} is" if number == 1 else f"{number} {word}s are"
