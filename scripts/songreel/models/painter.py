"""The model at work: openings by text-to-image, keyframes by img2img, with one set of weights."""

import gc
import json
import warnings
from collections.abc import Sequence
from copy import copy, deepcopy
from pathlib import Path
from threading import Lock
from typing import Any

import diffusers
import numpy as np
import torch
import transformers

from songreel.errors import SongreelError
from songreel.media.memory import keep_freed_memory
from songreel.media.pixels import InvalidImage, is_black, is_dark, to_uint8
from songreel.models.devices import (
    check_memory,
    choose_device,
    choose_dtype,
    device_name,
    dtype_name,
    memory_errors,
)
from songreel.models.environment import Execution
from songreel.models.folder import (
    file_names,
    read_family,
    read_index,
    weight_count,
    weights_size,
    weights_variant,
)
from songreel.models.prompts import PromptShare, weighted_parts, without_weights
from songreel.models.sampling import check_size
from songreel.models.settings import SCHEDULERS, ModelSettings
from songreel.models.source import SMALL_MODEL
from songreel.models.tracing import trace_when_repeated

PROMPTS_KEPT = 8
"""Encoded prompts that are kept: those of a row and of its neighbours, and some more."""


class Painter:
    """One loaded model.

    The same machine, software, model and settings give the same pixels, whatever was painted
    before.

    Args:
        folder: the model in diffusers format, to which ``name`` and ``revision`` were resolved.
        settings: how to run it.

    Raises:
        SongreelError: the model is not supported or damaged, the device is not available or has
            too little memory.
    """

    def __init__(self, folder: Path, settings: ModelSettings):
        # 1. Check the model and the device, before gigabytes are read
        self.folder = folder
        self.family = read_family(folder)
        self.device = choose_device(settings.device)
        self.dtype = choose_dtype(settings.dtype, self.device)
        check_memory(self.device, weights_size(folder, dtype_name(self.dtype)), folder)

        # 2. Set up torch
        keep_freed_memory()
        self._threads = settings.threads
        torch.set_num_threads(self._threads)
        torch.backends.cudnn.benchmark = False  # chooses kernels by timing: not the same every run
        torch.backends.cudnn.deterministic = True
        for library in (diffusers, transformers):
            library.logging.set_verbosity_error()
            library.logging.disable_progress_bar()
        # The SDXL pipelines call their own deprecated way to lift the VAE to float32.
        warnings.filterwarnings("ignore", message=".*upcast_vae", category=FutureWarning)

        # 3. Load one set of weights into both pipelines. The classes are taken by their names:
        #    diffusers' automatic choice imports all pipelines there are.
        self._tokenizers = Lock()  # which are not made for several threads
        self._use_pipeline(self._load_pipeline(settings.scheduler))
        self._size_multiple = self.family.model_latent_reduction(folder)
        gc.freeze()  # the model lives as long as the process: never look through it for garbage

    def for_another_thread(self) -> "Painter":
        """A painter with the same weights, which one other thread may use at the same time."""
        other = copy(self)
        pipeline = self.image_to_image_pipeline
        other._use_pipeline(
            type(pipeline).from_pipe(
                pipeline, dtype=self.dtype, scheduler=deepcopy(pipeline.scheduler)
            )
        )
        return other

    def text_to_image(
        self,
        *,
        prompt: str,
        negative_prompt: str | None,
        seed: int,
        width: int,
        height: int,
        steps: int,
        guidance_scale: float,
    ) -> np.ndarray:
        """Paint an image from a prompt alone.

        Args:
            prompt: what to paint.
            negative_prompt: what to keep out; without effect at a guidance scale of 1 or less, and
                in models that take guidance as an input.
            seed: of the noise, 0 to 2³² − 1.
            width: of the image, in pixels, a multiple of the model's latent reduction.
            height: of the image, likewise.
            steps: denoising steps, ≥ 1.
            guidance_scale: how strictly to follow the prompt, ≥ 0; 0 for Turbo models.

        Returns:
            (height, width, 3) uint8 RGB.

        Raises:
            InvalidImage: the result is black, not a number or blanked; try another seed.
            SongreelError: out of memory, or settings that the model cannot take.
        """
        # 1. Check the settings
        check_size(width, height, self._size_multiple)

        # 2. Encode the prompts
        embeddings = self._encode_prompts(prompt, negative_prompt, guidance_scale)

        # 3. Denoise, decode and check
        return self._run(
            self.text_to_image_pipeline,
            f"an opening of {width}×{height}",
            seed,
            may_be_black=False,
            **embeddings,
            width=width,
            height=height,
            num_inference_steps=steps,
            guidance_scale=guidance_scale,
        )

    def image_to_image(
        self,
        image: np.ndarray,
        *,
        prompts: Sequence[PromptShare],
        seed: int,
        strength: float,
        steps: int,
        guidance_scale: float,
    ) -> np.ndarray:
        """Paint an image over another one.

        Args:
            image: what to paint over, (height, width, 3) uint8 RGB, both sides multiples of the
                model's latent reduction.
            prompts: what to paint and what to keep out; one, or several whose embeddings are mixed.
            seed: of the noise, 0 to 2³² − 1.
            strength: how much of the image to paint anew, 0 < strength ≤ 1.
            steps: denoising steps from pure noise, ≥ 1; at a lower strength fewer are executed.
            guidance_scale: how strictly to follow the prompt, ≥ 0; 0 for Turbo models.

        Returns:
            uint8 RGB of the same shape.

        Raises:
            InvalidImage: the result is not a number, blanked, or black over an image that is not
                dark; try another seed.
            SongreelError: out of memory, or settings that the model cannot take.
        """
        # 1. Check the settings
        height, width = image.shape[:2]
        check_size(width, height, self._size_multiple)
        scheduler = self.image_to_image_pipeline.scheduler
        self.family.effective_steps(steps, strength, scheduler.config)

        # 2. Encode the prompts
        embeddings = self._mix_prompts(prompts, guidance_scale)

        # 3. Add noise to the image, denoise, decode and check
        return self._run(
            self.image_to_image_pipeline,
            f"a keyframe of {width}×{height}",
            seed,
            may_be_black=is_dark(image),
            **embeddings,
            image=image[np.newaxis].astype(np.float32) / 255,
            strength=strength,
            num_inference_steps=steps,
            guidance_scale=guidance_scale,
        )

    def cut_words(self, prompt: str) -> str:
        """Return the end of a prompt that is too long for the text encoders.

        Args:
            prompt: any text.

        Returns:
            the text from the first word on that is not encoded, or not as a whole; empty where all
            of it is.
        """
        prompt = without_weights(prompt)
        encoded_length = len(prompt)
        for name in self.family.tokenizers:
            tokenizer = getattr(self.image_to_image_pipeline, name)
            with self._tokenizers:
                offsets = tokenizer(prompt, return_offsets_mapping=True).offset_mapping[1:-1]
            limit = tokenizer.model_max_length - 2  # without the tokens for begin and end
            if len(offsets) > limit:
                first = offsets[limit][0]
                while first > 0 and not prompt[first - 1].isspace():
                    first -= 1
                encoded_length = min(encoded_length, first)
        return prompt[encoded_length:]

    @property
    def execution(self) -> Execution:
        """How the model is run."""
        scheduler = type(self.image_to_image_pipeline.scheduler).__name__
        return Execution(self.device.type, dtype_name(self.dtype), scheduler)

    def describe(self) -> dict[str, Any]:
        """Return, as plain builtins, what decides pixels beyond weights, settings and versions."""
        scheduler = self.image_to_image_pipeline.scheduler
        config = {key: value for key, value in scheduler.config.items() if not key.startswith("_")}
        return {
            "pipeline": type(self.image_to_image_pipeline).__name__,
            "scheduler": type(scheduler).__name__,
            "scheduler_config": json.loads(json.dumps(config)),
            "dtype": dtype_name(self.dtype),
            "device": device_name(self.device),
            "threads": torch.get_num_threads(),
        }

    def _use_pipeline(self, image_to_image: Any) -> None:
        """Paint with an img2img pipeline, and with one of text alone that shares its parts."""
        self.image_to_image_pipeline = image_to_image
        self.text_to_image_pipeline = getattr(diffusers, self.family.text_to_image).from_pipe(
            image_to_image, dtype=self.dtype
        )
        for pipeline in (self.image_to_image_pipeline, self.text_to_image_pipeline):
            pipeline.set_progress_bar_config(disable=True)
            self.family.prepare_pipeline(pipeline)
        self._encoded: dict[tuple, dict[str, torch.Tensor]] = {}

    def _load_pipeline(self, scheduler: str | None) -> Any:
        """Load the img2img pipeline onto the device."""
        try:
            with memory_errors(self.device, self.folder, "loading it"):
                pipeline = getattr(diffusers, self.family.image_to_image).from_pretrained(
                    self.folder,
                    dtype=self.dtype,
                    use_safetensors=True,
                    local_files_only=True,
                    variant=weights_variant(file_names(self.folder), read_index(self.folder)),
                )
                if scheduler is not None:
                    self._set_scheduler(pipeline, scheduler)
                pipeline.to(self.device)
                # Convolutions are faster where a pixel's channels lie side by side in memory.
                # Apple's backend has got that layout wrong (pytorch/pytorch#180984).
                if self.device.type != "mps":
                    for network in (pipeline.unet, pipeline.vae):
                        network.to(memory_format=torch.channels_last)
                # In a large network Python is a small part of the time.
                if self.device.type == "cpu" and weight_count(self.folder) < SMALL_MODEL:
                    trace_when_repeated(pipeline.unet)
                return pipeline
        except (OSError, ValueError) as error:
            raise SongreelError(
                f"{self.folder}: the model cannot be loaded ({error}); download it again"
            ) from error

    def _set_scheduler(self, pipeline: Any, name: str) -> None:
        if name not in self.family.schedulers:
            raise SongreelError(
                f"model.scheduler: {name} does not go with {self.folder}, which is one of the "
                f"{self.family.name}; use {' or '.join(self.family.schedulers)} or leave it out"
            )
        scheduler = getattr(diffusers, SCHEDULERS[name])
        pipeline.scheduler = scheduler.from_config(pipeline.scheduler.config)

    def _mix_prompts(
        self, prompts: Sequence[PromptShare], guidance_scale: float
    ) -> dict[str, torch.Tensor]:
        """Encode each prompt alone and add up their embeddings by their shares."""
        encoded = [
            self._encode_prompts(each.prompt, each.negative_prompt, guidance_scale)
            for each in prompts
        ]
        if len(encoded) == 1:
            return encoded[0]
        shares = [float(each.share) for each in prompts]
        return {
            name: torch.stack(
                [share * each[name] for share, each in zip(shares, encoded, strict=True)]
            ).sum(0)
            for name in encoded[0]
        }

    def _encode_prompts(
        self, prompt: str, negative_prompt: str | None, guidance_scale: float
    ) -> dict[str, torch.Tensor]:
        """Encode a prompt and its negative prompt; the last few are kept."""
        pipeline = self.image_to_image_pipeline
        # As diffusers' pipelines decide it: a network with an input for guidance needs no negative.
        is_guided = guidance_scale > 1 and pipeline.unet.config.time_cond_proj_dim is None
        key = (prompt, negative_prompt if is_guided else None, is_guided)
        if key not in self._encoded:
            with (
                self._tokenizers,
                torch.no_grad(),
                memory_errors(self.device, self.folder, "encoding a prompt"),
            ):
                encoded = pipeline.encode_prompt(
                    prompt=without_weights(prompt),
                    negative_prompt=without_weights(negative_prompt or "") or None,
                    device=self.device,
                    num_images_per_prompt=1,
                    do_classifier_free_guidance=is_guided,
                )
                embeddings = dict(zip(self.family.embeddings, encoded, strict=True))
                texts = {"prompt_embeds": prompt, "negative_prompt_embeds": negative_prompt or ""}
                for name, text in texts.items():
                    if without_weights(text) != text:
                        embeddings[name] = self._encode_weighted(text)
            if not is_guided:
                embeddings = {n: e for n, e in embeddings.items() if "negative" not in n}
            while len(self._encoded) >= PROMPTS_KEPT:
                del self._encoded[next(iter(self._encoded))]
            self._encoded[key] = embeddings
        return self._encoded[key]

    def _encode_weighted(self, prompt: str) -> torch.Tensor:
        """Encode a prompt whose parts have weights; SDXL's pooled embeddings have none."""
        from compel.embeddings_provider import EmbeddingsProvider, ReturnedEmbeddingsType

        texts, weights = zip(*weighted_parts(prompt), strict=True)
        kind = ReturnedEmbeddingsType[self.family.hidden_states]
        encoded = []
        for tokenizer in self.family.tokenizers:
            provider = EmbeddingsProvider(
                getattr(self.image_to_image_pipeline, tokenizer),
                getattr(
                    self.image_to_image_pipeline, tokenizer.replace("tokenizer", "text_encoder")
                ),
                dtype_for_device_getter=lambda device: self.dtype,
                returned_embeddings_type=kind,
            )
            encoded.append(
                provider.get_embeddings_for_weighted_prompt_fragments(
                    [list(texts)], [list(weights)], device=str(self.device)
                )
            )
        return torch.cat(encoded, -1)

    def _run(
        self, pipeline: Any, work: str, seed: int, *, may_be_black: bool, **arguments
    ) -> np.ndarray:
        """Call a pipeline and check its image; ``work`` says what it is for."""
        torch.set_num_threads(self._threads)  # which is a setting of the calling thread
        with memory_errors(self.device, self.folder, work):
            result = pipeline(
                **arguments,
                generator=torch.Generator("cpu").manual_seed(seed),
                output_type="np",
            )
        pixels = result.images[0]
        if not np.isfinite(pixels).all():
            raise InvalidImage("not a number")
        if any(getattr(result, "nsfw_content_detected", None) or ()):
            raise InvalidImage("blanked by the model's safety checker")
        image = to_uint8(pixels * 255)
        if is_black(image) and not may_be_black:
            raise InvalidImage("black")
        return image
