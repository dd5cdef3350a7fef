"""The form of the oversight body."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.platform.forms import FileField, HwabaekForm, Required, SubmitField

LONGEST_STATEMENT = 8_000


class StatementForm(HwabaekForm):
    """A statement, signed away from here."""

    document = FileField(
        _l("Signed statement"),
        [Required(_l("Choose the file with the signed statement"))],
        description=_l("The file that the command wrote. Never the key."),
    )
    submit = SubmitField(_l("Publish the statement"))
    text = ""

    def validate_document(self, field: Any) -> None:
        """What is no text is no statement either; the service says so."""
        raw = field.data.read(LONGEST_STATEMENT) if field.data else b""
        self.text = raw.decode("utf-8", "replace")
