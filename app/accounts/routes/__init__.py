"""Pages of accounts: registration, sign-in, second factor, my page, the desk, the administrators' list."""

from app.accounts.routes import (
    acted,
    administration,
    desk,
    gate,
    identity_provider,
    profile,
    registration,
    saved_texts,
    second_factor,
    sign_in,
)
from app.accounts.routes.blueprint import blueprint

__all__ = [
    "acted",
    "administration",
    "blueprint",
    "desk",
    "gate",
    "identity_provider",
    "profile",
    "registration",
    "saved_texts",
    "second_factor",
    "sign_in",
]
