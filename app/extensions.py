"""The extensions, unbound; the factory binds them. No logic here."""

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from app.platform.database import Base, GuardedSession
from app.platform.jobs import JobQueue

db = SQLAlchemy(model_class=Base, session_options={"class_": GuardedSession})
migrate = Migrate()
login_manager = LoginManager()
babel = Babel()
csrf = CSRFProtect()
huey = JobQueue()
