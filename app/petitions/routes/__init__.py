"""Pages of petitions."""

from app.petitions.routes import (
    answering,
    around,
    data,
    desk,
    drafting,
    email_signing,
    following,
    fraud,
    moderation,
    public,
    receipts,
    samples,
    signature_steps,
    signing,
    switches,
)
from app.petitions.routes.blueprint import blueprint

__all__ = [
    "answering",
    "around",
    "blueprint",
    "data",
    "desk",
    "drafting",
    "email_signing",
    "following",
    "fraud",
    "moderation",
    "public",
    "receipts",
    "samples",
    "signature_steps",
    "signing",
    "switches",
]
