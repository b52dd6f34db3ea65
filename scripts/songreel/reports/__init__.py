"""Reports: what people read about a song: storyboard, report, tables and forecast of a run.

May import: keyframes, film, song, plan, models, media, storage, errors, joblog. Nothing imports it
but the scripts of rules.
"""
