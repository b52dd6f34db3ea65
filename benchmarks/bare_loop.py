"""The same film without a workflow: one process that loads the model once and loops.

    python benchmarks/bare_loop.py PLAN FILM [--tuned]

PLAN is a song's ``plan.json``; its images must be prepared already. What Songreel adds is left out:
no cache, no digests, no manifest, no lossless clips, no check of the film. The pipelines are as
diffusers makes them; ``--tuned`` loads and calls them through Songreel's painter instead.
"""

import json
import sys
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import numpy as np

from songreel.film.interpolation import interpolate_frames
from songreel.keyframes.feedback import keyframe_seed, mix_input, target_share, zoom_factor
from songreel.media import ffmpeg
from songreel.media.images import load_png, save_png
from songreel.media.pixels import to_uint8
from songreel.models.environment import CPU_THREADS
from songreel.models.families import ModelSettings
from songreel.models.folder import STORYBOOK_FOLDER, resolve_model


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

    def paint(self, **settings):
        return self._run(self._from_text, **settings)

    def repaint(self, picture, **settings):
        image = picture[None].astype(np.float32) / 255
        return self._run(self._from_image, image=image, **settings)

    def _run(self, pipeline, prompt, negative, steps, seed, **settings):
        result = pipeline(
            prompt,
            negative_prompt=negative or None,
            num_inference_steps=steps,
            generator=self._generator.manual_seed(seed),
            output_type="np",
            **settings,
        )
        return to_uint8(result.images[0] * 255)


def chosen(settings, *keys):
    return {key: settings[key] for key in ("prompt", "negative", "steps", "guidance_scale", *keys)}


def main(plan_path: Path, film: Path, tuned: bool) -> None:
    plan = json.loads(plan_path.read_text())
    if tuned:
        from songreel.models.painter import Painter as Model
    else:
        Model = Pipelines
    model = Model(
        Path(resolve_model(plan["model"]["name"], STORYBOOK_FOLDER)),
        ModelSettings(**plan["model"], threads=CPU_THREADS),
    )
    with TemporaryDirectory() as folder:
        pictures = {}
        opening = plan["opening"]
        if opening:
            pictures["opening.png"] = model.paint(
                **chosen(opening, "width", "height"),
                seed=keyframe_seed(opening["seed"], Fraction(0)),
            )
        for name in plan["images"]:
            pictures[f"images/{name}.png"] = load_png(plan_path.parent / f"images/{name}.png")
        keyframes, frames, first_frame = [], [], 0
        previous = since = None
        for segment in plan["segments"]:
            dream, inputs, clip = segment["dream"], segment["inputs"], segment["clip"]
            times = [Fraction(time) for time in dream["times"]]
            count = len(times)
            if dream["end"]:
                times.append(Fraction(dream["end"]))
            for number, time in enumerate(times):
                if number == 0 and dream["opens"]:
                    previous = pictures[inputs["start"]]
                else:
                    mixed = mix_input(
                        previous,
                        zoom_factor(dream["zoom"], time - since),
                        pictures[inputs["shadow"]],
                        dream["shadow"],
                        pictures[inputs["target"]] if inputs["target"] else None,
                        target_share(number, count, dream["pull"]) if dream["pull"] else 0,
                    )
                    previous = model.repaint(
                        mixed,
                        **chosen(dream, "strength"),
                        seed=keyframe_seed(dream["seed"], time),
                    )
                since = time
                keyframes.append(Path(folder) / f"{len(keyframes):05d}.png")
                save_png(previous, keyframes[-1])
                frames.append(first_frame + clip["frames"][number])
            first_frame += clip["count"]
        if plan["segments"][-1]["next"]:
            keyframes.append(plan_path.parent / plan["segments"][-1]["next"])
            frames.append(first_frame - 1)
        clip = plan["segments"][0]["clip"]
        encode(
            interpolate_frames(
                map(load_png, keyframes),
                frames,
                clip["method"],
                clip["zoom_per_frame"],
                include_last=True,
            ),
            plan,
            film,
        )


def encode(frames, plan, film):
    size = f"{plan['width']}x{plan['height']}"
    command = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", size]
    command += ["-framerate", plan["film"]["fps"], "-i", "pipe:0"]
    if plan["sound"]:
        command += ["-i", plan["sound"], "-map", "0:v", "-map", "1:a", "-c:a", "aac"]
    command += ["-vf", "scale=out_color_matrix=bt709,format=yuv420p", "-c:v", "libx264"]
    command += ["-crf", str(plan["film"]["crf"]), "-preset", plan["film"]["preset"], str(film)]
    with ffmpeg.frame_writer(command) as write:
        for frame in frames:
            write(frame)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), "--tuned" in sys.argv[3:])
