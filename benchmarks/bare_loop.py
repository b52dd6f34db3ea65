"""The same film without a workflow: one process that loads the model once and loops.

    python benchmarks/bare_loop.py PLAN FILM [--tuned]

PLAN is a song's ``plan.json``; its images must be prepared already. It makes what the
workflow makes: the film, which it decodes once more to check it, the storyboard and the list of
times. How Songreel goes about it is left out: no cache, no digests, no manifest, no lossless clips,
nothing that would resume or be edited. The pipelines are as diffusers makes them, with torch's own
number of threads; ``--tuned`` loads and calls them through Songreel's painter instead.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import numpy as np

from songreel.film.clips import clip_frames
from songreel.keyframes.feedback import keyframe_seed, mix_input, mix_output
from songreel.keyframes.keyframe_plan import plan_keyframes
from songreel.media import ffmpeg
from songreel.media.images import encode_png, load_png
from songreel.media.pixels import to_uint8
from songreel.models.fetch import fetch
from songreel.models.sampling import StepRule
from songreel.models.source import resolve_model
from songreel.plan.conversion import to_builtins
from songreel.plan.excerpts import paints_after
from songreel.plan.plan_file import read_plan
from songreel.reports.storyboard import Panel, draw_storyboard
from songreel.reports.tables import write_table


class Pipelines:
    """A model as the documentation of diffusers loads and calls it; the methods of Painter."""

    def __init__(self, folder, settings):
        import diffusers
        import torch

        self._generator = torch.Generator("cpu")
        diffusers.logging.disable_progress_bar()
        self._from_image = diffusers.AutoPipelineForImage2Image.from_pretrained(
            folder, dtype=torch.float32
        )
        self._from_text = diffusers.AutoPipelineForText2Image.from_pipe(self._from_image)
        for pipeline in (self._from_image, self._from_text):
            pipeline.set_progress_bar_config(disable=True)

    def text_to_image(self, prompt, negative_prompt, **settings):
        return self._run(
            self._from_text, prompt=prompt, negative_prompt=negative_prompt or None, **settings
        )

    def image_to_image(self, image, prompts, **settings):
        if len(prompts) == 1:
            (only,) = prompts
            words = {"prompt": only.prompt, "negative_prompt": only.negative_prompt or None}
        else:
            pairs = [(each, self._encode(each.prompt, each.negative_prompt)) for each in prompts]
            names = ("prompt_embeds", "negative_prompt_embeds")
            words = {
                name: sum(float(each.share) * pair[i] for each, pair in pairs)
                for i, name in enumerate(names)
            }
        image = image[None].astype(np.float32) / 255
        return self._run(self._from_image, image=image, **words, **settings)

    def _encode(self, prompt, negative_prompt):
        return self._from_image.encode_prompt(
            prompt,
            device="cpu",
            num_images_per_prompt=1,
            do_classifier_free_guidance=True,
            negative_prompt=negative_prompt or None,
        )

    def _run(self, pipeline, steps, seed, **settings):
        result = pipeline(
            num_inference_steps=steps,
            generator=self._generator.manual_seed(seed),
            output_type="np",
            **settings,
        )
        return to_uint8(result.images[0] * 255)


def main(plan_path: Path, film: Path, tuned: bool) -> None:
    plan, _ = read_plan(plan_path)
    if tuned:
        from songreel.models.painter import Painter as Model
    else:
        Model = Pipelines
    folder = fetch(resolve_model(plan.model))
    model = Model(folder, plan.model)
    with TemporaryDirectory() as work:
        images = {
            f"images/{name}.png": load_png(plan_path.parent / f"images/{name}.png")
            for name in plan.images
        }
        for name, opening in plan.openings.items():
            images[plan.by_name[name].images.init_image] = model.text_to_image(
                prompt=opening.prompt,
                negative_prompt=opening.negative_prompt,
                seed=keyframe_seed(opening.seed, opening.time),
                width=opening.width,
                height=opening.height,
                steps=opening.steps,
                guidance_scale=opening.guidance_scale,
            )
        rule = StepRule.of_model(folder, plan.model.scheduler)
        rows: list[list[Path]] = []
        previous = None
        for segment in plan.segments:
            settings, names = segment.settings, segment.images
            rows.append([])
            target = images[names.target_image] if names.target_image else None
            for number, step in enumerate(plan_keyframes(settings, rule)):
                time = step.time
                if number == 0 and settings.starts_chain:
                    previous = images[names.init_image]
                else:
                    mixed = mix_input(
                        previous,
                        settings.motion_to(number),
                        images[names.shadow_image],
                        settings.shadow_share,
                        target,
                        step.target_share,
                    )
                    previous = model.image_to_image(
                        mixed,
                        prompts=step.prompts,
                        seed=keyframe_seed(settings.seed, time),
                        strength=step.strength,
                        steps=step.steps,
                        guidance_scale=step.guidance_scale,
                    )
                    if step.final_share:
                        previous = mix_output(previous, target, step.final_share)
                rows[-1].append(Path(work) / f"{segment.name}-{number:04d}.png")
                rows[-1][-1].write_bytes(encode_png(previous))
        encode(film_frames(plan, rows, plan_path.parent), plan, film)
        middles = [row[len(row) // 2] for row in rows]
        storyboard = plan.storyboard
        panels = [
            Panel(image, **to_builtins(caption))
            for image, caption in zip(middles, storyboard.captions, strict=True)
        ]
        draw_storyboard(panels, storyboard.title, storyboard.subtitle, film.with_suffix(".png"))
    write_table([to_builtins(row) for row in plan.timeline], film.with_suffix(".tsv"))
    ffmpeg.run(["-xerror", "-i", str(film), "-map", "0:v:0", "-f", "null", "-"])


def film_frames(plan, rows, folder):
    for number, (segment, images) in enumerate(zip(plan.segments, rows, strict=True)):
        if paints_after(segment):
            following = [rows[number + 1][0]]
        else:
            following = [folder / segment.following] if segment.following else []
        yield from clip_frames([*images, *following], segment.clip)


def encode(frames, plan, film):
    size = f"{plan.width}x{plan.height}"
    command = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", size]
    command += ["-framerate", str(plan.film.fps), "-i", "pipe:0"]
    if plan.audio:
        command += ["-i", plan.audio, "-map", "0:v", "-map", "1:a", "-c:a", "aac"]
    tags = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
    command += ["-vf", f"scale=out_color_matrix=bt709,format=yuv420p,{tags}", "-c:v", "libx264"]
    command += ["-crf", str(plan.film.crf), "-preset", plan.film.preset, str(film)]
    with ffmpeg.frame_writer(command) as write:
        for frame in frames:
            write(frame)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), "--tuned" in sys.argv[3:])
