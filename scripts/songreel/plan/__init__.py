"""Plan: what the jobs of a song do, as typed values, with the times that everything follows.

Time codes and frame rates, the timeline of keyframes and frames, the plan's dataclasses and their
file, and what a job asks a cluster for.

May import: models, media, storage, errors, joblog.
"""
