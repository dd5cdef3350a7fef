"""Pages of petitions."""

from app.petitions.routes import data, public, signing, switches
from app.petitions.routes.blueprint import blueprint

__all__ = ["blueprint", "data", "public", "signing", "switches"]
