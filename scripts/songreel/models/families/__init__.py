"""Families: one module for each architecture of models that Songreel can paint with.

A module defines ``FAMILY``, a :class:`songreel.models.family.ModelFamily`;
:mod:`songreel.models.registry` finds it. A new family is a new module here and nothing else.
"""
