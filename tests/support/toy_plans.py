"""Parts of a plan, small and complete."""

from fractions import Fraction

from songreel.plan.camera import Camera
from songreel.plan.plan import KeyframeSettings, ModelPixels


def keyframe_settings(**changes):
    """Settings of a segment of two keyframes that starts a chain."""
    settings = {
        "version": 1,
        "model": ModelPixels(weights="0" * 64, scheduler=None, dtype="auto", threads=1),
        "prompt": "a star, watercolour",
        "negative_prompt": "",
        "starts_chain": True,
        "previous_time": None,
        "keyframe_times": (Fraction(0), Fraction(1, 3)),
        "end_time": None,
        "change_before": None,
        "change_after": None,
        "camera": Camera(Fraction(0), Fraction(1), 0.03, 0.0, 0.0, 0.0, "none"),
        "previous_camera": None,
        "shadow_share": 0.01,
        "color_match": "none",
        "noise": 0.0,
        "sharpen": 0.0,
        "target_curve": None,
        "target_recipe": "arrive",
        "leaves_target": False,
        "seed": 0,
        "width": 64,
        "height": 64,
        "steps": 2,
        "strength": 0.5,
        "guidance_scale": 7.5,
    }
    return KeyframeSettings(**{**settings, **changes})
