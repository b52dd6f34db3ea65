"""Keyframes: renders a song's keyframes, each from the one before it (the feedback loop).

One step of the loop, a row, a chain of rows, and the renderer that loads the model and keeps
finished keyframes in the cache.

May import: plan, models, media, storage, errors, joblog. Not: song, film, reports.
"""
