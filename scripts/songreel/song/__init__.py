"""Song: from the configuration and a song's workbook to its plan.

Everything that the user writes is read and checked here, and every mistake is reported with its
location and a remedy, before anything is rendered. No other package imports openpyxl, jsonschema
or yaml.

May import: plan, models, media, storage, errors, joblog. Not: keyframes, film, reports.
"""
