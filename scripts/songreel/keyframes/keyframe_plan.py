"""How each keyframe of a row is painted: with which prompts, how strongly, how near to a target.

On its way to a target the picture is mixed with it before diffusion; strength and guidance fall, so
that less of the mix is painted away again; and late in the row the target is mixed into the result
as well. After a target the strength rises again over a few keyframes. Between two rows without a
target the prompt changes over some keyframes on both sides.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from songreel.models.prompts import PromptShare
from songreel.models.sampling import StepRule
from songreel.plan.easing import CURVES
from songreel.plan.plan import KeyframeSettings, PromptChange

RECIPES = ("arrive", "none")
"""Names of ``render.target.recipe``: ``none`` only mixes the target in before diffusion."""

LEAST_STRENGTH = 0.05
"""Below it, diffusion changes nothing that one sees."""

GUIDANCE_FALL = Fraction(2, 3)
"""Share of the guidance above 1 (which is none) that is gone at a target: guidance paints a target
away."""

DEPARTURE = 5
"""Keyframes over which the strength rises after a target, at most a third of the row."""

SHARE_AT_ROW = Fraction(3, 4)
"""Share of a row's own prompt in its first keyframe, while the prompt changes around it.

A fixed number: so each side of the change depends on its own row alone.
"""


@dataclass(frozen=True)
class KeyframePlan:
    """How one keyframe is painted.

    Attributes:
        time: when it is shown, in seconds.
        prompts: whose embeddings are mixed.
        steps, strength, guidance_scale: of img2img.
        target_share: of the target in the image that is painted over, 0–1.
        final_share: of the target in the painted keyframe, 0–1.
    """

    time: Fraction
    prompts: tuple[PromptShare, ...]
    steps: int
    strength: float
    guidance_scale: float
    target_share: Fraction
    final_share: Fraction


def plan_keyframes(settings: KeyframeSettings, rule: StepRule) -> Iterator[KeyframePlan]:
    """Plan the keyframes of a segment, the end keyframe among them.

    Args:
        settings: of the segment.
        rule: how the model is asked for weaker keyframes.
    """
    count = len(settings.keyframe_times)
    for number, time in enumerate(settings.rendered_times):
        share = final_share = Fraction(0)
        strength, guidance_scale = settings.strength, settings.guidance_scale
        if settings.target_curve:
            share = CURVES[settings.target_curve](Fraction(number, count))
        if settings.target_recipe == "arrive":
            strength *= min(_arriving(share), _leaving(settings, number))
            guidance_scale -= max(0.0, guidance_scale - 1) * float(GUIDANCE_FALL * share)
            final_share = max(Fraction(0), 2 * share - 1) ** 2
        wanted = min(settings.strength, max(strength, LEAST_STRENGTH))
        steps, strength = settings.steps, settings.strength
        if wanted < strength:
            steps, strength = rule.finer_schedule(steps, strength, settings.guidance_scale, wanted)
        prompts = tuple(_prompts(settings, number))
        yield KeyframePlan(time, prompts, steps, strength, guidance_scale, share, final_share)


def _arriving(share: Fraction) -> float:
    """The share of the row's strength that is left, where a target has this share."""
    return float((1 - share) ** 2)


def _leaving(settings: KeyframeSettings, number: int) -> float:
    """The share of the row's strength that a keyframe after an image has."""
    keyframes = min(DEPARTURE, Fraction(len(settings.keyframe_times), 3))
    if not settings.leaves_target or number >= keyframes:
        return 1.0
    return float(number / keyframes) ** 2


def _prompts(settings: KeyframeSettings, number: int) -> Iterator[PromptShare]:
    """The prompts of a keyframe: the row's own, and that of a row which it changes from or to."""
    before, after = settings.change_before, settings.change_after
    own = Fraction(1)
    other: PromptChange | None = None
    if before and number < before.keyframes:
        own = SHARE_AT_ROW + (1 - SHARE_AT_ROW) * number / before.keyframes
        other = before
    left = len(settings.keyframe_times) - number
    if after and left < after.keyframes:
        own = 1 - SHARE_AT_ROW * (1 - left / after.keyframes)
        other = after
    yield PromptShare(settings.prompt, settings.negative_prompt, own)
    if other and own < 1:
        yield PromptShare(other.prompt, other.negative_prompt, 1 - own)
