"""Verbs of matching, one file for each lifecycle."""
