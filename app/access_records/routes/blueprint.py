"""The one blueprint of the room; the modules beside this one add its endpoints."""

from flask import Blueprint

blueprint = Blueprint("access_records", __name__, template_folder="../templates")
