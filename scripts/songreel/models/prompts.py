"""Prompts as the model is asked for them, and the weights of their parts.

``a boat, (a storm:1.4), (birds:0.6)``: the words in brackets count more, or less, than others. It
is the syntax that users of Stable Diffusion know best.
"""

import re
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


_WEIGHTED = re.compile(r"\(([^()]+):(\d+(?:\.\d+)?)\)")


def weighted_parts(prompt: str) -> list[tuple[str, float]]:
    """Split a prompt into its parts and their weights, ≥ 0; 1 for those without brackets."""
    parts, end = [], 0
    for match in _WEIGHTED.finditer(prompt):
        parts += [(prompt[end : match.start()], 1.0), (match[1], float(match[2]))]
        end = match.end()
    parts.append((prompt[end:], 1.0))
    return [(text.strip(), weight) for text, weight in parts if text.strip()]


def without_weights(prompt: str) -> str:
    """Return the words of a prompt alone; a prompt without weights as it is."""
    return _WEIGHTED.sub(r"\1", prompt)
