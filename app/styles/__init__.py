"""The styles to choose from, and a picture of what each does."""

from pathlib import Path

STYLES = (
    "picture book",
    "watercolour",
    "mosaic",
    "pencil",
    "neon",
    "poster",
    "oil painting",
    "pixel art",
    "Dali surrealist",
    "Kandinsky",
    "Joan Miro",
    "Marc Chagall",
)

PICTURES = Path(__file__).parent


def picture(style: str) -> Path:
    """Return the picture of a style."""
    return PICTURES / f"{style.replace(' ', '_')}.webp"
