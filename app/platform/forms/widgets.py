"""GOV.UK's widgets, given our translated words. The one importer of govuk_frontend_wtf."""

from collections.abc import Iterator
from typing import Any

import wtforms
from flask import current_app
from flask_babel import gettext
from govuk_frontend_wtf import wtforms_widgets as govuk
from markupsafe import Markup


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
    """Day, month and year in boxes of their own, in the order of the reader's language, then the time."""

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
