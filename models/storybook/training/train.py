"""Makes the Storybook model from nothing: python train.py --work FOLDER

Draws the pictures, trains autoencoder, text encoder, denoiser and judge, and writes the model.
Every stage keeps its result or its checkpoint in the work folder; the same command goes on where
it was interrupted, and with larger numbers of steps it trains on.
"""

import argparse
import logging
from dataclasses import dataclass
from pathlib import Path

import torch

from export import centre_latents, export_model, load_vae, read_latents
from judge import train_judge
from networks import UNET_CHANNELS
from pictures import draw_pictures, load_pictures, pick
from tokenizer import train_tokenizer
from train_decoder import train_decoder
from train_unet import encode_pictures, make_run, train_unet, train_words
from train_vae import CHANNELS, to_model, train_vae

MODEL = Path(__file__).parents[1]
MEASURED_PICTURES = 256  # on which the latents' mean and spread are measured


@dataclass(frozen=True)
class Plan:
    """How much of everything; the numbers are those of the committed weights."""

    pictures: int = 40_000
    vae_steps: int = 5500
    vae_batch: int = 24
    encoded: int = 40_000
    decoder_steps: int = 1000
    token_captions: int = 20_000
    word_steps: int = 500
    unet_steps: int = 3000
    unet_batch: int = 128
    judge_steps: int = 900
    threads: int = 2
    vae_channels: tuple[int, ...] = CHANNELS
    unet_channels: tuple[int, ...] = UNET_CHANNELS


SMOKE = Plan(
    pictures=64, vae_steps=2, vae_batch=2, encoded=32, decoder_steps=2, token_captions=300,
    word_steps=2, unet_steps=2, unet_batch=4, judge_steps=2, vae_channels=(8, 8, 8, 8, 16),
    unet_channels=(32, 64),
)  # fmt: skip


def train_storybook(work: Path, target: Path, judge_file: Path, plan: Plan, seed: int) -> None:
    """Run all stages, each only as far as `work` does not hold its result yet."""
    torch.set_num_threads(1)  # the threads share a step, not its single operations
    work.mkdir(parents=True, exist_ok=True)
    pictures = work / "pictures"
    draw_pictures(pictures, plan.pictures, seed, plan.threads)

    train_vae(
        pictures, work / "vae.pt", plan.vae_steps, seed, plan.vae_batch, channels=plan.vae_channels
    )
    vae = load_vae(work / "vae.pt")
    chunks, labels = load_pictures(pictures)
    count = min(MEASURED_PICTURES, len(labels))
    centre_latents(vae, to_model(pick(chunks, range(count))))
    if not (work / "latents.npz").exists():
        encode_pictures(vae, pictures, work / "latents.npz", plan.encoded)

    tokenizer = train_tokenizer(work / "tokenizer", seed, plan.token_captions)
    latents, labels = read_latents(work / "latents.npz")
    run = make_run(tokenizer, seed, plan.unet_channels)
    if (work / "unet.pt").exists():
        run.load(work / "unet.pt")
    else:
        train_words(run, labels, plan.word_steps, seed)
    train_unet(run, latents, labels, plan.unet_steps, seed, work / "unet.pt", plan.unet_batch)

    train_decoder(vae, pictures, latents, work / "decoder.pt", plan.decoder_steps, seed)
    if not judge_file.exists():
        train_judge(pictures, judge_file, plan.judge_steps, seed)
    export_model(vae, run, target)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="pictures and checkpoints")
    parser.add_argument("--target", type=Path, default=MODEL, help="where the model is written")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--smoke", action="store_true", help="tiny numbers, to see that it runs")
    for name in ("vae_steps", "unet_steps", "decoder_steps", "judge_steps"):
        parser.add_argument("--" + name.replace("_", "-"), type=int)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    plan = SMOKE if options.smoke else Plan()
    asked = {k: v for k, v in vars(options).items() if k.endswith("_steps") and v is not None}
    plan = Plan(**{**vars(plan), **asked})
    judge_file = (options.work if options.smoke else Path(__file__).parent) / "judge.safetensors"
    train_storybook(options.work, options.target, judge_file, plan, options.seed)


if __name__ == "__main__":
    main()
