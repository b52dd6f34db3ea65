"""Models: diffusion models, from a name in the configuration to pixels.

What tells one architecture from another (``family`` and ``families``), where a model lies and what
it is made of (``source``, ``folder``, ``hub``, ``weights``), what it can be asked for
(``sampling``), on what it runs (``gpus``, ``environment``, ``devices``), and the model at work
(``painter``). Only ``devices`` and ``painter`` import torch and diffusers; a job that finds its
keyframes in the cache imports neither.

May import: media, storage, errors, joblog, bundled. Not: plan and what is above it.
"""
