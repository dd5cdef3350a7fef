"""What each process of the web server would do for its first visitors, done once before any is made."""

from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.extensions import db


def preload(app: Flask) -> None:
    """Compile every template, and show the busiest pages to nobody, so that their statements are prepared.

    Those pages are what `app.extensions["busy_pages"]` answers. Leaves nothing open that two processes could
    not share. A database that cannot be read yet is no fault here: whoever comes then is told.
    """
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)
    here = app.config["BASE_URL"]
    with app.test_request_context(base_url=here):
        try:
            paths = app.extensions["busy_pages"]()
        except DBAPIError:
            paths = []
    for path in paths:
        app.test_client().get(path, base_url=here)
    with app.app_context():
        db.engine.dispose()
