"""The cache's keys: hashes of all that decides pixels of openings, keyframes and segments."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from songreel.keyframes.segment import Segment
from songreel.plan.conversion import to_builtins
from songreel.plan.plan import KeyframeSettings, OpeningSettings
from songreel.storage.digests import digest

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class CacheKeys:
    """Computes keys for one model on one kind of machine.

    Attributes:
        environment: what of weights, software and machine decides pixels
            (``songreel.models.environment.environment_key``).
    """

    environment: Mapping[str, Any]

    def opening_key(self, settings: OpeningSettings) -> str:
        """The key of an opening image."""
        return self._digest("labelled opening", to_builtins(settings))

    def keyframe_key(
        self, settings: KeyframeSettings, time: Fraction, input_image: np.ndarray
    ) -> str:
        """The key of a keyframe.

        Args:
            settings: of the keyframe.
            time: when it is shown, in seconds.
            input_image: (height, width, 3) uint8; it stands for all that came before.
        """
        return self._digest(
            "keyframe",
            {
                "version": settings.version,
                "model": to_builtins(settings.model),
                "prompt": settings.prompt,
                "negative_prompt": settings.negative_prompt,
                "seed": settings.seed,
                "time": str(time),
                "steps": settings.steps,
                "strength": settings.strength,
                "guidance_scale": settings.guidance_scale,
                "shape": list(input_image.shape),
                "input": hashlib.sha256(input_image.tobytes()).hexdigest(),
            },
        )

    def row_key(self, segment: Segment) -> str:
        """The key of a finished segment, computed from digests of files, without decoding one."""
        return self._digest("row", segment.input_digest)

    def _digest(self, kind: str, value: Any) -> str:
        return digest({kind: value, **self.environment})
