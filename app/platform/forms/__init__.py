"""Forms as every room writes them: GOV.UK Frontend's behaviour, our words, both languages.

A room imports fields, choices and validators from here and draws them with the macros of
templates/components/; what a visitor leaves out is an error message beside the field, never an exception.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import wtforms
from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.i18n import translations as wtforms_translations
from werkzeug.datastructures import MultiDict
from wtforms.fields.choices import SelectChoice as PlainChoice  # type: ignore[attr-defined]
from wtforms.validators import (
    Email,
    EqualTo,
    Length,
    NumberRange,
    Optional,
    Regexp,
    StopValidation,
    ValidationError,
)

from app.platform.forms.fields import (
    CheckboxesField,
    CheckboxField,
    DateField,
    DateTimeField,
    EmailField,
    FileField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SubmitField,
    TextAreaField,
    TextField,
)
from app.platform.incoming import ZERO_BYTE

__all__ = [
    "CheckboxField",
    "CheckboxesField",
    "DateField",
    "DateTimeField",
    "Email",
    "EmailField",
    "EqualTo",
    "FileField",
    "HiddenField",
    "HwabaekForm",
    "IntegerField",
    "Length",
    "NumberRange",
    "Optional",
    "PasswordField",
    "RadioField",
    "Regexp",
    "Required",
    "SelectChoice",
    "SelectField",
    "SubmitField",
    "TextAreaField",
    "TextField",
    "ValidationError",
    "error_links",
]

# What WTForms says by itself, in our words.
REWORDED = {
    "Not a valid choice.": _l("Choose one of the answers given"),
    "'%(value)s' is not a valid choice for this field.": _l("Choose from the answers given"),
    "Not a valid integer value.": _l("Enter a whole number, such as 12"),
    "Invalid email address.": _l("Enter an e-mail address in the right form, such as name@example.com"),
}


# The same for a text that is too long; WTForms counts.
TOO_LONG = "Field cannot be longer than %(max)d character."
TAKEN_OUT = _l(
    "This contained a character that cannot be kept. It is taken out: check the rest and send it again."
)


class FormTranslations:
    """The sentences of WTForms: ours where we have one, else its own translation."""

    def gettext(self, text: str) -> str:
        """Translate one sentence of WTForms for the present reader."""
        return str(REWORDED[text]) if text in REWORDED else wtforms_translations.gettext(text)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """Translate a sentence of WTForms that counts."""
        if singular == TOO_LONG:
            return gettext("Shorten this to %(max)d characters; it has %(length)d now")
        return wtforms_translations.ngettext(singular, plural, count)


class HwabaekForm(FlaskForm):
    """The base of every form: CSRF token on, hints and errors translated.

    A zero byte is taken out before any field sees it, since no database of ours keeps one; the field says so
    and shows the rest, to be sent again.
    """

    unreadable: frozenset[str] = frozenset()

    class Meta(FlaskForm.Meta):
        """Where the sentences of WTForms come from, and what a form is given to read."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Give the form what was sent, without zero bytes. JSON is for programs; no form reads it."""
            if not isinstance(formdata, MultiDict) and request and request.is_json:
                return None
            sent = super().wrap_formdata(form, formdata)
            return sent if sent is None else form.take_out_zero_bytes(sent)

        def get_translations(self, _form: Any) -> FormTranslations:
            """Use our wording of WTForms' sentences."""
            return FormTranslations()

    def take_out_zero_bytes(self, sent: MultiDict[str, Any]) -> MultiDict[str, Any]:
        """Remember which fields have one, and return what was sent without them."""
        self.unreadable = frozenset(
            name for name, value in sent.items(multi=True) if isinstance(value, str) and ZERO_BYTE in value
        )
        if not self.unreadable:
            return sent
        return MultiDict(
            (name, value.replace(ZERO_BYTE, "") if isinstance(value, str) else value)
            for name, value in sent.items(multi=True)
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate each field; one from which something was taken out is shown again first."""
        is_valid = super().validate(extra_validators)
        for field in self:
            # A day is typed in parts, which are named after their field.
            if any(name == field.name or name.startswith(f"{field.name}-") for name in self.unreadable):
                field.errors = [str(TAKEN_OUT), *field.errors]
                is_valid = False
        return bool(is_valid)


class Required:
    """Refuse a field that was left out or left blank, and say what to enter."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __init__(self, message: Any = None) -> None:
        self.message = message

    def __call__(self, _form: wtforms.Form, field: wtforms.Field) -> None:
        """Raise StopValidation unless something other than blanks was sent."""
        # Of a text that is sent twice, the first counts.
        sent = [field.data] if isinstance(field.data, str) else field.raw_data or []
        if any(value.strip() if isinstance(value, str) else value for value in sent):
            return
        field.errors = []
        raise StopValidation(str(self.message or gettext("Fill in this field")))


@dataclass
class SelectChoice(PlainChoice):
    """One answer: value, label and, for radios and checkboxes, a hint below it."""

    hint: Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.hint is not None:
            self.render_kw: dict[str, Any] = {**self.render_kw, "hint": self.hint}


def error_links(form: wtforms.Form) -> list[dict[str, str]]:
    """List {"text", "href"} for the error summary: form-wide errors first, then one for each wrong field."""
    links = [{"text": str(text), "href": ""} for text in form.form_errors]
    for field in form:
        if field.errors:
            hidden = isinstance(field, wtforms.HiddenField)
            href = "" if hidden else f"#{getattr(field, 'error_anchor', field.id)}"
            links.append({"text": str(field.errors[0]), "href": href})
    return links
