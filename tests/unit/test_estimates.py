"""What is asked of a cluster: enough, and not hundreds of times too much."""

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from toy_plans import keyframe_settings
from songreel.plan.estimates import keyframe_seconds, to_minutes


@given(st.lists(st.floats(0, 5000), min_size=1, max_size=50))
def test_the_minutes_of_any_last_part_are_enough_and_less_than_one_too_many(seconds):
    minutes = to_minutes(seconds)
    assert len(minutes) == len(seconds)
    assert min(minutes) >= 0
    for first in range(len(seconds)):
        asked, needed = sum(minutes[first:]), math.fsum(seconds[first:]) / 60
        assert needed - 1e-6 <= asked < needed + 1 + 1e-6


def test_a_keyframe_takes_longer_with_more_pixels_steps_and_guidance_and_on_a_processor():
    settings = keyframe_settings(
        width=512, height=512, steps=30, strength=0.5, guidance_scale=7.5
    )
    parameters = 1.07e9  # Stable Diffusion 1.5
    usual = keyframe_seconds(parameters, "auto", settings)
    assert 3 < usual < 10
    assert keyframe_seconds(parameters, "cpu", settings) > 50 * usual
    for less in ({"width": 256}, {"steps": 10}, {"guidance_scale": 0}):
        assert keyframe_seconds(parameters, "auto", replace(settings, **less)) < usual
