"""Storage: files that appear complete or not at all, locks, digests, and what is kept in files.

The keyframe cache with its pruning, the segments' folders, the ledger, and the state of the user's
source files. Everything here is safe when several jobs use it at the same time.

May import: errors, joblog. Imports neither numpy nor torch, so that a cache hit stays fast.
"""
