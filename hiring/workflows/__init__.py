"""Verbs of hiring."""
