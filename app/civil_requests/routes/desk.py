"""What a desk can do with requests: an entry of `DESK_ACTS` in app/rooms.py."""

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.accounts.queries import Served
from app.accounts.services.desk import DeskAct
from app.civil_requests.forms import SendForm
from app.civil_requests.queries.requests import list_agencies
from app.civil_requests.services.desk_filing import file_at_desk, withdraw_at_desk


def _form(_served: Served) -> SendForm:
    form = SendForm()
    form.offer(list_agencies())
    return form


def _describe(details: Mapping[str, str]) -> str:
    return gettext("Request “%(title)s”", title=details["title"])


def _has_account(served: Served) -> bool:
    """An agency's questions and answers go to an account."""
    return served.account is not None


FILE_AT_DESK = DeskAct(
    kind="civil-requests:request:file",
    name=_l("Request to an agency"),
    describe=_describe,
    form=_form,
    carry_out=file_at_desk,
    undo=withdraw_at_desk,
    is_offered=_has_account,
)
