"""A conda of toy size, for Snakemake to call: it makes environments without any channel.

An environment is a Python with the packages of the tests' own; its file is only noted.
"""

import json
import stat
import sys
from pathlib import Path

CONDA = """#!{python}
import json, shutil, subprocess, sys, sysconfig
from pathlib import Path

FOLDER = Path({folder!r})
match sys.argv[1:]:
    case ["--version"]:
        print("conda 25.1.0")
    case ["info", "--json"]:
        print(json.dumps({{"conda_prefix": str(FOLDER), "platform": "linux-64"}}))
    case ["config", "--get", "channel_priority", "--json"]:
        print(json.dumps({{"get": {{"channel_priority": "strict"}}}}))
    case ["env", "create", *options]:
        file, prefix = (Path(options[options.index(name) + 1]) for name in ("--file", "--prefix"))
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", prefix], check=True)
        (packages,) = prefix.glob("lib/python*/site-packages")
        (packages / "tests.pth").write_text(sysconfig.get_path("purelib"))
        with (FOLDER / "created.jsonl").open("a") as created:
            print(json.dumps([str(prefix), file.read_text()]), file=created)
    case ["clean", *_]:
        pass
    case unknown:
        sys.exit(f"this conda does not know {{unknown}}")
"""

ACTIVATE = """export CONDA_PREFIX="$1" PATH="$1/bin:$PATH"\n"""


class ToyConda:
    """A conda in a folder of its own; put ``bin`` on the PATH.

    Args:
        folder: made when missing.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        (self.bin / "activate").write_text(ACTIVATE, encoding="utf-8")
        conda = self.bin / "conda"
        conda.write_text(CONDA.format(python=sys.executable, folder=str(folder)), encoding="utf-8")
        conda.chmod(conda.stat().st_mode | stat.S_IXUSR)

    def created(self) -> dict[str, str]:
        """The environments by their folder, with the text of the file each was made from."""
        lines = (self.folder / "created.jsonl").read_text(encoding="utf-8").splitlines()
        return dict(map(json.loads, lines))
