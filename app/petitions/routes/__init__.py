"""Pages of petitions."""

from app.petitions.routes import (
    data,
    email_signing,
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
    "email_signing",
    "following",
    "fraud",
    "public",
    "receipts",
    "signature_steps",
    "signing",
    "switches",
]
