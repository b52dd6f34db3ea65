"""A Hugging Face Hub on this machine's loopback, with what `snapshot_download` asks of it."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def toy_hub(models: dict[str, Path]) -> Iterator[tuple[str, list[str]]]:
    """Serve models by their ids.

    Yields:
        The endpoint's address, and the list of files downloaded so far.
    """
    downloads = []

    class Hub(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.answer()

        def do_GET(self):
            self.answer()

        def answer(self):
            path = self.path.split("?")[0]
            if match := re.fullmatch(r"/api/models/([^/]+/[^/]+)(/revision/[^/]+)?", path):
                self.describe(match[1])
            elif match := re.fullmatch(r"/api/models/([^/]+/[^/]+)/tree/[^/]+", path):
                self.list(match[1])
            elif match := re.fullmatch(r"/([^/]+/[^/]+)/resolve/[^/]+/(.+)", path):
                self.serve(match[1], match[2])
            else:
                self.refuse("EntryNotFound")

        def describe(self, model):
            if model not in models:
                self.refuse("RepoNotFound")
            else:
                self.send(json.dumps({"id": model, "sha": COMMIT, "siblings": []}).encode())

        def list(self, model):
            if model not in models:
                self.refuse("RepoNotFound")
                return
            files = [path for path in models[model].rglob("*") if path.is_file()]
            listing = [
                {
                    "type": "file",
                    "path": path.relative_to(models[model]).as_posix(),
                    "size": path.stat().st_size,
                    "oid": hashlib.sha1(path.read_bytes()).hexdigest(),
                }
                for path in files
            ]
            self.send(json.dumps(listing).encode())

        def serve(self, model, name):
            if model not in models or not (models[model] / name).is_file():
                self.refuse("EntryNotFound" if model in models else "RepoNotFound")
                return
            if self.command == "GET":
                downloads.append(name)
            self.send((models[model] / name).read_bytes())

        def send(self, content):
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", f'"{hashlib.sha1(content).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        def refuse(self, code):
            self.send_response(404)
            self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", downloads
    finally:
        server.shutdown()
        server.server_close()
