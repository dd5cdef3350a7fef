"""The only writers of petitions, one file a noun."""
