"""The cache's keys: hashes of all that decides pixels of openings, keyframes and segments."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from songreel.keyframes.segment import Keyframe, Segment
from songreel.plan.conversion import to_builtins
from songreel.plan.plan import OpeningSettings
from songreel.storage.digests import digest


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

    def keyframe_key(self, keyframe: Keyframe) -> str:
        """The key of a keyframe; its input image stands for all that came before."""
        settings, plan = keyframe.settings, keyframe.plan
        final_share = plan.final_share if keyframe.target_image is not None else 0
        reference = keyframe.reference_image
        matched = {}
        if reference is not None:
            matched = {"reference": hashlib.sha256(reference.tobytes()).hexdigest()}
        return self._digest(
            "keyframe",
            matched
            | {
                "version": settings.version,
                "model": to_builtins(settings.model),
                "prompts": to_builtins(plan.prompts),
                "seed": settings.seed,
                "time": str(plan.time),
                "steps": plan.steps,
                "strength": plan.strength,
                "guidance_scale": plan.guidance_scale,
                "shape": list(keyframe.input_image.shape),
                "input": hashlib.sha256(keyframe.input_image.tobytes()).hexdigest(),
                "target": [keyframe.target_digest, str(final_share)] if final_share else None,
            },
        )

    def row_key(self, segment: Segment) -> str:
        """The key of a finished segment, computed from digests of files, without decoding one."""
        return self._digest("row", segment.input_digest)

    def _digest(self, kind: str, value: Any) -> str:
        return digest({kind: value, **self.environment})
