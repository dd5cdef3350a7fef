"""What a desk can do with a person's access records: an entry of `DESK_ACTS` in app/rooms.py."""

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.access_records.forms.notices import NOTICE_NAMES, NoticesForm
from app.access_records.queries.timeline import get_notification_choice
from app.access_records.rules import NoticeChoice
from app.access_records.services import notices
from app.accounts.queries import Served
from app.accounts.services.desk import DeskAct


def _form(served: Served) -> NoticesForm:
    return NoticesForm(notify=get_notification_choice(served.person.id))


def _describe(details: Mapping[str, str]) -> str:
    name = NOTICE_NAMES[NoticeChoice(details["notify"])]
    return gettext("When mail comes: %(when)s", when=name)


def _gets_mail(served: Served) -> bool:
    return served.account is not None


CHOOSE_NOTICES = DeskAct(
    kind="access-records:notice:choose",
    name=_l("Mail about accesses"),
    describe=_describe,
    form=_form,
    carry_out=notices.choose_at_desk,
    undo=notices.restore_choice,
    is_offered=_gets_mail,
)
