"""Forms as every room writes them: GOV.UK Frontend's behaviour, our words, both languages.

The one importer of govuk_frontend_wtf. A room imports fields, choices and validators from here and draws them
with the macros of templates/components/; what a visitor leaves out is an error message beside the field, never
an exception.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import wtforms
from flask import current_app
from flask_babel import get_locale, get_timezone, gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField as UploadField
from flask_wtf.i18n import translations as wtforms_translations
from govuk_frontend_wtf import wtforms_widgets as govuk
from markupsafe import Markup
from wtforms.fields.choices import SelectChoice as PlainChoice
from wtforms.utils import unset_value
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

__all__ = [
    "CheckboxField", "CheckboxesField", "DateField", "DateTimeField", "Email", "EmailField", "EqualTo", "FileField",
    "HiddenField", "HwabaekForm", "IntegerField", "Length", "NumberRange", "Optional", "PasswordField", "RadioField",
    "Regexp", "Required", "SelectChoice", "SelectField", "SubmitField", "TextAreaField", "TextField",
    "ValidationError", "error_links",
]  # fmt: skip

HiddenField = wtforms.HiddenField

# What WTForms says by itself, in our words.
REWORDED = {
    "Not a valid choice.": _l("Choose one of the answers given"),
    "'%(value)s' is not a valid choice for this field.": _l("Choose from the answers given"),
    "Not a valid integer value.": _l("Enter a whole number, such as 12"),
    "Invalid email address.": _l("Enter an e-mail address in the right form, such as name@example.com"),
}


class FormTranslations:
    """The sentences of WTForms: ours where we have one, else its own translation."""

    def gettext(self, text: str) -> str:
        """Translate one sentence of WTForms for the present reader."""
        return str(REWORDED[text]) if text in REWORDED else wtforms_translations.gettext(text)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """Translate a sentence of WTForms that counts."""
        return wtforms_translations.ngettext(singular, plural, count)


class HwabaekForm(FlaskForm):
    """The base of every form: CSRF token on, hints and errors translated."""

    class Meta(FlaskForm.Meta):
        """Where the sentences of WTForms come from."""

        def get_translations(self, _form: Any) -> FormTranslations:
            """Use our wording of WTForms' sentences."""
            return FormTranslations()


def error_links(form: wtforms.Form) -> list[dict[str, str]]:
    """List {"text", "href"} for the error summary: form-wide errors first, then one for each wrong field."""
    links = [{"text": str(text), "href": ""} for text in form.form_errors]
    for field in form:
        if field.errors:
            hidden = isinstance(field, HiddenField)
            href = "" if hidden else f"#{getattr(field, 'error_anchor', field.id)}"
            links.append({"text": str(field.errors[0]), "href": href})
    return links


class Required:
    """Refuse a field that was left out or left blank, and say what to enter."""

    field_flags = {"required": True}

    def __init__(self, message: Any = None) -> None:
        self.message = message

    def __call__(self, _form: wtforms.Form, field: wtforms.Field) -> None:
        """Raise StopValidation unless something other than blanks was sent."""
        sent = field.raw_data or []
        if any(value.strip() if isinstance(value, str) else value for value in sent):
            return
        field.errors = []
        raise StopValidation(str(self.message or gettext("Fill in this field")))


@dataclass
class SelectChoice(PlainChoice):
    """One answer of a select, radio or checkbox field: value, label and, for the latter two, a hint below it."""

    hint: Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.hint is not None:
            self.render_kw = {**self.render_kw, "hint": self.hint}


# Widgets: GOV.UK's, given our translated words.


class TranslatedWidget:
    """Mixed in before a GOV.UK widget: plain strings, translated "Error:", the field's own options."""

    template: str
    label_part = "label"

    def map_gov_params(self, field: wtforms.Field, **kwargs: Any) -> dict[str, Any]:
        """Complete the macro's parameters: words as plain text, the label in bold, our options merged in."""
        params: dict[str, Any] = super().map_gov_params(field, **kwargs)  # type: ignore[misc]
        params["hint"] = {"text": str(field.description)} if field.description else None
        self._name(params, str(field.label.text))
        if field.errors:
            params["errorMessage"] = {"text": str(field.errors[0]), "visuallyHiddenText": gettext("Error")}
        params.update(getattr(field, "presentation", {}))
        return params

    def _name(self, params: dict[str, Any], text: str) -> None:
        params["label"] = {"text": text, "classes": "govuk-label--s"}

    def render(self, params: dict[str, Any]) -> Markup:
        """Draw the macro without running the context processors once for each field."""
        return Markup(current_app.jinja_env.get_template(self.template).render(params=params))  # noqa: S704


class GroupWidget(TranslatedWidget):
    """A widget of several controls: its name is the legend around them."""

    def _name(self, params: dict[str, Any], text: str) -> None:
        params["fieldset"] = {"legend": {"text": text, "classes": "govuk-fieldset__legend--s"}}


