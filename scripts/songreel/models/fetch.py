"""Where a model lies, once it is needed."""

from pathlib import Path

from songreel.models.source import ModelSource


def fetch(source: ModelSource) -> Path:
    """Return a model's folder; a model of the Hub is downloaded unless it is on this machine.

    Args:
        source: the model.

    Raises:
        SongreelError: unknown, not to be reached or not supported.
    """
    if source.folder is not None:
        return source.folder
    from songreel.models.hub import fetch_model  # imports huggingface_hub

    return fetch_model(source.name, source.revision)
