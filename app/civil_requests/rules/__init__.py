"""Rules of civil requests, one file a subject."""