class ChoicesWidget(GroupWidget):
    """Radios or checkboxes, each with its hint."""

    def map_gov_params(self, field: wtforms.Field, **kwargs: Any) -> dict[str, Any]:
        """Build the items from the field's choices, so that hints and lazy labels survive."""
        params = super().map_gov_params(field, **kwargs)
        params["items"] = [
            {
                "text": str(choice.label),
                "value": choice.value,
                "checked": choice.selected,
                "hint": {"text": str(choice.render_kw["hint"])} if "hint" in choice.render_kw else None,
            }
            for choice in field.iter_choices()  # type: ignore[attr-defined]
        ]
        return params


class TextWidget(TranslatedWidget, govuk.GovTextInput):
    """One line of text."""


class PasswordWidget(TranslatedWidget, govuk.GovPasswordInput):
    """A password, with a translated "Show" button when scripts run."""

    def map_gov_params(self, field: wtforms.Field, **kwargs: Any) -> dict[str, Any]:
        """Translate the words of the button."""
        words = {
            "showPasswordText": gettext("Show"),
            "hidePasswordText": gettext("Hide"),
            "showPasswordAriaLabelText": gettext("Show password"),
            "hidePasswordAriaLabelText": gettext("Hide password"),
            "passwordShownAnnouncementText": gettext("Your password is visible"),
            "passwordHiddenAnnouncementText": gettext("Your password is hidden"),
        }
        return {**super().map_gov_params(field, **kwargs), **words}


class TextAreaWidget(TranslatedWidget, govuk.GovTextArea):
    """Several lines of text."""


class SelectWidget(TranslatedWidget, govuk.GovSelect):
    """A list that drops down."""

    def map_gov_params(self, field: wtforms.Field, **kwargs: Any) -> dict[str, Any]:
        """Turn lazy labels into text."""
        params = super().map_gov_params(field, **kwargs)
        params["items"] = [{**item, "text": str(item["text"])} for item in params["items"]]
        return params


class RadioWidget(ChoicesWidget, govuk.GovRadioInput):
    """One of several answers."""


class CheckboxesWidget(ChoicesWidget, govuk.GovCheckboxesInput):
    """Any of several answers."""


class CheckboxWidget(TranslatedWidget, govuk.GovCheckboxInput):
    """One box to tick; its label stands beside it."""

    def _name(self, params: dict[str, Any], text: str) -> None:
        params["items"][0]["text"] = text


class FileWidget(TranslatedWidget, govuk.GovFileInput):
    """A file to send."""


class SubmitWidget(TranslatedWidget, govuk.GovSubmitInput):
    """The button of the form."""

    def map_gov_params(self, field: wtforms.Field, **kwargs: Any) -> dict[str, Any]:
        """Write the label on the button, and let a second click within a second do nothing."""
        text = str(field.label.text)
        params = super().map_gov_params(field, **kwargs)
        return {**params, "text": text, "value": None, "type": "submit", "preventDoubleClick": True}


class DatePartsWidget(GroupWidget, govuk.GovFormBase):
    """Day, month and year in boxes of their own, in the order of the reader's language, then the time if any."""

    template = "govuk_frontend_wtf/date.html"

    def __call__(self, field: wtforms.Field, **kwargs: Any) -> Markup:
        """Draw the boxes with what was typed, right or wrong."""
        kwargs.setdefault("id", field.id)
        kwargs.pop("required", None)
        return super().__call__(field, **kwargs)

    def map_gov_params(self, field: wtforms.Field, **kwargs: Any) -> dict[str, Any]:
        """Give each box its translated label, its value and its share of the error."""
        params = super().map_gov_params(field, **kwargs)
        labels = {
            "day": gettext("Day"),
            "month": gettext("Month"),
            "year": gettext("Year"),
            "time": gettext("Time"),
        }
        params["items"] = [
            {
                "label": labels[part],
                "id": f"{field.id}-{part}",
                "name": f"{field.name}-{part}",
                "value": value,
                "inputmode": "text" if part == "time" else "numeric",
                "classes": " ".join(_part_classes(part, bool(field.errors))),
            }
            for part, value in field.shown_parts().items()  # type: ignore[attr-defined]
        ]
        return params


def _part_classes(part: str, has_error: bool) -> Iterator[str]:
    yield "govuk-input--width-2" if part in ("day", "month") else "govuk-input--width-4"
    if has_error:
        yield "govuk-input--error"


# Fields.


