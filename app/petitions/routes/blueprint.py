"""The one blueprint of the room."""

from flask import Blueprint

blueprint = Blueprint("petitions", __name__, template_folder="../templates")
