"""The fields of a form: what WTForms has, drawn by our widgets, and a day or a moment typed in parts."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from typing import Any

import wtforms
from flask_babel import get_locale, get_timezone, gettext
from flask_wtf.file import FileField as UploadField
from wtforms.utils import unset_value
from wtforms.validators import Email

from app.platform.forms import widgets
from app.platform.incoming import LARGEST_NUMBER

# Days outside have no midnight in every zone, or are typing mistakes.
FIRST_YEAR, LAST_YEAR = 1800, 2999

Validators = Iterable[Callable[..., None]] | None


HiddenField = wtforms.HiddenField


class Presented:
    """Mixed in before a WTForms field: options of presentation as keyword arguments.

    `width` is the number of characters the box is wide (2, 3, 4, 5, 10, 20, 30); `autocomplete`,
    `inputmode` and `spellcheck` are HTML's; `rows` is the height of a text area.
    """

    def __init__(
        self,
        label: Any = None,
        validators: Validators = None,
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
        super().__init__(label, list(validators or ()), **kwargs)  # type: ignore[call-arg]


class TextField(Presented, wtforms.StringField):
    """One line of text, without the blanks around it."""

    widget = widgets.TextWidget()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was typed, trimmed."""
        if valuelist:
            self.data = str(valuelist[0]).strip()


class EmailField(TextField):
    """An e-mail address; its form is checked."""

    def __init__(self, label: Any = None, validators: Validators = None, **kwargs: Any) -> None:
        options = {"autocomplete": "email", "inputmode": "email", **kwargs}
        super().__init__(label, [*(validators or ()), Email()], **options)


class PasswordField(Presented, wtforms.PasswordField):
    """A password, never trimmed and never sent back."""

    widget = widgets.PasswordWidget()


class TextAreaField(Presented, wtforms.TextAreaField):
    """Several lines of text."""

    widget = widgets.TextAreaWidget()


class SelectField(Presented, wtforms.SelectField):
    """One of many answers, in a list that drops down."""

    widget = widgets.SelectWidget()


class RadioField(Presented, wtforms.RadioField):
    """One of a few answers."""

    widget = widgets.RadioWidget()


class CheckboxField(Presented, wtforms.BooleanField):
    """Yes or no: one box to tick."""

    widget = widgets.CheckboxWidget()


class CheckboxesField(Presented, wtforms.SelectMultipleField):
    """Any of a few answers."""

    widget = widgets.CheckboxesWidget()


class IntegerField(Presented, wtforms.IntegerField):
    """A whole number, typed (no spinning arrows)."""

    widget = widgets.TextWidget()

    def __init__(self, label: Any = None, validators: Validators = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **{"inputmode": "numeric", "width": 5, **kwargs})

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; one that no column could hold is none. Raises ValueError."""
        super().process_formdata(valuelist)
        if self.data is not None and abs(self.data) > LARGEST_NUMBER:
            self.data = None
            raise ValueError(gettext("Enter a whole number, such as 12"))


class FileField(Presented, UploadField):
    """A file to send; the form needs `multipart=true`."""

    widget = widgets.FileWidget()


class SubmitField(Presented, wtforms.SubmitField):
    """The one button of the form."""

    widget = widgets.SubmitWidget()


class DateField(Presented, wtforms.Field):
    """A day, typed as day, month and year; `data` is a date or None."""

    widget = widgets.DatePartsWidget()
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
        """Return part -> text, in the order of the reader's language: what was typed, else the value."""
        shown = self.typed if self.typed is not None else self._write(self.data)
        return {part: shown.get(part, "") for part in self._ordered()}

    def _ordered(self) -> list[str]:
        day_first = str(get_locale()).split("_")[0] == "en"
        days = ["day", "month", "year"] if day_first else ["year", "month", "day"]
        return [*days, *(part for part in self.parts if part == "time")]

    def _read(self, typed: dict[str, str]) -> Any:
        year = int(typed["year"])
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValueError(f"the year {year}")
        return date(year, int(typed["month"]), int(typed["day"]))

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