class Presented:
    """Mixed in before a WTForms field: options of presentation as keyword arguments.

    `width` is the number of characters the box is wide (2, 3, 4, 5, 10, 20, 30); `autocomplete` and `inputmode`
    are HTML's; `rows` is the height of a text area.
    """

    def __init__(
        self,
        label: Any = None,
        validators: Iterable[Callable[..., None]] | None = None,
        *,
        width: int | None = None,
        rows: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.presentation: dict[str, Any] = {
            name: kwargs.pop(name) for name in ("autocomplete", "inputmode", "spellcheck") if name in kwargs
        }
        if width is not None:
            self.presentation["classes"] = f"govuk-input--width-{width}"
        if rows is not None:
            self.presentation["rows"] = rows
        super().__init__(label, list(validators or ()), **kwargs)


class TextField(Presented, wtforms.StringField):
    """One line of text, without the blanks around it."""

    widget = TextWidget()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was typed, trimmed."""
        if valuelist:
            self.data = str(valuelist[0]).strip()


class EmailField(TextField):
    """An e-mail address; its form is checked."""

    def __init__(
        self, label: Any = None, validators: Iterable[Callable[..., None]] | None = None, **kwargs: Any
    ) -> None:
        options = {"autocomplete": "email", "inputmode": "email", **kwargs}
        super().__init__(label, [*(validators or ()), Email()], **options)


class PasswordField(Presented, wtforms.PasswordField):
    """A password, never trimmed and never sent back."""

    widget = PasswordWidget()


class TextAreaField(Presented, wtforms.TextAreaField):
    """Several lines of text."""

    widget = TextAreaWidget()


class SelectField(Presented, wtforms.SelectField):
    """One of many answers, in a list that drops down."""

    widget = SelectWidget()


class RadioField(Presented, wtforms.RadioField):
    """One of a few answers."""

    widget = RadioWidget()


class CheckboxField(Presented, wtforms.BooleanField):
    """Yes or no: one box to tick."""

    widget = CheckboxWidget()


class CheckboxesField(Presented, wtforms.SelectMultipleField):
    """Any of a few answers."""

    widget = CheckboxesWidget()


class IntegerField(Presented, wtforms.IntegerField):
    """A whole number, typed (no spinning arrows)."""

    widget = TextWidget()

    def __init__(
        self, label: Any = None, validators: Iterable[Callable[..., None]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **{"inputmode": "numeric", "width": 5, **kwargs})


class FileField(Presented, UploadField):
    """A file to send; the form needs `multipart=true`."""

    widget = FileWidget()


class SubmitField(Presented, wtforms.SubmitField):
    """The one button of the form."""

    widget = SubmitWidget()


class DateField(Presented, wtforms.Field):
    """A day, typed as day, month and year; `data` is a date or None."""

    widget = DatePartsWidget()
    parts: tuple[str, ...] = ("day", "month", "year")
    typed: dict[str, str] | None = None

    @property
    def error_anchor(self) -> str:
        """The id of the first box: where the error summary leads."""
        return f"{self.id}-{next(iter(self._ordered()))}"

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Read the boxes; parts that were left out count as blank."""
        super().process(None, data, extra_filters)
        if not formdata:
            return
        self.typed = {part: (formdata.get(f"{self.name}-{part}") or "").strip() for part in self.parts}
        self.raw_data = [text for text in self.typed.values() if text]
        self.data = None
        if self.raw_data:
            try:
                self.data = self._read(self.typed)
            except (ValueError, OverflowError):
                self.process_errors = [*self.process_errors, self._advice()]

    def shown_parts(self) -> dict[str, str]:
        """Return part -> text in the order of the reader's language: what was typed, else the present value."""
        shown = self.typed if self.typed is not None else self._write(self.data)
        return {part: shown.get(part, "") for part in self._ordered()}

    def _ordered(self) -> list[str]:
        day_first = str(get_locale()).split("_")[0] == "en"
        days = ["day", "month", "year"] if day_first else ["year", "month", "day"]
        return [*days, *(part for part in self.parts if part == "time")]

    def _read(self, typed: dict[str, str]) -> Any:
        return date(int(typed["year"]), int(typed["month"]), int(typed["day"]))

    def _write(self, value: Any) -> dict[str, str]:
        if value is None:
            return {}
        return {"day": str(value.day), "month": str(value.month), "year": str(value.year)}

    def _advice(self) -> str:
        return gettext("Enter a real date, such as day 27, month 11, year 2026")


class DateTimeField(DateField):
    """A moment, typed in the town's zone; `data` is an aware UTC datetime or None."""

    parts = ("day", "month", "year", "time")

    def _read(self, typed: dict[str, str]) -> datetime:
        local = datetime.combine(super()._read(typed), time.fromisoformat(typed["time"]))
        zone: Any = get_timezone()
        aware = zone.localize(local) if hasattr(zone, "localize") else local.replace(tzinfo=zone)
        return aware.astimezone(UTC)

    def _write(self, value: datetime | None) -> dict[str, str]:
        if value is None:
            return {}
        local = value.astimezone(get_timezone())
        return {**super()._write(local), "time": f"{local:%H:%M}"}

    def _advice(self) -> str:
        return gettext("Enter a real date and time, such as day 27, month 11, year 2026, time 18:00")
