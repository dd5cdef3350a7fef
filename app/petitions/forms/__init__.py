"""Forms of petitions, one file a noun."""
