"""Songreel: from a spreadsheet of timed lyrics to a music video.

The library knows nothing of Snakemake; the adapters in ``scripts/`` join the two.
"""

__version__ = "0.2.0"
