"""Animations: the film without sound as GIF or animated WebP, small enough to be posted."""

from fractions import Fraction
from pathlib import Path

from songreel.film.size import SCALING
from songreel.media import ffmpeg
from songreel.storage.atomic import replacing

LARGEST = 8_000_000
"""Bytes that mail, chat programs and forums take."""

FORMS = ((480, 12), (400, 10), (320, 10), (240, 8), (200, 6), (160, 5), (128, 4))
"""Pixels of the longer side and frames per second, the best first."""

ENCODERS = {
    "gif": (
        "split[a][b];[a]palettegen=stats_mode=diff[p];[b][p]paletteuse=dither=bayer",
        (),
    ),
    "webp": ("null", ("-c:v", "libwebp_anim", "-quality", "70", "-compression_level", "4")),
}
"""The last filters, and the encoder's options."""

SAMPLE = 6
"""Seconds of the film that tell how large all of it comes out."""

TOLERANCE = 1.2
"""How much larger than allowed an animation may be expected to be, and is tried all the same."""

SAFETY = 0.9
"""Share of the size that is aimed at where the end is left out."""


def save_animation(film: Path, seconds: float, fps: Fraction, path: Path) -> str | None:
    """Save a film as an animation of at most ``LARGEST`` bytes, in the best of ``FORMS`` that fits.

    Where none does, the end of the film is left out.

    Args:
        film: its first stream is the video.
        seconds: that it lasts.
        fps: its frames per second, which are not exceeded.
        path: ``.gif`` or ``.webp``; it appears whole or not at all.

    Returns:
        a sentence for the user where the end is left out; else None.

    Raises:
        FFmpegError: the film cannot be read.
    """
    with replacing(path) as temporary:

        def encode(side: int, rate: int, shown: float) -> int:
            _encode(film, side, min(Fraction(rate), fps), shown, temporary)
            return temporary.stat().st_size

        sample = min(seconds, SAMPLE)
        expected = encode(*FORMS[0], sample) * seconds / sample / _weight(*FORMS[0])
        for form in FORMS:
            if expected * _weight(*form) > TOLERANCE * LARGEST:
                continue
            size = encode(*form, seconds)
            if size <= LARGEST:
                return None
            expected = size / _weight(*form)
        shown = seconds
        while (size := encode(*FORMS[-1], shown)) > LARGEST:
            shown *= SAFETY * LARGEST / size
    return f"{path.name}: it has the first {shown:.0f} of {seconds:.0f} seconds, to be small enough"


def _weight(side: int, rate: int) -> int:
    """What the size of an animation is about proportional to."""
    return side**2 * rate


def _encode(film: Path, side: int, fps: Fraction, seconds: float, path: Path) -> None:
    last_filters, options = ENCODERS[path.suffix[1:]]
    size = f"'if(gt(iw,ih),min({side},iw),-2)':'if(gt(iw,ih),-2,min({side},ih))'"
    ffmpeg.run(
        [
            *("-t", f"{seconds:.3f}", "-i", f"file:{film}"),
            *("-filter_complex", f"[0:v:0]fps={fps},scale={size}:{SCALING},{last_filters}"),
            *options,
            *("-threads", str(ffmpeg.THREADS)),
            *("-loop", "0"),
            *("-map_metadata", "-1", "-fflags", "+bitexact"),
            f"file:{path}",
        ]
    )
