"""What is allowed to whom and when, one file a noun. Pure."""
