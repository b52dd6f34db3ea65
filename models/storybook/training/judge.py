"""The judge: a small classifier of thing, colour, place and style, trained on drawings only."""

import logging
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from batches import Batches
from networks import LABEL_COUNTS
from resume import load_state, save_state
from train_vae import step_size, to_model
from world import shows_colour

log = logging.getLogger(__name__)

JUDGE = "judge.safetensors"  # in the model's folder `training`
WIDTHS = (32, 64, 96, 128, 160)
STRIDES = (2, 2, 2, 1, 1)
NORM_GROUPS = 8  # of features; batches differ in format, so their statistics are no measure
SHRINK = 4  # the judge looks at pictures this much smaller: the shorter side becomes 64
RATE = 2e-3
ACCEPTED_SHARE = 0.98  # of fresh drawings, whose style and place the judge calls certain


class Judge(nn.Module):
    """A convolutional network that looks at pictures of any format, shrunk.

    Where a thing stands does not matter to it: the heads see the mean and the most of each feature.
    """

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after, stride in zip((3, *WIDTHS[:-1]), WIDTHS, STRIDES, strict=True):
            layers += [
                nn.Conv2d(before, after, 3, stride, padding=1, bias=False),
                nn.GroupNorm(NORM_GROUPS, after),
                nn.SiLU(),
            ]
        self.body = nn.Sequential(*layers)
        self.heads = nn.ModuleList(nn.Linear(2 * WIDTHS[-1], n) for n in LABEL_COUNTS)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """Scores of thing, colour, place and style for pictures (n, 3, h, w), -1 to 1."""
        return self.look(F.avg_pool2d(pictures, SHRINK))

    def look(self, small: Tensor) -> list[Tensor]:
        """The same for pictures that are shrunk already."""
        features = self.body(small)
        seen = torch.cat([features.mean((2, 3)), features.amax((2, 3))], 1)
        return [head(seen) for head in self.heads]

    @torch.no_grad()
    def weigh(self, pictures: np.ndarray) -> list[np.ndarray]:
        """Probabilities (n, labels) of all things, colours, places and styles.

        The pictures are uint8 (n, h, w, 3).
        """
        self.eval()
        parts = [
            [score.softmax(1) for score in self(to_model(part))]
            for part in np.array_split(pictures, max(1, len(pictures) // 64))
        ]
        return [torch.cat(label).numpy() for label in zip(*parts, strict=True)]

    def name(self, pictures: np.ndarray) -> np.ndarray:
        """The likeliest labels (n, 4) of pictures uint8 (n, h, w, 3)."""
        return np.stack([weights.argmax(1) for weights in self.weigh(pictures)], 1)

    def certainty(self, pictures: np.ndarray) -> np.ndarray:
        """How sure (n,) the judge is of place and style: the smaller of the two probabilities."""
        _, _, place, style = self.weigh(pictures)
        return np.minimum(place.max(1), style.max(1))


def roughen(pictures: Tensor) -> Tensor:
    """Shrink, shift, blur and add noise at random, so that the judge does not lean on pixels."""
    if torch.rand(()) < 0.5:
        small = F.avg_pool2d(pictures, SHRINK)
    else:
        small = F.avg_pool2d(pictures, 2 * SHRINK, SHRINK, SHRINK // 2, count_include_pad=False)
    dx, dy = torch.randint(-3, 4, (2,)).tolist()
    small = torch.roll(small, (dy, dx), (2, 3))
    return small + 0.1 * torch.rand(()) * torch.randn_like(small)


def judge_loss(scores: list[Tensor], labels: Tensor) -> Tensor:
    """Cross entropy of the four labels; colour only where it shows."""
    coloured = torch.from_numpy(shows_colour(labels.numpy()))
    loss = sum(F.cross_entropy(scores[k], labels[:, k]) for k in (0, 2, 3))
    colours = F.cross_entropy(scores[1], labels[:, 1], reduction="none")
    return loss + (colours * coloured).sum() / coloured.sum().clamp(min=1)


def train_judge(
    folder: Path, target: Path, checkpoint: Path, steps: int, seed: int, batch: int = 64
) -> Judge:
    """Train on the drawn pictures in `folder` and save the weights in half precision.

    Args:
        folder: pictures as `draw_pictures` leaves them; a step sees one format.
        target: the finished judge's weights.
        checkpoint: where the state is kept, every 100 steps; training resumes from it.
        steps: after how many steps training ends, those of earlier runs included.
        seed: of weights, batches and what roughens the pictures.
        batch: square pictures per step, or as many larger ones of that area.

    Returns:
        The judge, ready to name pictures.
    """
    torch.manual_seed(seed)
    judge = Judge().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(judge.parameters(), RATE, weight_decay=0.05)
    first = load_state(checkpoint, {"judge": judge}, [optimiser])
    batches = Batches(folder)
    started = time.time()
    for step in range(first, steps):
        rng = np.random.default_rng((seed, 2, step))
        torch.manual_seed(seed * 1_000_003 + step)
        drawn, labels = batches.whole(batch, rng)
        truth = torch.from_numpy(labels.astype(np.int64))
        loss = judge_loss(judge.look(roughen(to_model(drawn))), truth)
        loss.backward()
        optimiser.param_groups[0]["lr"] = RATE * step_size(step, steps)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        if step % 100 == 99:
            rate = (step + 1 - first) / (time.time() - started)
            log.info("judge step %d loss %.3f, %.2f steps/s", step + 1, loss.item(), rate)
        if step % 100 == 99 or step + 1 == steps:
            save_state(checkpoint, step + 1, {"judge": judge}, [optimiser])
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
    """Share of right answers for labels (n, 4); colour only where it shows."""
    coloured = shows_colour(truth)
    right = seen == truth
    return {
        "object": float(right[:, 0].mean()),
        "colour": float(right[coloured, 1].mean()),
        "place": float(right[:, 2].mean()),
        "style": float(right[:, 3].mean()),
    }
