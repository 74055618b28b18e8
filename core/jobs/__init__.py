"""Runs a workflow in the background with progress, partial results, cancel and restart."""
