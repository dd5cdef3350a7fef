"""Forms of officials and administrators."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.access_records.models import InformationSystem
from app.access_records.queries.systems import list_agencies
from app.access_records.queries.terms import Term, list_categories, list_purposes
from app.access_records.rules import RETENTION_YEARS, Grounds
from app.access_records.services.systems import NewSystem
from app.platform.forms import (
    CheckboxesField,
    CheckboxField,
    EmailField,
    HwabaekForm,
    Length,
    RadioField,
    Required,
    SelectChoice,
    SelectField,
    SubmitField,
    TextAreaField,
    TextField,
)
from app.platform.language import current_language


def term_choices(terms: tuple[Term, ...]) -> list[SelectChoice]:
    """Terms of the data file in the reader's language."""
    text = "text_ko" if current_language() == "ko" else "text"
    return [SelectChoice(str(term["code"]), str(term[text])) for term in terms]


class LookUpForm(HwabaekForm):
    """Whom an official looks up, and why."""

    system = SelectField(_l("Information system"), choices=[])
    claim = TextField(
        _l("Resident registration number"),
        [Required(_l("Enter the number of the person")), Length(max=40)],
        autocomplete="off",
    )
    purpose = SelectField(_l("Purpose"), choices=[])
    legal_basis = TextField(
        _l("Legal basis"),
        [Length(max=300)],
        description=_l("The law and article that let you see the data."),
    )
    case_number = TextField(_l("Case number"), [Length(max=100)], width=20)
    categories = CheckboxesField(_l("Kinds of data"), choices=[], description=_l("Only what the case needs."))
    break_glass = CheckboxField(
        _l("Emergency: there is no case number and no time to get one"),
        description=_l("The person is told at once, and a colleague reviews it."),
    )
    reason = TextAreaField(_l("Reason of the emergency"), [Length(max=1000)], rows=3)
    submit = SubmitField(_l("Record and show"))

    def offer(self, systems: list[InformationSystem], system: InformationSystem) -> None:
        """Fill the lists for one of the official's systems."""
        korean = current_language() == "ko"
        self.system.choices = [SelectChoice(s.code, s.name_ko if korean else s.name) for s in systems]
        held = [choice for choice in term_choices(list_categories()) if choice.value in system.categories]
        allowed = {*system.purposes, "emergency"}
        purposes = [choice for choice in term_choices(list_purposes()) if choice.value in allowed]
        self.purpose.choices = [SelectChoice("", gettext("Choose a purpose")), *purposes]
        self.categories.choices = held

    def as_grounds(self) -> Grounds:
        """What was filled in; the service says what is missing."""
        return Grounds(
            purpose_code=self.purpose.data or "",
            legal_basis=self.legal_basis.data or "",
            case_number=self.case_number.data or "",
            categories=tuple(self.categories.data or ()),
            break_glass=bool(self.break_glass.data),
            reason=self.reason.data or "",
        )


class ReviewForm(HwabaekForm):
    """What a second person found about an emergency look-up."""

    justified = RadioField(
        _l("Was it justified?"),
        [Required(_l("Choose yes or no"))],
        choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
    )
    note = TextAreaField(
        _l("Your finding"), [Required(_l("Write down what you found")), Length(max=1000)], rows=3
    )
    submit = SubmitField(_l("Record the review"))


class SystemForm(HwabaekForm):
    """A system to connect."""

    code = TextField(
        _l("Code"),
        [Required(_l("Enter a code")), Length(max=40)],
        width=20,
        description=_l("Small letters, digits and hyphens."),
    )
    name = TextField(_l("Name in English"), [Required(_l("Enter a name")), Length(max=200)])
    name_ko = TextField(_l("Name in Korean"), [Required(_l("Enter a name")), Length(max=200)])
    agency = SelectField(_l("Agency"), choices=[])
    categories = CheckboxesField(
        _l("Personal data that it holds"), [Required(_l("Choose at least one"))], choices=[]
    )
    purposes = CheckboxesField(
        _l("Purposes for which it may be read"), [Required(_l("Choose at least one"))], choices=[]
    )
    legal_basis = TextField(
        _l("Legal basis in English"), [Required(_l("Name the law and the article")), Length(max=300)]
    )
    legal_basis_ko = TextField(
        _l("Legal basis in Korean"), [Required(_l("Name the law and the article")), Length(max=300)]
    )
    retention = RadioField(_l("Access records are kept for"), [Required(_l("Choose how long"))], choices=[])
    dpo_name = TextField(_l("Data-protection officer"), [Required(_l("Enter a name")), Length(max=100)])
    dpo_email = EmailField(
        _l("Their e-mail address"), [Required(_l("Enter an e-mail address")), Length(max=254)]
    )
    public_key = TextField(
        _l("Public key"),
        [Required(_l("Paste the public key")), Length(max=44)],
        description=_l(
            "The 32 bytes of an Ed25519 key in base64, as “python -m app.client make-key” prints it."
        ),
    )
    submit = SubmitField(_l("Register the system"))

    def offer(self) -> None:
        """Fill the lists."""
        korean = current_language() == "ko"
        self.agency.choices = [
            SelectChoice(str(agency.id), agency.name_ko if korean else agency.name)
            for agency in list_agencies()
        ]
        self.categories.choices = term_choices(list_categories())
        self.purposes.choices = term_choices(list_purposes())
        self.retention.choices = [
            SelectChoice(str(years), gettext("%(years)s years", years=years)) for years in RETENTION_YEARS
        ]

    def as_system(self) -> NewSystem:
        """What was filled in."""
        return NewSystem(
            code=self.code.data or "",
            name=self.name.data or "",
            name_ko=self.name_ko.data or "",
            agency_id=int(self.agency.data),
            categories=self.categories.data or [],
            purposes=self.purposes.data or [],
            legal_basis=self.legal_basis.data or "",
            legal_basis_ko=self.legal_basis_ko.data or "",
            retention_years=int(self.retention.data),
            dpo_name=self.dpo_name.data or "",
            dpo_email=self.dpo_email.data or "",
            public_key=self.public_key.data or "",
        )
