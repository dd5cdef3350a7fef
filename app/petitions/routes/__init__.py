"""Pages of petitions."""

from app.petitions.routes import public, signing, switches
from app.petitions.routes.blueprint import blueprint

__all__ = ["blueprint", "public", "signing", "switches"]
