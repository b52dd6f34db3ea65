"""Songreel as a hosted space: what hosts of Gradio apps start.

The host's own address and password stand before it, so that it asks for none. Port and folder are
those that the host names, as it does for every Gradio app.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.__main__ import main

os.chdir(Path(__file__).parents[2])
port = os.environ.get("GRADIO_SERVER_PORT", "7860")
main(["--public", "--host", "0.0.0.0", "--port", port, "--max-days", "1", *sys.argv[1:]])
