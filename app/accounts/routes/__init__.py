"""Pages of accounts: registration, sign-in, passwords, my page, and the administrators' list."""

from app.accounts.routes import administration, desk, profile, registration, sign_in
from app.accounts.routes.blueprint import blueprint

__all__ = ["administration", "blueprint", "desk", "profile", "registration", "sign_in"]
