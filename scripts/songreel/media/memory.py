"""Settings of the C library's memory allocator."""

import ctypes
from contextlib import suppress

# From glibc's malloc.h.
M_TRIM_THRESHOLD = -1

M_MMAP_THRESHOLD = -3

LARGEST_BLOCK = 2**30
"""Bytes; more than any layer of a network returns for one image."""


def keep_freed_memory() -> None:
    """Let this process keep freed memory to use it again, where the C library is glibc.

    By default glibc returns large blocks to the system at once, and gets them back as pages that
    have to be cleared and mapped one by one. Networks on the CPU, and interpolation, allocate
    blocks of the same large sizes again and again. See mallopt(3).
    """
    with suppress(AttributeError, OSError):  # another C library
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_MMAP_THRESHOLD, LARGEST_BLOCK)
        mallopt(M_TRIM_THRESHOLD, LARGEST_BLOCK)
