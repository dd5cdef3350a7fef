"""Importing this package fills the table."""

from tests.core.alterations import of_ballots, of_counting, of_setup, of_the_file
from tests.core.alterations.table import ALTERATIONS

__all__ = ["ALTERATIONS", "of_ballots", "of_counting", "of_setup", "of_the_file"]
