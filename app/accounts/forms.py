"""Forms of accounts."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.accounts import queries
from app.accounts.policy import Role
from app.accounts.rules import PASSWORD_MAXIMUM
from app.accounts.rules.birth_year import BirthYearImpossible, is_birth_year
from app.platform import clock
from app.platform.forms import (
    CheckboxField,
    Email,
    EmailField,
    HiddenField,
    HwabaekForm,
    IntegerField,
    Length,
    Optional,
    PasswordField,
    RadioField,
    Required,
    SelectChoice,
    SelectField,
    SubmitField,
    TextField,
    ValidationError,
)
from app.platform.language import LANGUAGES, current_language
from app.platform.navigation import LANGUAGE_NAMES

PASSWORD_HINT = _l("At least 8 characters. A few random words do well.")
ROLE_NAMES = {
    Role.CITIZEN: _l("Citizen"),
    Role.ELECTION_OFFICIAL: _l("Election official"),
    Role.TRUSTEE: _l("Trustee"),
    Role.AGENCY_OFFICIAL: _l("Agency official"),
    Role.INVESTIGATOR: _l("Investigator"),
    Role.CLERK: _l("Clerk at the desk"),
    Role.INSPECTOR: _l("Inspector"),
    Role.PRIVACY_OFFICER: _l("Privacy officer"),
    Role.OVERSIGHT: _l("Oversight body"),
    Role.MODERATOR: _l("Moderator"),
    Role.AUDITOR: _l("Auditor"),
    Role.ADMINISTRATOR: _l("Administrator"),
}


def district_choices() -> list[SelectChoice]:
    """The districts, in the reader's language."""
    korean = current_language() == "ko"
    return [SelectChoice(row.code, row.name_ko if korean else row.name) for row in queries.list_districts()]


def check_birth_year(_form: HwabaekForm, field: IntegerField) -> None:
    """Refuse a year that nobody was born in, beside the field."""
    today = clock.now().astimezone(clock.TOWN_ZONE).date()
    if field.data is not None and not is_birth_year(field.data, today):
        raise ValidationError(str(BirthYearImpossible.title))


def birth_year_field(**options: Any) -> IntegerField:
    """The year of birth as the card shows it; it may be left out."""
    return IntegerField(
        _l("Year of birth"),
        [Optional(), check_birth_year],
        description=_l("Four digits, for petitions with a minimum age. The day is not kept."),
        autocomplete="off",
        **options,
    )


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
        self.district.choices = [SelectChoice("", gettext("I live elsewhere")), *district_choices()]


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


class CodeForm(HwabaekForm):
    """A code of the second factor."""

    code = TextField(
        _l("Code"),
        [Required(_l("Enter the code")), Length(max=40)],
        description=_l("Six digits from your authenticator, or one of your recovery codes."),
        autocomplete="one-time-code",
    )
    submit = SubmitField(_l("Go on"))


class NewFactorForm(HwabaekForm):
    """The first code of a new authenticator."""

    code = TextField(
        _l("Code"),
        [Required(_l("Enter the code")), Length(max=10)],
        description=_l("The six digits that your authenticator shows now."),
        autocomplete="one-time-code",
    )
    submit = SubmitField(_l("Set up"))


class ProofForm(HwabaekForm):
    """A password or code, before a sensitive act."""

    proof = PasswordField(
        _l("Your password, or a code of your authenticator"),
        [Required(_l("Enter your password or a code")), Length(max=PASSWORD_MAXIMUM)],
        autocomplete="current-password",
    )
    submit = SubmitField(_l("Go on"))


class PasswordChangeForm(HwabaekForm):
    """A new password, by the present one."""

    present = PasswordField(
        _l("Present password"),
        [Required(_l("Enter your password")), Length(max=PASSWORD_MAXIMUM)],
        autocomplete="current-password",
    )
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


