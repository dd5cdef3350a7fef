"""Readers of epochs."""

from app.access_records.models import Epoch
from app.core.access_proofs import EpochLeaf


def leaf_of(epoch: Epoch) -> EpochLeaf:
    """The epoch as the log of maps has it."""
    return EpochLeaf(epoch.number, epoch.root, int(epoch.at.timestamp()), epoch.labels)
