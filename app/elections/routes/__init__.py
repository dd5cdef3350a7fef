"""Pages and data of elections: public, voting, trustees, management, and the list for programs."""

from app.elections.routes import api, management, public, trustees, voting
from app.elections.routes.blueprint import blueprint

__all__ = ["api", "blueprint", "management", "public", "trustees", "voting"]
