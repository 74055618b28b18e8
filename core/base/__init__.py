"""Errors, column names, calendars, random streams, parameter metadata, progress and cancel tokens."""
