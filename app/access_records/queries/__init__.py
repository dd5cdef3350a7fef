"""Readers of the room, one file a reader."""
