"""Start the browser front end: ``python -m app``."""

import argparse
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from app.server import Settings, is_loopback, serve

MODELS = ("storybook", "stable-diffusion-v1-5/stable-diffusion-v1-5")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and serve the page.

    Args:
        arguments: the command line's; None for those of this process.
    """
    parser = argparse.ArgumentParser(
        prog="python -m app", description="Songreel in the browser: animate your dream."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=7860, help="port (%(default)s)")
    parser.add_argument(
        "--public",
        action="store_true",
        help="ask for no password although others can reach the address",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path("dreams"),
        help="where dreams and songs are kept (%(default)s)",
    )
    parser.add_argument(
        "--model",
        action="append",
        help="a model to choose from, as in a configuration; may be given several times "
        f"({', '.join(MODELS)})",
    )
    parser.add_argument(
        "--max-days", type=float, default=14, help="days that a dream is kept (%(default)s)"
    )
    parser.add_argument(
        "--max-gb", type=float, default=10, help="gigabytes for all dreams (%(default)s)"
    )
    chosen = parser.parse_args(arguments)
    password = None
    if not is_loopback(chosen.host) and not chosen.public:
        password = os.environ.get("SONGREEL_PASSWORD") or secrets.token_urlsafe(12)
    serve(
        Settings(
            folder=chosen.folder,
            host=chosen.host,
            port=chosen.port,
            password=password,
            models=tuple(chosen.model or MODELS),
            max_days=chosen.max_days,
            max_gb=chosen.max_gb,
        )
    )


if __name__ == "__main__":
    main()
