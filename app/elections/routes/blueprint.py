"""The one blueprint of the room; the modules beside this one add its endpoints."""

from flask import Blueprint

blueprint = Blueprint("elections", __name__, template_folder="../templates")
