"""Makes the Storybook model from nothing: python train.py --work FOLDER

Draws the pictures, trains autoencoder, text encoder, denoiser and judge, and writes the model.
Every stage before "balance" keeps its result or its checkpoint in the work folder; the same command
goes on where it was interrupted, and with larger numbers of steps it trains on.
"""

import argparse
import logging
from dataclasses import dataclass
from pathlib import Path

import torch

from balance import balance_decoder
from export import centre_autoencoder, export_model
from judge import JUDGE, train_judge
from latents import Latents, encode_drawings
from networks import UNET_CHANNELS
from paintings import Paintings, paint_captions
from pictures import draw_pictures
from tokenizer import train_tokenizer
from train_decoder import CROPS as DECODER_CROPS
from train_decoder import train_decoder
from train_unet import make_run, train_unet, train_words
from train_vae import CHANNELS, DECAY_SHARE, Crops, train_vae
from train_vae import CROPS as VAE_CROPS
from trained import copy_trained_parts, load_trained_networks, return_towards, unet_channels

MODEL = Path(__file__).parents[1]
STAGES = (
    "draw", "autoencoder", "decoder", "judge", "encode", "words", "denoiser", "finish", "balance",
    "export",
)  # fmt: skip

AMOUNTS = ("encoded", "vae_steps", "decoder_steps", "judge_steps", "unet_steps", "finish_steps")
TRAINED_DECAY_SHARE = 2.5  # networks that have been trained learn on from two fifths of the rate
KEPT_SHARE = 0.25  # of the weights that a training began with, beside those that it ended with
FIRST_OF_A_TRAINED_MODEL = ("encode", "finish", "balance")  # it has its autoencoder and its judge


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    pictures: int = 12_000
    vae_steps: int = 16_000
    vae_channels: tuple[int, ...] = CHANNELS
    vae_crops: Crops = VAE_CROPS
    decoder_steps: int = 4000
    decoder_crops: Crops = DECODER_CROPS
    judge_steps: int = 4000
    judge_batch: int = 64
    encoded: int = 40_000
    token_captions: int = 20_000
    word_steps: int = 1000
    unet_steps: int = 7500
    unet_batch: int = 128
    unet_channels: tuple[int, ...] = UNET_CHANNELS
    finish_steps: int = 2000
    threads: int = 2


SMOKE_CROPS = ((0.0, 2, 64), (0.5, 2, 128))
SMOKE = Plan(
    pictures=24, vae_steps=4, vae_channels=(8, 8, 8, 8, 16), vae_crops=SMOKE_CROPS,
    decoder_steps=2, decoder_crops=SMOKE_CROPS, judge_steps=2, judge_batch=4, encoded=24,
    token_captions=300, word_steps=2, unet_steps=2, unet_batch=4, unet_channels=(32, 64),
    finish_steps=2, threads=1,
)  # fmt: skip


