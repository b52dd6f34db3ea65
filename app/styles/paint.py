"""Paint the pictures of the styles with the bundled model: ``python app/styles/paint.py``.

All show the same thing from the same seed, each in its style; run it again with new weights.
"""

import sys
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.styles import STYLES, picture
from songreel.models.painter import Painter
from songreel.models.settings import ModelSettings
from songreel.models.source import STORYBOOK, resolve_model

PROMPT = "a red house in the meadow"
SEED = 5
SIDE = 128


def main() -> None:
    """Write a small picture for every style."""
    source = resolve_model(ModelSettings(name=STORYBOOK))
    assert source.folder is not None
    painter = Painter(source.folder, ModelSettings(name=STORYBOOK, device="cpu"))
    for style in STYLES:
        pixels = painter.text_to_image(
            prompt=f"{PROMPT}, {style}",
            negative_prompt="",
            seed=SEED,
            width=source.native_side,
            height=source.native_side,
            steps=source.sampling.steps,
            guidance_scale=source.sampling.guidance_scale,
        )
        small = Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        small.save(picture(style), quality=85)


if __name__ == "__main__":
    main()
