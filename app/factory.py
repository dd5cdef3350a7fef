"""Builds the application, in order: config, extensions, security, rooms, errors, cli."""

from datetime import timedelta
from pathlib import Path

from flask import Flask

from app import rooms
from app.accounts.services.desk import index_acts
from app.extensions import db, huey, login_manager, migrate
from app.platform import (
    access,
    clock,
    error_pages,
    incoming,
    language,
    presentation,
    security,
    transaction,
    turns,
)
from app.platform.database import engine_options, prepare_engine
from config import Base, from_env

ROOT = Path(__file__).resolve().parent


def build_app(config: Base | None = None) -> Flask:
    """Build one application; refuses unsafe settings and undeclared endpoints."""
    settings = config or from_env()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    app = Flask("app", root_path=str(ROOT), instance_path=str(settings.data_dir))
    app.config.from_mapping(settings.as_mapping())
    if settings.clock_offset_days:
        clock.set_offset(timedelta(days=settings.clock_offset_days))
    bind_extensions(app)
    incoming.init_app(app)
    turns.init_app(app)
    security.init_app(app, settings)
    for blueprint in rooms.BLUEPRINTS:
        app.register_blueprint(blueprint)
    presentation.init_app(app, rooms.NAVIGATION)
    app.extensions["recipient_finders"] = rooms.recipient_finders
    app.extensions["person_enrolled"] = rooms.person_enrolled
    app.extensions["receipt_offers"] = rooms.RECEIPT_OFFERS
    app.extensions["similar_offers"] = rooms.SIMILAR_OFFERS
    app.extensions["ticks"] = rooms.ticks
    app.extensions["busy_pages"] = rooms.list_busy_pages
    app.extensions["desk_acts"] = index_acts(rooms.DESK_ACTS)
    error_pages.init_app(app)
    for command in rooms.COMMANDS:
        app.cli.add_command(command)
    access.check_declarations(app)
    return app


def bind_extensions(app: Flask) -> None:
    """Bind database, migrations, sign-in, languages and jobs to `app`."""
    app.config["SQLALCHEMY_DATABASE_URI"] = app.config["DATABASE_URL"]
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(app.config["DATABASE_URL"])
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        transaction.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT.parent / "migrations"), compare_type=True)
    login_manager.init_app(app)
    language.init_app(app)
    huey.init_app(app)
