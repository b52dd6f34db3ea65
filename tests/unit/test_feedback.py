from fractions import Fraction

import numpy as np
import pytest

from songreel.keyframes.feedback import keyframe_seed, mix_input, mix_output
from songreel.media.pixels import is_black
from songreel.media.similarity import Similarity
from songreel.plan.easing import CURVES


def flat(level: int, size: int = 8) -> np.ndarray:
    return np.full((size, size, 3), level, np.uint8)


def mix(previous, shadow=None, shadow_share=0.01, target=None, share=0, factor=1.0):
    return mix_input(previous, Similarity(factor), shadow, shadow_share, target, share)


def test_nothing_mixed_in_is_the_picture_itself():
    picture = np.random.default_rng(1).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    assert np.array_equal(mix(picture), picture)


def test_one_percent_of_shadow_is_rounded_half_up():
    assert (mix(flat(100), shadow=flat(150)) == 101).all()  # 100.5
    assert (mix(flat(100), shadow=flat(149)) == 100).all()  # 100.49
    assert (mix(flat(255), shadow=flat(0)) == 252).all()  # 252.45


def test_shadow_and_target_are_rounded_once():
    # 10.5, then halfway to 10: 10.25. A rounding between would go 11, 10.5, 11.
    assert (mix(flat(10), shadow=flat(60), target=flat(10), share=Fraction(1, 2)) == 10).all()
    # 10.45, then a tenth of the way to 11: 10.505. A rounding between would go 10, 10.1, 10.
    assert (mix(flat(10), shadow=flat(55), target=flat(11), share=Fraction(1, 10)) == 11).all()


def test_shadow_comes_before_target():
    mixed = mix(flat(0), shadow=flat(200), shadow_share=0.5, target=flat(0), share=Fraction(1, 2))
    assert (mixed == 50).all()  # the other way round it would be 100


def test_a_picture_mixed_with_itself_stays():
    picture = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    mixed = mix(picture, shadow=picture, target=picture, share=Fraction(1, 3))
    assert np.array_equal(mixed, picture)


def test_only_the_previous_picture_is_zoomed():
    lamp = np.zeros((9, 9, 3), np.uint8)
    lamp[4, 4] = 255
    assert mix(lamp, factor=2.0)[4, 5].min() > 0
    assert mix(flat(0, 9), shadow=lamp, shadow_share=0.5, factor=2.0)[4, 5].max() == 0


def test_a_share_of_the_target_is_mixed_into_the_output():
    assert (mix_output(flat(10), flat(110), Fraction(1, 4)) == 35).all()


def test_linear_share_is_exact():
    assert [CURVES["linear"](Fraction(j, 3)) for j in range(3)] == [
        0,
        Fraction(1, 3),
        Fraction(2, 3),
    ]


@pytest.mark.parametrize("curve", CURVES)
def test_curves_rise_from_nothing_and_stay_below_the_image(curve):
    shares = [CURVES[curve](Fraction(j, 20)) for j in range(20)]
    assert shares[0] == 0
    assert shares == sorted(set(shares))
    assert shares[-1] < 1
    assert CURVES[curve](Fraction(1)) == 1


def test_curves_ease_where_their_names_say():
    early = {curve: CURVES[curve](Fraction(1, 10)) for curve in CURVES}
    late = {curve: 1 - CURVES[curve](Fraction(9, 10)) for curve in CURVES}
    assert early["ease_in"] < early["linear"] < early["ease_out"]
    assert late["ease_out"] < late["linear"] < late["ease_in"]
    assert max(early["ease_in_out"], late["ease_in_out"]) < Fraction(1, 10)


def test_seed_is_the_same_in_every_run():
    assert keyframe_seed(7, Fraction(3, 2)) == 327356848


def test_seeds_of_neighbours_attempts_and_songs_differ():
    times = [Fraction(k, 20) for k in range(1000)]
    seeds = {keyframe_seed(song, t, n) for song in (0, 1) for t in times for n in range(3)}
    assert len(seeds) == 6000
    assert all(0 <= seed < 2**32 for seed in seeds)


def test_seed_depends_on_the_time_not_on_how_it_is_written():
    assert keyframe_seed(7, Fraction(2, 4)) == keyframe_seed(7, Fraction(1, 2))


def test_black_is_black_and_dark_is_not():
    dark = flat(0)
    assert is_black(dark)
    dark[3, 3, 2] = 30
    assert not is_black(dark)
