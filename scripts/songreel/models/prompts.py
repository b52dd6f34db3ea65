"""Prompts as the model is asked for them."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class PromptShare:
    """A prompt with its share of a mix of prompts, whose embeddings are added up.

    Attributes:
        prompt: what to paint.
        negative_prompt: what to keep out; may be empty.
        share: 0 < share ≤ 1; the shares of a mix add up to 1.
    """

    prompt: str
    negative_prompt: str
    share: Fraction
