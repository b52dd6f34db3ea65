"""The server: the page behind an address, with its limits."""

import ipaddress
import os
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import served
from app.jobs import remove_old
from app.projects import Projects

SWEEP = 3600  # seconds between two looks for old projects

USER = "songreel"


@dataclass(frozen=True)
class Settings:
    """How a server is run.

    Attributes:
        folder: of the projects.
        host, port: that it listens on.
        password: that the page asks for; None for none.
        models: names of the models to choose from.
        max_days, max_gb: what old projects are removed by.
    """

    folder: Path
    host: str
    port: int
    password: str | None
    models: Sequence[str]
    max_days: float
    max_gb: float


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(settings: Settings) -> None:
    """Serve the page until the process is ended.

    Args:
        settings: of the server.
    """
    projects = Projects(settings.folder.resolve() / "projects")
    os.umask(0o077)
    # Read by Gradio when it is imported, which is why page is imported later.
    os.environ |= {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "GRADIO_TEMP_DIR": str(served.folder(projects)),
    }
    with served.hold(projects):
        _serve(projects, settings)


def _serve(projects: Projects, settings: Settings) -> None:
    from app import page

    projects.folder.mkdir(parents=True, exist_ok=True)
    threading.Thread(target=_sweep, args=(projects, settings), daemon=True).start()
    kept = (
        f"A dream is kept for {settings.max_days:g} days after you looked at it last,"
        f" and as long as all of them take up less than {settings.max_gb:g} GB."
    )
    built = page.build(projects, settings.models, kept).queue(default_concurrency_limit=8)
    css = page.stylesheet()
    try:
        built.launch(
            server_name=settings.host,
            server_port=settings.port,
            auth=(USER, settings.password) if settings.password else None,
            auth_message=f"The user's name is {USER}.",
            share=False,
            ssr_mode=False,
            quiet=True,
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            max_file_size=f"{served.MAX_UPLOAD_MB}mb",
            theme=page.theme(),
            css=css,
            head=page.head(),
            app_kwargs=_application(settings),
            prevent_thread_lock=True,
            _frontend=False,  # else a server that answers late, on a busy machine, is given up
        )
    except OSError:
        sys.exit(
            f"Nothing can listen on {settings.host}, port {settings.port}: something else may do "
            "so already; choose another port with --port"
        )
    print(f"Songreel is at http://{settings.host}:{settings.port}", flush=True)
    if settings.password:
        print(f"Its user is {USER}, its password {settings.password}", flush=True)
    while True:
        time.sleep(3600)


def _application(settings: Settings) -> dict[str, Any]:
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    # A page of elsewhere must not reach this machine's by a name that it made up.
    hosts = ["localhost", "127.0.0.1", "[::1]"] if is_loopback(settings.host) else ["*"]
    trusted = Middleware(TrustedHostMiddleware, allowed_hosts=hosts)
    return {"openapi_url": None, "middleware": [trusted]}


def _sweep(projects: Projects, settings: Settings) -> None:
    while True:
        remove_old(projects, settings.max_days, settings.max_gb)
        time.sleep(SWEEP)
