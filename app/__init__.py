"""The browser front end: dreams and songs, rendered by the workflow underneath.

    page, dream_tab, song_tab, song_form, visit, view, status   what is seen
    dream, song                   what was asked for, written as a song sheet and a configuration
    forecast, progress, failure   what a run would paint, what it has painted, why it failed
    jobs, worker, projects        a run in a process of its own, its queue, its folder
    served                        copies of what may be shown

It stands above everything else: the library and the workflow know nothing of it.
"""

import sys
from pathlib import Path

#: The checkout: the Snakefile and the library are below it.
ROOT = Path(__file__).parents[1]

# The installed library goes first, as in the workflow.
sys.path.append(str(ROOT / "scripts"))
