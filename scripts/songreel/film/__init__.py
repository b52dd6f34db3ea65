"""Film: from keyframes to the finished MP4.

The frames between keyframes, the lossless clip of each segment, and the film that joins all clips
with the audio. A process interpolates finished rows while later ones are rendered.

May import: plan, media, storage, errors, joblog. Not: models, song, keyframes, reports.
"""
