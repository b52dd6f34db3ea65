"""What sets one architecture apart, and what is asked of a model by its family."""

import inspect
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import toy_models
from songreel.errors import SongreelError
from songreel.models.families import latent_consistency, stable_diffusion, stable_diffusion_xl
from songreel.models.folder import read_family
from songreel.models.registry import FAMILIES
from songreel.models.sampling import check_size, complete_render
from songreel.models.settings import SCHEDULERS
from songreel.models.source import STORYBOOK_FOLDER, ModelSource

SCRIPTS = Path(__file__).parents[2] / "scripts"
OPEN = dict.fromkeys(("width", "height", "steps", "strength", "guidance_scale"))

NEW_FAMILY = '''
"""A family of its own."""

from songreel.models.family import ModelFamily, Sampling

FAMILY = ModelFamily(
    name="toys",
    text_to_image="ToyPipeline",
    image_to_image="ToyImg2ImgPipeline",
    embeddings=("prompt_embeds",),
    schedulers=(),
    sampling=Sampling(steps=1, strength=1, guidance_scale=0),
    native_side=64,
    weight_count=1e6,
    operations_per_weight=0.2,
)
'''


def sd_steps(steps, strength):
    return stable_diffusion.FAMILY.effective_steps(steps, strength, {})


@given(steps=st.integers(1, 150), strength=st.floats(0.01, 1))
def test_a_refused_number_of_steps_comes_with_one_that_works(steps, strength):
    try:
        assert 1 <= sd_steps(steps, strength) <= steps
    except SongreelError as error:
        remedy = re.search(r"steps to (\d+) or more, or strength to (\S+) or more", str(error))
        assert sd_steps(int(remedy[1]), strength) == 1
        assert sd_steps(steps, float(remedy[2])) >= 1


def test_steps_that_come_to_nothing_are_named():
    with pytest.raises(SongreelError, match="render.steps: 2 at render.strength: 0.3 .* 4 or more"):
        sd_steps(2, 0.3)


def test_a_latent_consistency_model_executes_all_of_its_steps():
    family, schedule = latent_consistency.FAMILY, {"original_inference_steps": 50}
    assert family.effective_steps(3, 0.3, schedule) == 3
    with pytest.raises(SongreelError, match="set steps to 15 or less"):
        family.effective_steps(16, 0.3, schedule)


def test_every_family_names_pipelines_and_schedulers_of_diffusers():
    import diffusers

    names = [name for family in FAMILIES for name in family.pipelines]
    assert len(set(names)) == len(names) == 6
    for family in FAMILIES:
        for name in family.pipelines:
            parameters = inspect.signature(getattr(diffusers, name).__call__).parameters
            assert {e for e in family.embeddings if "negative" not in e} <= parameters.keys()
        assert set(family.schedulers) <= SCHEDULERS.keys()
        family.effective_steps(family.sampling.steps, family.sampling.strength, {})


@pytest.mark.parametrize(
    ("save", "family"),
    [
        (toy_models.save_stable_diffusion, stable_diffusion.FAMILY),
        (toy_models.save_stable_diffusion_xl, stable_diffusion_xl.FAMILY),
        (toy_models.save_latent_consistency, latent_consistency.FAMILY),
    ],
)
def test_a_model_is_completed_as_its_family_says(tmp_path, save, family):
    folder = save(tmp_path)
    assert read_family(folder) is family
    complete = complete_render(ModelSource("toy", folder), OPEN | {"seed": 7})
    sampling = family.sampling
    assert complete == {
        "width": 64,
        "height": 64,
        "steps": sampling.steps,
        "strength": sampling.strength,
        "guidance_scale": sampling.guidance_scale,
        "seed": 7,
    }
    with pytest.raises(SongreelError, match="render.steps: 1 .*no step|make"):
        complete_render(
            ModelSource("toy", folder),
            OPEN | {"steps": 1 if sampling.steps > 4 else 99, "strength": 0.5},
        )


def test_storybook_is_completed_as_its_card_says():
    complete = complete_render(ModelSource("storybook", STORYBOOK_FOLDER), OPEN)
    assert (complete["steps"], complete["strength"], complete["guidance_scale"]) == (8, 0.75, 4)
    with pytest.raises(SongreelError, match="render.width: 136 .* multiple of 16.* 128 or 144"):
        complete_render(ModelSource("storybook", STORYBOOK_FOLDER), OPEN | {"width": 136})


def test_a_model_of_the_hub_is_not_looked_into():
    source = ModelSource("owner/model", None)
    complete = complete_render(source, OPEN | {"width": 1000})
    assert (complete["width"], complete["height"], complete["steps"]) == (1000, 512, 30)
    assert source.weight_count == stable_diffusion_xl.FAMILY.weight_count
    with pytest.raises(SongreelError, match="makes no step"):
        complete_render(source, OPEN | {"steps": 1})


def test_a_size_is_refused_with_its_neighbours():
    check_size(512, 768, 8)
    with pytest.raises(SongreelError, match="render.height: 500 .* 496 or 504"):
        check_size(512, 500, 8)
    with pytest.raises(SongreelError, match="render.width: 5 .* set it to 8"):
        check_size(5, 500, 8)


def test_a_new_family_is_one_file_and_families_import_no_torch(tmp_path):
    library = shutil.copytree(SCRIPTS / "songreel", tmp_path / "songreel")
    (library / "models" / "families" / "toy.py").write_text(NEW_FAMILY, encoding="utf-8")
    script = """
import sys
from songreel.models.registry import find_family, supported_models
from songreel.models import sampling, weights, environment
print(find_family("ToyPipeline").name, "|", supported_models())
assert not {"torch", "diffusers", "transformers", "huggingface_hub"} & sys.modules.keys()
"""
    told = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    ).stdout
    name, _, supported = told.partition(" | ")
    assert name == "toys" and "toys" in supported
