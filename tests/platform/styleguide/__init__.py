"""A page of every component, in both languages, for tests and for looking at; not part of the service."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.platform import clock
from app.platform.access import public
from app.platform.forms import (
    CheckboxesField,
    CheckboxField,
    DateField,
    DateTimeField,
    EmailField,
    FileField,
    HwabaekForm,
    IntegerField,
    NumberRange,
    PasswordField,
    RadioField,
    Required,
    SelectChoice,
    SelectField,
    SubmitField,
    TextAreaField,
    TextField,
)
from app.platform.language import current_language

blueprint = Blueprint("styleguide", __name__, template_folder="templates", url_prefix="/styleguide")

DISTRICTS = [
    SelectChoice("east", "Eastgate", hint="From the stream to the old wall"),
    SelectChoice("river", "Riverside 강변동"),
]


class EverythingForm(HwabaekForm):
    """One field of every kind."""

    name = TextField(
        "Name", [Required("Enter your name")], description="As on your card", autocomplete="name"
    )
    email = EmailField("E-mail address", [Required("Enter your e-mail address")])
    password = PasswordField("Password", [Required("Enter your password")], autocomplete="current-password")
    reason = TextAreaField("Reason 이유", [Required("Say why")], rows=4)
    seats = IntegerField("Seats", [Required("Enter the number of seats"), NumberRange(1, 9)])
    district = SelectField("District", choices=DISTRICTS)
    home = RadioField("Where do you live? 어디에 사세요?", [Required()], choices=DISTRICTS)
    topics = CheckboxesField("Topics", choices=DISTRICTS)
    agree = CheckboxField("I have read the rules", [Required("Tick the box")])
    roll = FileField("Voter roll", [Required("Choose a file")])
    day = DateField("Day of the meeting", [Required("Enter the day of the meeting")])
    closes_at = DateTimeField(
        "Voting closes", [Required("Enter when voting closes")], description="For example 27 11 2026, 18:00"
    )
    submit = SubmitField("Save and go on")


def t(english: str, korean: str) -> str:
    """Choose the sample text of the present language."""
    return korean if current_language() == "ko" else english


@blueprint.get("/")
@public
def components() -> str:
    """Every component that is not a field."""
    return render_template("styleguide/components.html", t=t, now=clock.now(), hour=timedelta(hours=1))


@blueprint.route("/form", methods=["GET", "POST"])
@public
def form() -> str | Response:
    """Every field; an empty POST shows every error."""
    everything = EverythingForm(closes_at=datetime(2026, 11, 27, 9, tzinfo=UTC))
    if everything.validate_on_submit():
        flash(str(everything.closes_at.data), "done")
        return redirect(url_for("styleguide.form"))
    return render_template("styleguide/form.html", form=everything)


@blueprint.get("/empty")
@public
def empty() -> str:
    """A page with nothing to show yet."""
    return render_template("styleguide/empty.html", t=t)


@blueprint.get("/progress")
@public
def progress() -> str:
    """A page that waits."""
    return render_template(
        "styleguide/progress.html",
        done_count=214,
        total_count=300,
        progress_text=t("214 of 300 ballots checked", "투표지 300장 중 214장을 확인했어요"),
    )
