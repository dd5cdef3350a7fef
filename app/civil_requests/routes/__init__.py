"""Pages of civil requests."""

from app.civil_requests.routes import filing, handling, public
from app.civil_requests.routes.blueprint import blueprint

__all__ = ["blueprint", "filing", "handling", "public"]
