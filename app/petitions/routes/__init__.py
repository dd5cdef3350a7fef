"""Pages of petitions."""

from app.petitions.routes import (
    data,
    following,
    fraud,
    public,
    receipts,
    signature_steps,
    signing,
    switches,
)
from app.petitions.routes.blueprint import blueprint

__all__ = [
    "blueprint",
    "data",
    "following",
    "fraud",
    "public",
    "receipts",
    "signature_steps",
    "signing",
    "switches",
]
