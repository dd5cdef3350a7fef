"""Readers of petitions, one file a noun."""