def train_storybook(
    work: Path,
    target: Path,
    plan: Plan,
    seed: int,
    first: str = STAGES[0],
    last: str = STAGES[-1],
    trained: Path | None = None,
) -> None:
    """Run the stages from `first` to `last`, each as far as `work` does not hold its result yet.

    Pictures are drawn in any case.

    Args:
        work: receives pictures, latents and checkpoints.
        target: receives the model's folder, with the judge in its folder `training`.
        plan: how much of everything.
        seed: from which everything is derived.
        first: the first stage to run, one of STAGES; another than the first one only where
            `trained` has the results of those before.
        last: the last stage to run, likewise.
        trained: a model to begin with, instead of nothing.
    """
    torch.set_num_threads(1)  # the threads share a step, not its single operations
    work.mkdir(parents=True, exist_ok=True)
    stages = STAGES[STAGES.index(first) : STAGES.index(last) + 1]
    if trained is not None:
        copy_trained_parts(trained, work, target)
    pictures, latents = work / "pictures", work / "latents"
    draw_pictures(pictures, plan.pictures, seed, plan.threads)
    if last == "draw":
        return

    if "autoencoder" in stages:
        train_vae(
            pictures, work / "vae.pt", plan.vae_steps, seed, plan.vae_channels, plan.vae_crops,
             plan.threads,
        )  # fmt: skip
    vae = centre_autoencoder(work / "vae.pt", pictures, work / "autoencoder", seed)
    if "decoder" in stages:
        train_decoder(
            vae, pictures, work / "decoder.pt", plan.decoder_steps, seed,
            plan.decoder_crops, plan.threads,
        )  # fmt: skip
    if "judge" in stages:
        (target / "training").mkdir(parents=True, exist_ok=True)
        train_judge(
            pictures, target / "training" / JUDGE, work / "judge.pt", plan.judge_steps, seed,
            plan.judge_batch,
        )  # fmt: skip
    if "encode" in stages:
        encode_drawings(work / "autoencoder", latents, plan.encoded, seed, plan.threads)
    if STAGES.index(last) < STAGES.index("words"):
        return

    checkpoint = work / "unet.pt"
    tokenizer = train_tokenizer(work / "tokenizer", seed, plan.token_captions)
    run = make_run(tokenizer, seed, unet_channels(trained) if trained else plan.unet_channels)
    if checkpoint.exists():
        run.load(checkpoint)
    elif trained is not None:
        load_trained_networks(run, trained)
    if "words" in stages and not checkpoint.exists():
        labels = Latents(latents).labels
        train_words(run, labels, plan.word_steps, seed, heads_only=trained is not None)
        run.save(checkpoint)
    if "denoiser" in stages:
        train_unet(
            run, Latents(latents), plan.unet_steps, seed, checkpoint, plan.unet_batch, plan.threads,
            DECAY_SHARE if trained is None else TRAINED_DECAY_SHARE,
        )  # fmt: skip
    if trained is not None:
        return_towards(run, trained, KEPT_SHARE)
    if STAGES.index(last) < STAGES.index("finish"):
        return

    export_model(vae, run, work / "unfinished")
    paint_captions(work / "unfinished", pictures, work / "paintings", seed, plan.threads)
    paintings = Paintings(pictures, work / "paintings")
    if "finish" in stages:
        train_decoder(
            vae, pictures, work / "finished.pt", plan.finish_steps, seed + 1, plan.decoder_crops,
            plan.threads, paintings,
        )  # fmt: skip
    if "balance" in stages:
        balance_decoder(vae, paintings)
    if "export" in stages:
        export_model(vae, run, target)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="pictures and checkpoints")
    parser.add_argument("--target", type=Path, default=MODEL, help="receives model and judge")
    parser.add_argument(
        "--from", type=Path, dest="trained", metavar="MODEL",
        help="begin with the denoiser and the autoencoder of this model instead of with nothing",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--smoke", action="store_true", help="tiny numbers, to see that it runs")
    parser.add_argument(
        "--first", choices=FIRST_OF_A_TRAINED_MODEL, help="with --from, the first stage to run",
    )  # fmt: skip
    parser.add_argument("--last", choices=STAGES, default=STAGES[-1], help="the last stage to run")
    for name in AMOUNTS:
        parser.add_argument("--" + name.replace("_", "-"), type=int)
    options = parser.parse_args()
    if options.first and not options.trained:
        parser.error("--first needs --from; stages that are done are passed over anyway")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    plan = SMOKE if options.smoke else Plan()
    asked = {name: vars(options)[name] for name in AMOUNTS if vars(options)[name] is not None}
    plan = Plan(**{**vars(plan), **asked})
    target = options.work / "model" if options.smoke else options.target
    first = options.first or (FIRST_OF_A_TRAINED_MODEL[0] if options.trained else STAGES[0])
    train_storybook(options.work, target, plan, options.seed, first, options.last, options.trained)


if __name__ == "__main__":
    main()
