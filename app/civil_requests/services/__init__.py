"""Writers of civil requests, one file a stage."""
