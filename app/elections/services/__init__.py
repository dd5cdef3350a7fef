"""The only writers of elections: drafts, setup, ballots, tallies."""
