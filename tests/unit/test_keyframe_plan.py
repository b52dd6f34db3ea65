"""How keyframes approach a target and leave it, and how the prompt changes between rows."""

from dataclasses import replace
from fractions import Fraction

import pytest

from songreel.keyframes.keyframe_plan import LEAST_STRENGTH, SHARE_AT_ROW, plan_keyframes
from songreel.models.families import latent_consistency, stable_diffusion, stable_diffusion_xl
from songreel.models.sampling import StepRule
from songreel.models.settings import SCHEDULERS
from songreel.plan.easing import CURVES
from songreel.plan.plan import PromptChange
from toy_plans import keyframe_settings

RULE = StepRule(stable_diffusion.FAMILY, None, {"num_train_timesteps": 1000})


def row(count, **changes):
    times = tuple(Fraction(j) for j in range(count))
    sampling = {"steps": 8, "strength": 0.6, "guidance_scale": 4.0}
    return keyframe_settings(keyframe_times=times, **{**sampling, **changes})


def planned(settings, rule=RULE):
    return list(plan_keyframes(settings, rule))


def executed(plan, rule=RULE):
    return rule.family.effective_steps(plan.steps, plan.strength, rule.scheduler_config)


def test_a_row_without_target_or_change_is_painted_by_its_settings():
    for plan in planned(row(10)):
        assert (plan.steps, plan.strength, plan.guidance_scale) == (8, 0.6, 4.0)
        assert plan.target_share == plan.final_share == 0
        assert [(each.prompt, each.share) for each in plan.prompts] == [("a star, watercolour", 1)]


def test_towards_a_target_its_share_grows_while_strength_and_guidance_fall():
    plans = planned(row(10, target_curve="linear"))
    assert [plan.target_share for plan in plans] == [Fraction(j, 10) for j in range(10)]
    assert [plan.final_share for plan in plans] == [
        max(0, Fraction(2 * j, 10) - 1) ** 2 for j in range(10)
    ]
    for j, plan in enumerate(plans):
        wanted = max(LEAST_STRENGTH, 0.6 * (1 - j / 10) ** 2)
        assert plan.strength == pytest.approx(wanted, abs=0.08)
        assert plan.guidance_scale == pytest.approx(4 - 2 * j / 10)


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("count", [1, 2, 3, 10, 40])
def test_on_the_way_as_many_steps_are_executed_as_before(curve, count):
    for plan in planned(row(count, target_curve=curve, leaves_target=True)):
        assert executed(plan) == 4
        assert plan.steps <= 1000
        assert 0 < plan.strength <= 1


def test_no_more_steps_are_asked_for_than_the_scheduler_was_trained_with():
    rule = StepRule(stable_diffusion.FAMILY, None, {"num_train_timesteps": 20})
    plans = planned(row(10, target_curve="linear"), rule)
    assert max(plan.steps for plan in plans) == 20
    assert {executed(plan, rule) for plan in plans} == {4}


@pytest.mark.parametrize(
    ("rule", "settings"),
    [
        pytest.param(RULE, {"steps": 4, "strength": 0.5, "guidance_scale": 0}, id="Turbo"),
        pytest.param(RULE, {"steps": 1, "strength": 1, "guidance_scale": 0}, id="one-step Turbo"),
        pytest.param(
            replace(RULE, family=stable_diffusion_xl.FAMILY),
            {"steps": 2, "strength": 0.5, "guidance_scale": 0},
            id="SDXL Turbo",
        ),
        pytest.param(
            replace(RULE, scheduler="lcm"),
            {"steps": 8, "strength": 0.5, "guidance_scale": 1.5},
            id="LCM scheduler",
        ),
        pytest.param(
            replace(RULE, family=latent_consistency.FAMILY, scheduler="lcm"),
            {"steps": 4, "strength": 0.5, "guidance_scale": 8.5},
            id="LCM",
        ),
    ],
)
def test_distilled_models_keep_their_steps(rule, settings):
    plans = planned(row(10, target_curve="linear", **settings), rule)
    assert {plan.steps for plan in plans} == {settings["steps"]}
    assert len({executed(plan, rule) for plan in plans}) == 1
    assert all(plan.strength <= settings["strength"] for plan in plans)
    if rule.family is latent_consistency.FAMILY:
        assert plans[-1].strength == pytest.approx(4.5 / 50)


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_unguided_models_stay_unguided(scheduler):
    rule = replace(RULE, scheduler=scheduler)
    plans = planned(row(4, target_curve="linear", guidance_scale=1), rule)
    assert {plan.guidance_scale for plan in plans} == {1}


def test_after_an_image_the_strength_rises_over_a_third_of_the_row_at_most():
    strengths = [plan.strength for plan in planned(row(20, leaves_target=True))]
    assert strengths[1:5] == sorted(set(strengths[1:5]))
    assert strengths[1] < 0.1
    assert set(strengths[5:]) == {0.6}
    short = [plan.strength for plan in planned(row(6, leaves_target=True))]
    assert short[1] < short[2] == 0.6


def test_where_a_row_leaves_one_image_for_another_the_lower_strength_counts():
    both = planned(row(12, leaves_target=True, target_curve="linear"))
    leaving = planned(row(12, leaves_target=True))
    arriving = planned(row(12, target_curve="linear"))
    for one, other, strength in zip(leaving, arriving, (p.strength for p in both), strict=True):
        assert strength == min(one.strength, other.strength)


def test_without_the_recipe_the_target_is_mixed_in_before_only():
    plans = planned(row(10, target_curve="linear", target_recipe="none", leaves_target=True))
    assert [plan.target_share for plan in plans] == [Fraction(j, 10) for j in range(10)]
    assert {(p.steps, p.strength, p.guidance_scale, p.final_share) for p in plans} == {
        (8, 0.6, 4.0, 0)
    }


def shares(settings):
    """Of the other row's prompt, keyframe by keyframe."""
    return [
        sum(p.share for p in plan.prompts if p.prompt == "a boat") for plan in planned(settings)
    ]


def test_the_prompt_changes_over_keyframes_on_both_sides():
    change = PromptChange("a boat", "fog", Fraction(4))
    before = shares(row(10, change_after=change))
    assert before[:7] == [0] * 7
    assert before[7:] == [SHARE_AT_ROW * part / 4 for part in (1, 2, 3)]
    after = shares(row(10, change_before=replace(change, keyframes=Fraction(2))))
    assert after == [1 - SHARE_AT_ROW, (1 - SHARE_AT_ROW) / 2, *[0] * 8]


def test_the_shares_of_a_keyframe_add_up_to_one():
    change = PromptChange("a boat", "fog", Fraction(7, 2))
    for plan in planned(row(7, change_before=change, change_after=change)):
        assert sum(each.share for each in plan.prompts) == 1
        assert all(0 < each.share <= 1 for each in plan.prompts)
