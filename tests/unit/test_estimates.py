"""What is asked of a cluster: enough, and not hundreds of times too much."""

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from songreel.models.source import ModelSource
from songreel.plan.estimates import keyframe_seconds, to_minutes
from toy_plans import keyframe_settings


@given(st.lists(st.floats(0, 5000), min_size=1, max_size=50))
def test_the_minutes_of_any_last_part_are_enough_and_less_than_one_too_many(seconds):
    minutes = to_minutes(seconds)
    assert len(minutes) == len(seconds)
    assert min(minutes) >= 0
    for first in range(len(seconds)):
        asked, needed = sum(minutes[first:]), math.fsum(seconds[first:]) / 60
        assert needed - 1e-6 <= asked < needed + 1 + 1e-6


def test_a_keyframe_takes_longer_with_more_pixels_steps_and_guidance_and_on_a_processor():
    settings = keyframe_settings(width=512, height=512, steps=30, strength=0.5, guidance_scale=7.5)
    source = ModelSource("stable-diffusion-v1-5/stable-diffusion-v1-5", None)
    usual = keyframe_seconds(source, "auto", settings)
    assert 10 < usual < 30  # as for SDXL, since it is not looked into
    assert keyframe_seconds(source, "cpu", settings) > 50 * usual
    for less in ({"width": 256}, {"steps": 10}, {"guidance_scale": 0}):
        assert keyframe_seconds(source, "auto", replace(settings, **less)) < usual
