"""A small byte-level vocabulary for the words of the picture book, in CLIP's own format."""

import json
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import CLIPTokenizer

from captions import write_caption
from song_lines import SONG_LINES
from world import sample_scene

VOCABULARY = "tokenizer.json"
START, END = "<|startoftext|>", "<|endoftext|>"
VOCABULARY_SIZE = 2000  # of which 512 are single bytes, so that no word is unknown
MAX_TOKENS = 40  # two long lines of a song and a style
WORD_END = "</w>"


def train_tokenizer(folder: Path, seed: int, captions: int = 20_000) -> CLIPTokenizer:
    """Learn merges from captions and song lines, save CLIP's files in `folder` and load them.

    A vocabulary that lies there is kept: with other captions it would number the words otherwise,
    and a denoiser that trains on would have to learn them all again.
    """
    if (folder / VOCABULARY).exists():
        return CLIPTokenizer.from_pretrained(folder)
    rng = np.random.default_rng(seed)
    text = [write_caption(sample_scene(rng).labels(), rng) for _ in range(captions)]
    learner = Tokenizer(models.BPE(end_of_word_suffix=WORD_END))
    learner.normalizer = normalizers.Lowercase()
    learner.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(" ", "removed"), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_SIZE,
        end_of_word_suffix=WORD_END,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    learner.train_from_iterator(text + list(SONG_LINES) * 20, trainer)
    merges = [tuple(m) for m in json.loads(learner.to_str())["model"]["merges"]]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = [*letters, *(letter + WORD_END for letter in letters)]
    words += list(dict.fromkeys(a + b for a, b in merges if a + b not in set(words)))
    vocabulary = {word: k for k, word in enumerate([*words, START, END])}
    CLIPTokenizer(
        vocab=vocabulary,
        merges=merges,
        bos_token=START,
        eos_token=END,
        unk_token=END,
        pad_token=END,
        model_max_length=MAX_TOKENS,
    ).save_pretrained(folder)
    return CLIPTokenizer.from_pretrained(folder)
