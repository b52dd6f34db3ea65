"""An audio stream as the film has it."""

from dataclasses import dataclass
from fractions import Fraction

AAC_RATES = (
    7350,
    8000,
    11025,
    12000,
    16000,
    22050,
    24000,
    32000,
    44100,
    48000,
    64000,
    88200,
    96000,
)
"""Samples per second that AAC can have."""

USUAL_RATE = 48_000

MOST_CHANNELS = 8
"""Channels that players know; more are mixed down to two."""


@dataclass(frozen=True)
class AudioStream:
    """The first audio stream of a file, as it is heard in the film.

    Attributes:
        codec: ffmpeg's name for it, such as ``aac``, ``mp3``, ``vorbis``, ``pcm_s16le``.
        channels: number of channels.
        layout: ffmpeg's name of their layout, such as ``stereo``.
        sample_rate: samples per second.
        start: of its first sample, in seconds from the film's beginning.
        duration: of film until its last sample, in seconds.
        is_whole: whether all of it was decoded without a complaint and without a gap, and has the
            same rate and channels everywhere.
    """

    codec: str
    channels: int
    layout: str
    sample_rate: int
    start: Fraction
    duration: Fraction
    is_whole: bool

    @property
    def is_copied(self) -> bool:
        """Whether the film takes its packets as they are; all else is encoded to AAC."""
        return self.codec == "aac" and self.is_whole and self.start == 0

    @property
    def film_rate(self) -> int:
        """Samples per second in the film."""
        return self.sample_rate if self.sample_rate in AAC_RATES else USUAL_RATE

    @property
    def film_layout(self) -> str:
        """The layout of the channels in the film."""
        return self.layout if self.channels <= MOST_CHANNELS else "stereo"

    @property
    def film_channels(self) -> int:
        """Number of channels in the film."""
        return self.channels if self.channels <= MOST_CHANNELS else 2
