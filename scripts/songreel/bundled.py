"""Where the files that come with Songreel lie: its model and the configuration's schema.

A wheel carries them in ``data/`` beside this file; in a checkout they stand at its top level. Below
that the paths are the same.
"""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_INSTALLED = _PACKAGE / "data"

#: The folder that ``models/storybook`` and ``config/schemas`` are below.
BUNDLED = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parents[1]
