"""Phrases without any word of the picture book: they call up a place and its mood, and no thing.

Most words here say nothing about the place; some lean towards one. Names made of syllables stand
for all the words that nobody listed. The words of `evaluate.UNKNOWN` are left out on purpose: it
asks for what nobody taught.
"""

import numpy as np

Rng = np.random.Generator

# Words that lean towards a place.
MOOD_WORDS: dict[str, tuple[str, ...]] = {
    "night sky": (
        "sleep",
        "midnight",
        "infinity",
        "mystery",
        "shadow",
        "secret",
        "alone",
    ),
    "blue sky": ("freedom", "joy", "morning", "breath", "wind", "flight", "laughter", "open"),
    "sunset": ("farewell", "longing", "romance", "ending", "late"),
    "sea": ("drowning", "voyage", "storm", "tears", "drifting", "tide"),
    "meadow": ("peace", "spring", "youth", "gentle", "summer", "hope", "dancing", "happiness"),
    "snow": ("cold", "frozen", "quiet", "pale", "numb", "still", "December"),
    "desert": ("thirst", "emptiness", "heat", "wandering", "dust", "lost", "endless"),
    "city": ("crowd", "machine", "noise", "hurry", "money", "traffic"),
    "forest": ("fear", "hidden", "wild", "roots", "ancient", "maze", "shelter"),
    "burning city": ("war", "anger", "fury", "ruin", "destruction", "hell", "rage"),
}
# Words that say nothing about a place.
NAMING = (
    "life", "word", "voice", "hand", "story", "truth", "question", "reason", "song", "music",
    "rhythm", "number", "power", "line", "letter", "letters", "mother", "father", "brother",
    "sister", "friend", "stranger", "doctor", "nation",
    "people", "body", "blood", "bone", "mind", "soul", "spirit", "ghost", "angel", "mirror", "door",
    "key", "chair", "paper", "glass", "iron", "wheel", "radio", "camera",
    "bottle", "coffee", "bread", "sugar", "salt", "pain", "pleasure", "trouble", "wonder",
    "law", "order", "chaos", "future", "past", "present", "century", "hour", "minute", "Monday",
    "Friday", "science", "system", "circuit", "signal", "language", "accident",
    "shoe", "dress", "jacket", "pocket", "ring", "rope", "knife", "hammer", "needle", "thread",
    "history", "logic", "error", "wisdom", "fortune", "honour", "glory", "victory",
)  # fmt: skip
TELLING = (
    "young", "new", "broken", "sweet", "bitter", "heavy", "fast", "loud",
    "early", "hollow", "simple", "perfect", "wrong", "right", "last", "first", "final", "sudden",
    "sad", "happy", "tired", "lonely", "brave", "foolish", "clever", "common", "rare", "true",
    "false", "modern", "forgotten", "famous", "unknown", "political", "mechanical",
)  # fmt: skip
DOING = (
    "forget", "remember", "believe", "follow", "leave", "carry", "break", "hold", "lose", "find",
    "need", "want", "hear", "say", "tell", "sing", "dance", "wait", "run", "walk", "fight", "win",
    "change", "begin", "stop", "call", "help", "give", "take", "keep", "turn", "feel", "know",
    "think", "watch", "miss", "hurt", "save", "kill", "pray", "stay", "live", "die", "fall",
)  # fmt: skip
WHO = ("I", "you", "we", "they", "she", "he", "it", "nobody", "everybody", "somebody")
SYLLABLES = (
    "ba", "be", "bor", "ca", "cho", "da", "den", "dor", "el", "en", "fa", "fil", "ga", "gor", "ha",
    "hel", "in", "is", "ka", "ki", "kov", "la", "len", "lo", "ma", "mir", "mo", "na", "nes", "ni",
    "o", "or", "pa", "pe", "ra", "ri", "ro", "sa", "ser", "shi", "ska", "so", "ta", "ten", "ti",
    "tro", "u", "va", "vin", "vo", "wa", "wil", "ya", "za", "zo", "th", "ck", "st", "ing", "er",
)  # fmt: skip

MOOD_SHARE = 0.4  # how often a phrase has a word that leans towards the place
NAME_SHARE = 0.3  # how often a word is made of syllables


def write_phrase(place: str, rng: Rng) -> str:
    """A line of two to seven words, none of which names anything in the picture book."""

    def one(words: tuple[str, ...]) -> str:
        return words[int(rng.integers(len(words)))]

    def noun() -> str:
        return invent_word(rng) if rng.random() < NAME_SHARE else one(NAMING)

    noun_a, noun_b = noun(), noun()
    if rng.random() < MOOD_SHARE:
        noun_a = one(MOOD_WORDS[place])
    if rng.random() < 0.5:
        noun_a, noun_b = noun_b, noun_a
    patterns = (
        f"the {noun_a} of {one(TELLING)} {noun_b}",
        f"{noun_a} and {noun_b}",
        f"{one(WHO)} {one(DOING)} the {noun_a}",
        f"{one(WHO)} {one(DOING)} my {noun_a}, {one(WHO)} {one(DOING)} your {noun_b}",
        f"no more {noun_a}",
        f"{one(TELLING)} {noun_a}, {one(TELLING)} {noun_b}",
        f"{one(DOING)} me to the {noun_a}",
        f"don't {one(DOING)}, don't {one(DOING)} the {noun_a}",
        f"what is {noun_a}",
        f"{noun_a} {noun_b}",
        f"oh {noun_a}",
    )
    return one(patterns)


def invent_word(rng: Rng) -> str:
    """A word that means nothing, of two to four syllables."""
    count = int(rng.integers(2, 5))
    word = "".join(SYLLABLES[int(k)] for k in rng.integers(len(SYLLABLES), size=count))
    return word.capitalize() if rng.random() < 0.3 else word
