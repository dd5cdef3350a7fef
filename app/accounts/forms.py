"""Forms of accounts."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.accounts import queries
from app.accounts.policy import Role
from app.accounts.rules import PASSWORD_MAXIMUM
from app.platform.forms import (
    Email,
    EmailField,
    HiddenField,
    HwabaekForm,
    Length,
    PasswordField,
    RadioField,
    Required,
    SelectChoice,
    SelectField,
    SubmitField,
    TextField,
)
from app.platform.language import LANGUAGES, current_language
from app.platform.navigation import LANGUAGE_NAMES

PASSWORD_HINT = _l("At least 8 characters. A few random words do well.")
ROLE_NAMES = {
    Role.CITIZEN: _l("Citizen"),
    Role.ELECTION_OFFICIAL: _l("Election official"),
    Role.TRUSTEE: _l("Trustee"),
    Role.ADMINISTRATOR: _l("Administrator"),
}


class SignInForm(HwabaekForm):
    """Address and password."""

    email = EmailField(_l("E-mail address"), [Required(_l("Enter your e-mail address")), Length(max=254)])
    password = PasswordField(
        _l("Password"),
        [Required(_l("Enter your password")), Length(max=PASSWORD_MAXIMUM)],
        autocomplete="current-password",
    )
    next = HiddenField()
    submit = SubmitField(_l("Sign in"))


class RegistrationForm(HwabaekForm):
    """What a new account needs."""

    email = EmailField(
        _l("E-mail address"),
        [
            Required(_l("Enter your e-mail address")),
            Email(_l("Enter a full address, such as name@example.org")),
        ],
        description=_l("We send a link to it, to make sure that it is yours."),
    )
    display_name = TextField(
        _l("Name"),
        [Required(_l("Enter your name")), Length(max=100)],
        description=_l("As you want to be addressed."),
    )
    district = SelectField(_l("District"), choices=[], description=_l("Where you live, if you live here."))
    password = PasswordField(
        _l("Password"),
        [Required(_l("Enter a password"))],
        description=PASSWORD_HINT,
        autocomplete="new-password",
    )
    submit = SubmitField(_l("Create an account"))

    def offer_districts(self) -> None:
        """Fill the list of districts in the reader's language."""
        korean = current_language() == "ko"
        names = [(row.code, row.name_ko if korean else row.name) for row in queries.list_districts()]
        self.district.choices = [
            SelectChoice("", gettext("I live elsewhere")),
            *(SelectChoice(code, name) for code, name in names),
        ]


class ResetRequestForm(HwabaekForm):
    """The address that gets a link for a new password."""

    email = EmailField(_l("E-mail address"), [Required(_l("Enter your e-mail address")), Length(max=254)])
    submit = SubmitField(_l("Send the link"))


class NewPasswordForm(HwabaekForm):
    """A new password."""

    password = PasswordField(
        _l("New password"),
        [Required(_l("Enter a password"))],
        description=PASSWORD_HINT,
        autocomplete="new-password",
    )
    submit = SubmitField(_l("Set the new password"))


class ConfirmForm(HwabaekForm):
    """A button."""

    submit = SubmitField(_l("Confirm my address"))


class LanguageForm(HwabaekForm):
    """The language that pages and mail are written in."""

    language = RadioField(
        _l("Language"), choices=[SelectChoice(code, LANGUAGE_NAMES[code]) for code in LANGUAGES]
    )
    submit = SubmitField(_l("Save"))


class RoleForm(HwabaekForm):
    """A role to give or to take; drawn as one button each."""

    role = SelectField(choices=[SelectChoice(role.value, ROLE_NAMES[role]) for role in Role])
    act = SelectField(choices=[SelectChoice("grant", ""), SelectChoice("revoke", "")])


class VerifyForm(HwabaekForm):
    """The district of a person who has shown who they are."""

    district = SelectField(_l("District"), choices=[], validate_choice=False)
