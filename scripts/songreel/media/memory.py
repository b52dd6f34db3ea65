"""How the C library deals with memory that was given back."""

import ctypes
from contextlib import suppress

# From glibc's malloc.h.
M_TRIM_THRESHOLD = -1

M_MMAP_THRESHOLD = -3

LARGEST_BLOCK = 2**30
"""Bytes, more than any layer's result of a picture takes."""


def keep_freed_memory() -> None:
    """Let this process keep freed memory for its next pictures, where the C library is glibc.

    It would give large blocks back to the system at once, and get them again as pages that have to
    be cleared and mapped one by one. Networks on the processor, and interpolation, ask for the
    same large blocks again and again. See mallopt(3).
    """
    with suppress(AttributeError, OSError):  # another C library
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_MMAP_THRESHOLD, LARGEST_BLOCK)
        mallopt(M_TRIM_THRESHOLD, LARGEST_BLOCK)
