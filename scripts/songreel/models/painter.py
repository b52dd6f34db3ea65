"""The model at work: openings by text-to-image, keyframes by img2img, with one set of weights."""

import gc
import json
import warnings
from pathlib import Path

import diffusers
import numpy as np
import torch
import transformers

from songreel.errors import SongreelError
from songreel.media.memory import keep_freed_memory
from songreel.media.pixels import Spoiled, is_spoiled, to_uint8
from songreel.models.devices import (
    check_memory,
    choose_device,
    choose_dtype,
    device_name,
    dtype_name,
    memory_errors,
)
from songreel.models.families import (
    LATENT_CONSISTENCY,
    PIPELINES,
    SCHEDULERS,
    STABLE_DIFFUSION_XL,
    ModelSettings,
)
from songreel.models.folder import file_names, read_index, weights_size, weights_variant
from songreel.models.sampling import check_size, check_steps, size_multiple


class Painter:
    """One loaded model.

    The same machine, software, model and settings give the same pixels, whatever was painted
    before.

    Args:
        folder: the model in diffusers format.
        settings: how to run it; its ``name`` and ``revision`` have been resolved to ``folder``.

    Raises:
        SongreelError: the model is not supported or damaged, the device is not there or too small.
    """

    def __init__(self, folder: Path, settings: ModelSettings):
        self.device = choose_device(settings.device)
        self.dtype = choose_dtype(settings.dtype, self.device)
        self.folder = folder
        self._settings = settings
        self._embedded = None

        index = read_index(folder)
        family = next(pair for pair in PIPELINES if index["_class_name"] in pair)
        self._is_xl = family is STABLE_DIFFUSION_XL
        self._is_lcm = family is LATENT_CONSISTENCY
        self._size_multiple = size_multiple(folder)
        check_memory(self.device, weights_size(folder, dtype_name(self.dtype)), folder)

        keep_freed_memory()
        torch.set_num_threads(settings.threads)
        torch.backends.cudnn.benchmark = False  # picks kernels by a race, which other runs lose
        torch.backends.cudnn.deterministic = True
        for library in (diffusers, transformers):
            library.logging.set_verbosity_error()
            library.logging.disable_progress_bar()

        # By their names: diffusers' automatic choice imports all pipelines there are.
        from_text, from_image = (getattr(diffusers, name) for name in family)
        self.image_to_image = self._load(from_image, index)
        self.text_to_image = from_text.from_pipe(self.image_to_image, dtype=self.dtype)
        for pipeline in (self.image_to_image, self.text_to_image):
            pipeline.set_progress_bar_config(disable=True)
            if self._is_xl:
                pipeline.watermark = None  # stamped on every keyframe, it would burn in
        gc.freeze()  # it stays to the end: neither painting nor the exit has to look through it

    def paint(
        self,
        *,
        prompt: str,
        negative: str | None,
        seed: int,
        width: int,
        height: int,
        steps: int,
        guidance_scale: float,
    ) -> np.ndarray:
        """Paint an opening image from its prompt alone.

        Args:
            prompt: what to paint.
            negative: what to keep out; without effect at a guidance scale of 1 or less.
            seed: seed of the noise, see ``songreel.keyframes.feedback.keyframe_seed``.
            width, height: pixels, multiples of ``songreel.models.sampling.size_multiple``.
            steps: denoising steps, ≥ 1.
            guidance_scale: how strictly to follow the prompt; 0 for Turbo models.

        Returns:
            (height, width, 3) uint8 RGB.

        Raises:
            Spoiled: the result is black, not a number or blanked; try another seed.
            SongreelError: out of memory, or settings that the model cannot take.
        """
        check_size(width, height, self._size_multiple)
        return self._run(
            self.text_to_image,
            f"an opening of {width}×{height}",
            self._embeddings(prompt, negative, guidance_scale),
            seed,
            width=width,
            height=height,
            num_inference_steps=steps,
            guidance_scale=guidance_scale,
        )

    def repaint(
        self,
        picture: np.ndarray,
        *,
        prompt: str,
        negative: str | None,
        seed: int,
        strength: float,
        steps: int,
        guidance_scale: float,
    ) -> np.ndarray:
        """Paint a keyframe over the mixed input.

        Args:
            picture: (height, width, 3) uint8 RGB, sides multiples of the model's ``size_multiple``.
            strength: how much of it to paint anew, 0 < strength ≤ 1.
            prompt, negative, seed, steps, guidance_scale: as of ``paint``.

        Returns:
            uint8 RGB of the same shape.

        Raises:
            Spoiled, SongreelError: as ``paint``.
        """
        height, width = picture.shape[:2]
        check_size(width, height, self._size_multiple)
        check_steps(self.folder, steps, strength)
        return self._run(
            self.image_to_image,
            f"a keyframe of {width}×{height}",
            self._embeddings(prompt, negative, guidance_scale),
            seed,
            image=picture[np.newaxis].astype(np.float32) / 255,
            strength=strength,
            num_inference_steps=steps,
            guidance_scale=guidance_scale,
        )

    def cut_words(self, prompt: str) -> str:
        """Return the words of a prompt that the text encoders do not take, from the first on.

        Empty where all are taken. A word that is taken in part counts as lost.
        """
        lost = len(prompt)
        tokenizers = [self.image_to_image.tokenizer]
        if self._is_xl:
            tokenizers.append(self.image_to_image.tokenizer_2)
        for tokenizer in tokenizers:
            offsets = tokenizer(prompt, return_offsets_mapping=True).offset_mapping[1:-1]
            taken = tokenizer.model_max_length - 2
            if len(offsets) > taken:
                first = offsets[taken][0]
                while first > 0 and not prompt[first - 1].isspace():
                    first -= 1
                lost = min(lost, first)
        return prompt[lost:]

    def identity(self) -> dict:
        """Return, as plain builtins, what decides pixels beyond weights, settings and versions."""
        scheduler = self.image_to_image.scheduler
        config = {key: value for key, value in scheduler.config.items() if not key.startswith("_")}
        return {
            "pipeline": type(self.image_to_image).__name__,
            "scheduler": type(scheduler).__name__,
            "scheduler_config": json.loads(json.dumps(config)),
            "dtype": dtype_name(self.dtype),
            "device": device_name(self.device),
            "threads": self._settings.threads,
        }

    def _load(
        self, image_to_image: type[diffusers.DiffusionPipeline], index: dict
    ) -> diffusers.DiffusionPipeline:
        """Load the img2img pipeline onto the device."""
        try:
            with memory_errors(self.device, self.folder, "loading it"):
                pipeline = image_to_image.from_pretrained(
                    self.folder,
                    dtype=self.dtype,
                    use_safetensors=True,
                    local_files_only=True,
                    variant=weights_variant(file_names(self.folder), index),
                )
                self._choose_scheduler(pipeline)
                pipeline.to(self.device)
                # Convolutions take less time over channels that lie side by side; Apple's backend
                # has got such memory wrong (pytorch/pytorch#180984).
                if self.device.type != "mps":
                    for network in (pipeline.unet, pipeline.vae):
                        network.to(memory_format=torch.channels_last)
                return pipeline
        except (OSError, ValueError) as error:
            raise SongreelError(
                f"{self.folder}: the model cannot be loaded ({error}); download it again"
            ) from error

    def _choose_scheduler(self, pipeline: diffusers.DiffusionPipeline) -> None:
        name = self._settings.scheduler
        if name is None:
            return
        if self._is_lcm and name != "lcm":
            raise SongreelError(
                f"model.scheduler: {name} does not go with {self.folder}, a latent consistency "
                "model; use lcm or leave it out"
            )
        scheduler = getattr(diffusers, SCHEDULERS[name])
        pipeline.scheduler = scheduler.from_config(pipeline.scheduler.config)

    def _embeddings(self, prompt: str, negative: str | None, guidance_scale: float) -> dict:
        """Encode a prompt, or return the last one's encoding where it is the same."""
        pipeline = self.image_to_image
        guided = guidance_scale > 1 and pipeline.unet.config.time_cond_proj_dim is None
        key = (prompt, negative if guided else None, guided)
        if self._embedded is None or self._embedded[0] != key:
            with torch.no_grad(), memory_errors(self.device, self.folder, "encoding a prompt"):
                encoded = pipeline.encode_prompt(
                    prompt=prompt,
                    negative_prompt=negative or None,
                    device=self.device,
                    num_images_per_prompt=1,
                    do_classifier_free_guidance=guided,
                )
            names = ["prompt_embeds", "negative_prompt_embeds"]
            if self._is_xl:
                names += ["pooled_prompt_embeds", "negative_pooled_prompt_embeds"]
            embeddings = dict(zip(names, encoded, strict=True))
            if not guided:
                embeddings = {n: e for n, e in embeddings.items() if "negative" not in n}
            self._embedded = key, embeddings
        return self._embedded[1]

    def _run(
        self,
        pipeline: diffusers.DiffusionPipeline,
        work: str,
        embeddings: dict,
        seed: int,
        **settings,
    ) -> np.ndarray:
        """Run a pipeline and check its picture; ``work`` says what it is for."""
        with memory_errors(self.device, self.folder, work), warnings.catch_warnings():
            # The SDXL pipelines call their own deprecated way to lift the VAE to float32.
            warnings.filterwarnings("ignore", message=".*upcast_vae", category=FutureWarning)
            result = pipeline(
                **embeddings,
                **settings,
                generator=torch.Generator("cpu").manual_seed(seed),
                output_type="np",
            )
        picture = result.images[0]
        if not np.isfinite(picture).all():
            raise Spoiled("not a number")
        if any(getattr(result, "nsfw_content_detected", None) or ()):
            raise Spoiled("blanked by the model's safety checker")
        picture = to_uint8(picture * 255)
        if is_spoiled(picture):
            raise Spoiled("black")
        return picture
