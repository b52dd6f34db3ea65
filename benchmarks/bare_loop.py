"""The same film without a workflow: one process that loads the model once and loops.

    python benchmarks/bare_loop.py PLAN FILM [--tuned]

PLAN is a song's ``plan.json``; its images must be prepared already. What Songreel adds is left out:
no cache, no digests, no manifest, no lossless clips, no check of the film. The pipelines are as
diffusers makes them; ``--tuned`` loads and calls them through Songreel's painter instead.
"""

import sys
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import numpy as np

from songreel.film.interpolation import interpolate_frames
from songreel.keyframes.feedback import keyframe_seed, mix_input, target_share, zoom_factor
from songreel.media import ffmpeg
from songreel.media.images import encode_png, load_png
from songreel.media.pixels import to_uint8
from songreel.models.fetch import fetch
from songreel.models.source import resolve_model
from songreel.plan.plan_file import read_plan


class Pipelines:
    """A model as the documentation of diffusers loads and calls it; the methods of Painter."""

    def __init__(self, folder, settings):
        import diffusers
        import torch

        self._generator = torch.Generator("cpu")
        torch.set_num_threads(settings.threads)
        diffusers.logging.disable_progress_bar()
        self._from_image = diffusers.AutoPipelineForImage2Image.from_pretrained(
            folder, dtype=torch.float32
        )
        self._from_text = diffusers.AutoPipelineForText2Image.from_pipe(self._from_image)
        for pipeline in (self._from_image, self._from_text):
            pipeline.set_progress_bar_config(disable=True)

    def text_to_image(self, **settings):
        return self._run(self._from_text, **settings)

    def image_to_image(self, image, **settings):
        image = image[None].astype(np.float32) / 255
        return self._run(self._from_image, image=image, **settings)

    def _run(self, pipeline, prompt, negative_prompt, steps, seed, **settings):
        result = pipeline(
            prompt,
            negative_prompt=negative_prompt or None,
            num_inference_steps=steps,
            generator=self._generator.manual_seed(seed),
            output_type="np",
            **settings,
        )
        return to_uint8(result.images[0] * 255)


def chosen(settings, *names):
    names = ("prompt", "negative_prompt", "steps", "guidance_scale", *names)
    return {name: getattr(settings, name) for name in names}


def main(plan_path: Path, film: Path, tuned: bool) -> None:
    plan, _ = read_plan(plan_path)
    if tuned:
        from songreel.models.painter import Painter as Model
    else:
        Model = Pipelines
    model = Model(fetch(resolve_model(plan.model)), plan.model)
    with TemporaryDirectory() as work:
        images = {
            f"images/{name}.png": load_png(plan_path.parent / f"images/{name}.png")
            for name in plan.images
        }
        if plan.opening:
            images["opening.png"] = model.text_to_image(
                **chosen(plan.opening, "width", "height"),
                seed=keyframe_seed(plan.opening.seed, Fraction(0)),
            )
        keyframes, frames, first_frame = [], [], 0
        previous = previous_time = None
        for segment in plan.segments:
            settings, names, clip = segment.settings, segment.images, segment.clip
            for number, time in enumerate(settings.rendered_times):
                if number == 0 and settings.starts_chain:
                    previous = images[names.init_image]
                else:
                    share = 0
                    if settings.target_curve:
                        count = len(settings.keyframe_times)
                        share = target_share(number, count, settings.target_curve)
                    mixed = mix_input(
                        previous,
                        zoom_factor(settings.zoom, time - previous_time),
                        images[names.shadow_image],
                        settings.shadow_share,
                        images[names.target_image] if names.target_image else None,
                        share,
                    )
                    previous = model.image_to_image(
                        mixed,
                        **chosen(settings, "strength"),
                        seed=keyframe_seed(settings.seed, time),
                    )
                previous_time = time
                keyframes.append(Path(work) / f"{len(keyframes):05d}.png")
                keyframes[-1].write_bytes(encode_png(previous))
                frames.append(first_frame + clip.keyframe_frames[number])
            first_frame += clip.frame_count
        if plan.segments[-1].following:
            keyframes.append(plan_path.parent / plan.segments[-1].following)
            frames.append(first_frame - 1)
        clip = plan.segments[0].clip
        encode(
            interpolate_frames(
                map(load_png, keyframes),
                frames,
                clip.method,
                clip.zoom_per_frame,
                include_last=True,
            ),
            plan,
            film,
        )


def encode(frames, plan, film):
    size = f"{plan.width}x{plan.height}"
    command = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", size]
    command += ["-framerate", str(plan.film.fps), "-i", "pipe:0"]
    if plan.audio:
        command += ["-i", plan.audio, "-map", "0:v", "-map", "1:a", "-c:a", "aac"]
    command += ["-vf", "scale=out_color_matrix=bt709,format=yuv420p", "-c:v", "libx264"]
    command += ["-crf", str(plan.film.crf), "-preset", plan.film.preset, str(film)]
    with ffmpeg.frame_writer(command) as write:
        for frame in frames:
            write(frame)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), "--tuned" in sys.argv[3:])
