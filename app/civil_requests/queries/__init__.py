"""Readers of civil requests, one file a noun."""
