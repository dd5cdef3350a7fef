"""Forms of officials and administrators."""

from dataclasses import replace
from datetime import UTC, datetime, time

from flask import request
from flask_babel import gettext, to_utc
from flask_babel import lazy_gettext as _l

from app.access_records.models import InformationSystem
from app.access_records.queries.systems import list_agencies
from app.access_records.queries.terms import Term, list_categories, list_purposes
from app.access_records.rules import RETENTION_YEARS, Grounds, SealGround, SealTerms
from app.access_records.services.systems import NewSystem
from app.platform.forms import (
    CheckboxesField,
    CheckboxField,
    DateField,
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


class GroundsForm(HwabaekForm):
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
    # Purposes beside those of the system.
    also: tuple[str, ...] = ()

    def offer(self, systems: list[InformationSystem], system: InformationSystem) -> None:
        """Fill the lists for one of the official's systems."""
        korean = current_language() == "ko"
        self.system.choices = [SelectChoice(s.code, s.name_ko if korean else s.name) for s in systems]
        held = [choice for choice in term_choices(list_categories()) if choice.value in system.categories]
        allowed = {*system.purposes, *self.also}
        purposes = [choice for choice in term_choices(list_purposes()) if choice.value in allowed]
        self.purpose.choices = [SelectChoice("", gettext("Choose a purpose")), *purposes]
        self.categories.choices = held

    def choose(self, systems: list[InformationSystem]) -> None:
        """Offer the chosen system's lists; without scripts, `?system=` changes it."""
        code = self.system.data or request.args.get("system", "")
        chosen = next((system for system in systems if system.code == code), systems[0] if systems else None)
        if chosen is None:
            self.system.choices, self.purpose.choices, self.categories.choices = [], [], []
            return
        self.offer(systems, chosen)
        if request.method == "GET":
            self.system.data = chosen.code
            named = chosen.legal_basis_ko if current_language() == "ko" else ""
            self.legal_basis.data = self.legal_basis.data or named or chosen.legal_basis

    def as_grounds(self) -> Grounds:
        """What was filled in; the service says what is missing."""
        return Grounds(
            purpose_code=self.purpose.data or "",
            legal_basis=self.legal_basis.data or "",
            case_number=self.case_number.data or "",
            categories=tuple(self.categories.data or ()),
        )


class LookUpForm(GroundsForm):
    """A look-up that the person sees."""

    also = ("emergency",)
    break_glass = CheckboxField(
        _l("Emergency: there is no case number and no time to get one"),
        description=_l("The person is told at once, and a colleague reviews it."),
    )
    reason = TextAreaField(_l("Reason of the emergency"), [Length(max=1000)], rows=3)
    submit = SubmitField(_l("Record and show"))

    def as_grounds(self) -> Grounds:
        """What was filled in, an emergency too."""
        return replace(
            super().as_grounds(), break_glass=bool(self.break_glass.data), reason=self.reason.data or ""
        )


class SealForm(GroundsForm):
    """A look-up that the person does not see before a day that is fixed now."""

    ground_kind = RadioField(
        _l("What allows the seal?"),
        [Required(_l("Choose what allows the seal"))],
        choices=[
            SelectChoice(SealGround.COURT_ORDER.value, _l("A court order")),
            SelectChoice(SealGround.STATUTE.value, _l("A law that forbids telling the person")),
        ],
    )
    ground = TextField(
        _l("Which one?"),
        [Length(max=300)],
        description=_l("The court and the number of its order, or the law and the article."),
    )
    expires_on = DateField(
        _l("Day on which it opens by itself"),
        description=_l("Within two years for a court order, within one for a law."),
    )
    submit = SubmitField(_l("Seal and show"))

    def as_terms(self) -> SealTerms:
        """What was filled in; the access opens as that day begins."""
        day, kind = self.expires_on.data, self.ground_kind.data
        opens = None if day is None else to_utc(datetime.combine(day, time())).replace(tzinfo=UTC)
        return SealTerms(SealGround(kind) if kind else None, self.ground.data or "", opens)


class OpeningForm(HwabaekForm):
    """An order of the oversight body to open a sealed access."""

    reason = TextAreaField(_l("Reason"), [Required(_l("Give the reason")), Length(max=1000)], rows=3)
    submit = SubmitField(_l("Open it now"))


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