class PresentPersonForm(HwabaekForm):
    """Whom a clerk has in front of them, by the identity card."""

    claim = TextField(
        _l("Resident registration number"),
        [Required(_l("Enter the number on the identity card"))],
        description=_l("From the identity card. Only a keyed fingerprint of it is kept."),
        autocomplete="off",
    )
    present = CheckboxField(
        _l("The person is here, and the card shows them"),
        [Required(_l("Go on only with a person who is present"))],
    )


class IdentifyForm(PresentPersonForm):
    """Begin to serve a person at the desk."""

    submit = SubmitField(_l("Serve this person"))


class NewcomerForm(PresentPersonForm):
    """What a clerk takes down from a person who is not registered."""

    display_name = TextField(
        _l("Name"),
        [Required(_l("Enter the person's name")), Length(max=100)],
        description=_l("As the person wants to be addressed."),
        autocomplete="off",
    )
    district = SelectField(_l("District"), choices=[], description=_l("Where the card says they live."))
    language = RadioField(
        _l("Language"),
        [Required(_l("Choose a language"))],
        choices=[SelectChoice(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
    )
    email = EmailField(
        _l("E-mail address, if the person has one"),
        [Optional(), Email(_l("Enter a full address, such as name@example.org"))],
        description=_l(
            "We send a link to it. With the code on the printed receipt it makes the person's own account."
            " Without an address the person comes back to a desk."
        ),
        autocomplete="off",
    )
    birth_year = birth_year_field()
    submit = SubmitField(_l("Register this person"))

    def offer_districts(self) -> None:
        """Fill the list of districts in the reader's language."""
        self.district.choices = [SelectChoice("", gettext("Elsewhere")), *district_choices()]


class AttestationForm(PresentPersonForm):
    """Who holds an account, by the identity card of the person at the desk."""

    email = EmailField(
        _l("E-mail address of the person's account"),
        [Required(_l("Enter the address of the account")), Length(max=254)],
    )
    district = SelectField(_l("District"), choices=[], description=_l("Where the card says they live."))
    birth_year = birth_year_field()
    submit = SubmitField(_l("Attest this person"))

    def offer_districts(self) -> None:
        """Fill the list of districts in the reader's language."""
        self.district.choices = [SelectChoice("", gettext("As given")), *district_choices()]


class CompletionForm(HwabaekForm):
    """What makes an account of a registration at a desk."""

    code = TextField(
        _l("Code on your receipt"),
        [Required(_l("Enter the code on your receipt")), Length(max=20)],
        description=_l("Eight digits, on the paper that the desk gave you."),
        autocomplete="off",
        inputmode="numeric",
    )
    password = PasswordField(
        _l("Password"),
        [Required(_l("Enter a password"))],
        description=PASSWORD_HINT,
        autocomplete="new-password",
    )
    submit = SubmitField(_l("Make my account"))


class DistrictForm(HwabaekForm):
    """Where a person at the desk lives."""

    district = SelectField(_l("District"), choices=[], description=_l("Where the card says they live."))
    submit = SubmitField(_l("Save"))

    def offer_districts(self) -> None:
        """Fill the list of districts in the reader's language."""
        self.district.choices = [SelectChoice("", gettext("Elsewhere")), *district_choices()]


class AccountLinkForm(HwabaekForm):
    """Which account belongs to the person at the desk."""

    email = EmailField(
        _l("E-mail address of the person's account"),
        [Required(_l("Enter the address of the account")), Length(max=254)],
        autocomplete="off",
    )
    birth_year = birth_year_field()
    submit = SubmitField(_l("Attest this person"))


class BirthYearForm(HwabaekForm):
    """The year of birth of the person at the desk."""

    birth_year = IntegerField(
        _l("Year of birth"),
        [Required(_l("Enter the year of birth")), check_birth_year],
        description=_l("Four digits, as they stand on the card. The day is not kept."),
        autocomplete="off",
    )
    submit = SubmitField(_l("Save"))
