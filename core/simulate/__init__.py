"""Plays scenarios and policies on the same demand paths."""
