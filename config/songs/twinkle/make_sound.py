"""Synthesise the example song: ``python make_sound.py`` writes ``twinkle.ogg`` beside this file.

A celesta plays the tune, a harp rocks through the chords over a soft bass, and the room answers
with a little reverberation. Everything is added up from decaying sine waves; the only randomness,
the echo pattern of the room, has a fixed seed.
"""

import subprocess
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from score import (
    BAR,
    CHORDS,
    CODA,
    CODA_BEAT,
    INTRODUCTION,
    LENGTH,
    LINE,
    LINE_BEATS,
    LINES,
    pitch,
    seconds,
    tune,
)

HALF = Fraction(1, 2)  # beat
RATE = 44_100  # samples per second
DAMPING = 0.12  # seconds in which a note that is let go fades to 1/e
PEAK = 0.7  # of full scale, -3 dB: what a lossy codec adds stays below clipping

# An instrument is a list of partials: (multiple of the pitch, loudness, seconds until it has
# faded to 1/e at middle C). The high ones of the celesta are those of a struck metal bar.
Partials = list[tuple[float, float, float]]
CELESTA: Partials = [(1, 1, 1.1), (2, 0.22, 0.6), (4, 0.16, 0.28), (6.27, 0.05, 0.09)]
HARP: Partials = [(1, 1, 0.9), (2, 0.45, 0.5), (3, 0.2, 0.3), (4, 0.08, 0.2), (5, 0.04, 0.12)]
BASS: Partials = [(1, 1, 1.6), (2, 0.35, 0.9), (3, 0.08, 0.5)]


def strike(partials: Partials, note: int, start: float, held: float) -> np.ndarray:
    """One note, struck, left to ring and damped softly when it is let go.

    Args:
        partials: what it rings in: multiples of its frequency, how loud, and how long they last.
        note: MIDI number.
        held: seconds until it is let go.
        start: seconds into the song. The waves run on from the song's beginning, so that a note
            struck twice joins what still rings of it and never cancels it.

    Returns:
        (samples,) float64, about 1 at its loudest.
    """
    frequency = 440 * 2 ** ((note - 69) / 12)
    shorter = (261.6 / frequency) ** 0.35  # high strings and bars fade sooner than low ones
    time = np.arange(int((held + 1) * RATE)) / RATE
    cycles = frequency * (start + time)
    ring = sum(
        loudness * np.exp(-time / (fade * shorter)) * np.sin(2 * np.pi * multiple * cycles)
        for multiple, loudness, fade in partials
    )
    attack = np.minimum(time / 0.004, 1)  # 4 ms: a soft hammer, no click
    damper = np.exp(-np.maximum(time - held, 0) / DAMPING)
    return ring * attack * damper


class Band:
    """A stereo recording to which instruments add their notes."""

    def __init__(self, beats: int):
        self.recording = np.zeros((int(seconds(beats) * RATE), 2))

    def play(
        self,
        partials: Partials,
        beat: Fraction | int,
        held: int,
        note: str,
        loudness: float,
        pan: float,
    ) -> None:
        """Strike a note on a beat and hold it for some; ``pan``: -1 is left, 1 is right."""
        start = round(seconds(beat) * RATE)
        ring = strike(partials, pitch(note), start / RATE, float(seconds(held)))
        sound = loudness * ring[: len(self.recording) - start]
        angle = (pan + 1) * np.pi / 4  # constant power
        self.recording[start : start + len(sound), 0] += np.cos(angle) * sound
        self.recording[start : start + len(sound), 1] += np.sin(angle) * sound


def play_tune(band: Band) -> None:
    """The tune; a third below it in the middle of the song, an octave above when it returns."""
    third_below = {"G5": "E5", "F5": "D5", "E5": "C5", "D5": "B4"}
    octave_above = {f"{name}5": f"{name}6" for name in "CDEFGA"}
    for beat, held, note in tune():
        line = (beat - INTRODUCTION) // LINE
        accent = 0.30 if (beat - INTRODUCTION) % BAR == 0 else 0.26
        band.play(CELESTA, beat, held, note, accent, 0.1)
        if line in (2, 3):
            band.play(CELESTA, beat, held, third_below[note], 0.11, -0.25)
        if line in (4, 5):
            band.play(CELESTA, beat, held, octave_above[note], 0.10, 0.45)
            band.play(CELESTA, beat + HALF, held, octave_above[note], 0.05, -0.45)


