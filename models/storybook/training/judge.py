"""The judge: a small classifier of thing, colour, place and style, trained on drawings only."""

import logging
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from networks import LABEL_COUNTS
from pictures import draw_chunk, load_pictures, pick
from train_vae import step_size, to_model
from world import COLOURLESS_STYLES, STYLES

log = logging.getLogger(__name__)

WIDTHS = (32, 64, 96, 160)
COLOURLESS = [STYLES.index(style) for style in COLOURLESS_STYLES]


class Judge(nn.Module):
    """A convolutional network that looks at pictures halved to 64 x 64."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.AvgPool2d(2)]
        for before, after in zip((3, *WIDTHS[:-1]), WIDTHS, strict=True):
            layers += [
                nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(after),
                nn.SiLU(),
            ]
        self.body = nn.Sequential(*layers, nn.Flatten())
        self.heads = nn.ModuleList(nn.Linear(WIDTHS[-1] * 16, n) for n in LABEL_COUNTS)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """Scores of thing, colour, place and style for pictures (n, 3, 128, 128), -1 to 1."""
        seen = self.body(pictures)
        return [head(seen) for head in self.heads]

    @torch.no_grad()
    def name(self, pictures: np.ndarray) -> np.ndarray:
        """The likeliest labels (n, 4) of pictures uint8 (n, 128, 128, 3)."""
        self.eval()
        parts = [
            torch.stack([score.argmax(1) for score in self(to_model(part))], 1)
            for part in np.array_split(pictures, max(1, len(pictures) // 64))
        ]
        return torch.cat(parts).numpy()


def roughen(pictures: Tensor) -> Tensor:
    """Shift, blur and add noise at random, so that the judge does not lean on single pixels."""
    dx, dy = torch.randint(-6, 7, (2,)).tolist()
    pictures = torch.roll(pictures, (dy, dx), (2, 3))
    if torch.rand(()) < 0.5:
        pictures = F.avg_pool2d(pictures, 3, 1, 1, count_include_pad=False)
    return pictures + 0.08 * torch.rand(()) * torch.randn_like(pictures)


def judge_loss(scores: list[Tensor], labels: Tensor) -> Tensor:
    """Cross entropy of the four labels; colour only where the style keeps it."""
    coloured = torch.isin(labels[:, 3], torch.tensor(COLOURLESS), invert=True)
    loss = sum(F.cross_entropy(scores[k], labels[:, k]) for k in (0, 2, 3))
    return loss + F.cross_entropy(scores[1][coloured], labels[coloured, 1])


def train_judge(folder: Path, target: Path, steps: int, seed: int, batch: int = 64) -> Judge:
    """Train on the drawn pictures in `folder` and save the weights in half precision."""
    torch.manual_seed(seed)
    judge = Judge().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(judge.parameters(), 2e-3, weight_decay=0.05)
    chunks, labels = load_pictures(folder)
    started = time.time()
    for step in range(steps):
        rng = np.random.default_rng((seed, 2, step))
        index = rng.integers(len(labels), size=batch)
        truth = torch.from_numpy(labels[index].astype(np.int64))
        loss = judge_loss(judge(roughen(to_model(pick(chunks, index)))), truth)
        loss.backward()
        optimiser.param_groups[0]["lr"] = 2e-3 * step_size(step, steps)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        if step % 100 == 99:
            log.info(
                "judge step %d loss %.3f, %.2f steps/s",
                step + 1, loss.item(), (step + 1) / (time.time() - started),
            )  # fmt: skip
    halves = {
        k: v.half().contiguous() if v.is_floating_point() else v
        for k, v in judge.state_dict().items()
    }
    save_file(halves, target)
    return load_judge(target)


def load_judge(path: Path) -> Judge:
    """The judge with saved weights, ready to name pictures."""
    judge = Judge()
    judge.load_state_dict({k: v.float() if v.is_floating_point() else v
                           for k, v in load_file(path).items()})  # fmt: skip
    return judge.eval()


def share_right(seen: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Share of right answers for labels (n, 4); colour only where the style keeps it."""
    coloured = ~np.isin(truth[:, 3], COLOURLESS)
    right = seen == truth
    return {
        "object": float(right[:, 0].mean()),
        "colour": float(right[coloured, 1].mean()),
        "place": float(right[:, 2].mean()),
        "style": float(right[:, 3].mean()),
    }


def judge_fresh_drawings(judge: Judge, seed: int, count: int = 2000) -> dict[str, float]:
    """The judge's accuracy on drawings that nothing was trained on."""
    pictures, labels = draw_chunk(seed, 999_999, count)
    return share_right(judge.name(pictures), labels)
