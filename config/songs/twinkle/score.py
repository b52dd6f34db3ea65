"""The example song on paper: words, tune and chords, all counted in beats.

"Twinkle, Twinkle, Little Star": the tune is the French "Ah! vous dirai-je, maman" (1761), the words
are the first verse of Jane Taylor's "The Star" (1806). Both are in the public domain; this setting
is part of Songreel.
"""

from fractions import Fraction

BEAT = Fraction(60, 100)  # seconds: 100 beats a minute
BAR = 4  # beats
INTRODUCTION = BAR
LINE = 2 * BAR
CODA = BAR

# Note names of the tune, an octave above middle C; a dash holds the note before it.
TWINKLE = ["C5", "C5", "G5", "G5", "A5", "A5", "G5", "-"]
WONDER = ["F5", "F5", "E5", "E5", "D5", "D5", "C5", "-"]
ABOVE = ["G5", "G5", "F5", "F5", "E5", "E5", "D5", "-"]

# One line of the song each: words, a note per beat, a chord per two beats.
LINES: list[tuple[str, list[str], list[str]]] = [
    ("Twinkle, twinkle, little star,", TWINKLE, ["C", "C", "F", "C"]),
    ("How I wonder what you are!", WONDER, ["F", "C", "G", "C"]),
    ("Up above the world so high,", ABOVE, ["C", "F", "C", "G"]),
    ("Like a diamond in the sky.", ABOVE, ["C", "F", "C", "G"]),
    ("Twinkle, twinkle, little star,", TWINKLE, ["C", "C", "F", "C"]),
    ("How I wonder what you are!", WONDER, ["F", "C", "G", "C"]),
]

# The notes of a chord from the bass up; the accompaniment rocks over the upper three.
CHORDS: dict[str, list[str]] = {
    "C": ["C3", "G3", "C4", "E4"],
    "F": ["F2", "A3", "C4", "F4"],
    "G": ["G2", "G3", "B3", "F4"],
}

LINE_BEATS = [INTRODUCTION + LINE * number for number in range(len(LINES))]
CODA_BEAT = INTRODUCTION + LINE * len(LINES)
LENGTH = CODA_BEAT + CODA  # beats

_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def seconds(beat: Fraction | int) -> Fraction:
    """When a beat falls; the first beat of the introduction is beat 0, at 0 s."""
    return beat * BEAT


def pitch(note: str) -> int:
    """The MIDI number of a note name such as ``A4`` (69)."""
    return 12 * (int(note[1]) + 1) + _SEMITONES[note[0]]


def tune() -> list[tuple[int, int, str]]:
    """The sung notes as (beat, beats held, note name)."""
    notes: list[tuple[int, int, str]] = []
    for start, (_, line, _) in zip(LINE_BEATS, LINES, strict=True):
        for offset, note in enumerate(line):
            if note == "-":
                beat, held, name = notes[-1]
                notes[-1] = (beat, held + 1, name)
            else:
                notes.append((start + offset, 1, note))
    return notes