def play_accompaniment(band: Band) -> None:
    """Every two beats: the bass, and the chord's upper notes rocking in quavers."""
    for start, (_, _, chords) in zip(LINE_BEATS, LINES, strict=True):
        for number, chord in enumerate(chords):
            beat = start + 2 * number
            bass, low, middle, high = CHORDS[chord]
            band.play(BASS, beat, 2, bass, 0.18, -0.05)
            for quaver, note in enumerate((low, high, middle, high)):
                band.play(HARP, beat + quaver * HALF, 1, note, 0.075, -0.3 + 0.15 * quaver)


def play_frame(band: Band) -> None:
    """The introduction and the coda: the chord of C, run up and down, then up into the stars."""
    band.play(BASS, 0, BAR, "C3", 0.15, -0.05)
    for quaver, note in enumerate(["C4", "G4", "C5", "E5", "G5", "E5", "C5", "G4"]):
        band.play(HARP, quaver * HALF, 2, note, 0.14, -0.4 + 0.1 * quaver)
    band.play(BASS, CODA_BEAT, CODA, "C3", 0.18, -0.05)
    for semiquaver, note in enumerate(["C4", "E4", "G4", "C5", "E5", "G5", "C6"]):
        beat = CODA_BEAT + semiquaver * HALF / 2
        band.play(HARP, beat, CODA, note, 0.13, -0.4 + 0.13 * semiquaver)
    band.play(CELESTA, CODA_BEAT + 2, CODA, "E6", 0.10, 0.4)
    band.play(CELESTA, CODA_BEAT + 2, CODA, "C6", 0.14, -0.2)


def reverberate(dry: np.ndarray) -> np.ndarray:
    """Add a small hall: noise that fades within about a second, softer and darker than the sound.

    Args:
        dry: (samples, 2).

    Returns:
        (samples, 2), as long as before.
    """
    time = np.arange(int(1.6 * RATE)) / RATE
    noise = np.random.default_rng(1806).standard_normal((len(time), 2))
    hall = noise * np.exp(-time / 0.32)[:, None] * np.minimum(time / 0.012, 1)[:, None]
    length = 1 << (len(dry) + len(hall)).bit_length()
    frequencies = np.fft.rfftfreq(length, 1 / RATE)
    darker = 1 / (1 + (frequencies / 2500) ** 2)
    lighter = 1 / (1 + (180 / np.maximum(frequencies, 1)) ** 2)
    answer = np.fft.rfft(hall / np.sqrt((hall**2).sum(axis=0)), length, axis=0)
    answer *= (darker * lighter)[:, None]
    wet = np.fft.irfft(np.fft.rfft(dry, length, axis=0) * answer, length, axis=0)[: len(dry)]
    return dry + 0.55 * wet


def record() -> np.ndarray:
    """The whole song, (samples, 2) float64, its peak at PEAK and its end faded out."""
    band = Band(LENGTH)
    play_frame(band)
    play_tune(band)
    play_accompaniment(band)
    song = reverberate(band.recording)
    fade = int(1.2 * RATE)
    song[-fade:] *= np.cos(np.linspace(0, np.pi / 2, fade))[:, None]
    return song * (PEAK / np.abs(song).max())


def write_ogg(song: np.ndarray, path: Path) -> None:
    """Encode as Ogg Vorbis, without dates or random stream numbers in the file."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error"]
    command += ["-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", "pipe:"]
    command += ["-c:a", "libvorbis", "-q:a", "5"]
    command += ["-flags", "+bitexact", "-fflags", "+bitexact", str(path)]
    subprocess.run(command, input=song.astype("<f4").tobytes(), check=True)


if __name__ == "__main__":
    write_ogg(record(), Path(__file__).with_name("twinkle.ogg"))
