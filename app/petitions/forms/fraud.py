"""Blocks, invalidations, objections."""

from flask import request
from flask_babel import lazy_gettext as _l

from app.accounts.queries import list_districts
from app.petitions.queries.fraud_words import name_level
from app.petitions.rules.fraud import BlockKind, Criteria
from app.petitions.rules.reasons import INVALIDATIONS
from app.petitions.rules.signing import Level
from app.platform.forms import (
    DateField,
    HiddenField,
    HwabaekForm,
    Length,
    Optional,
    RadioField,
    Regexp,
    Required,
    SelectChoice,
    SelectField,
    SubmitField,
    TextAreaField,
    TextField,
)
from app.platform.language import current_language

LONGEST_TEXT = 2_000


class BlockForm(HwabaekForm):
    """One thing to block."""

    kind = RadioField(
        _l("What do you want to block?"),
        [Required(_l("Choose what to block"))],
        choices=[
            SelectChoice(BlockKind.DOMAIN.value, _l("A mail domain"), hint=_l("With everything below it.")),
            SelectChoice(BlockKind.ADDRESS.value, _l("One e-mail address")),
            SelectChoice(
                BlockKind.NETWORK.value, _l("A network"), hint=_l("An IP address stands for its network.")
            ),
        ],
    )
    subject = TextField(
        _l("Which one?"),
        [Required(_l("Enter a domain, an address or a network")), Length(max=254)],
        description=_l("For example throwaway.example, somebody@example.org or 203.0.113.0/24"),
    )
    reason = TextField(
        _l("Why?"),
        [Required(_l("Write the reason")), Length(max=300)],
        description=_l("Everybody will read this, and it stays in the ledger."),
    )
    submit = SubmitField(_l("Block"))


class InvalidationForm(HwabaekForm):
    """Which signatures, and why; `count` tries it, `propose` hands it to a colleague."""

    domain = TextField(
        _l("Mail domain"), [Optional(), Length(max=253)], description=_l("Unverified signers only.")
    )
    network = HiddenField(validators=[Optional(), Regexp(r"^[0-9a-f]{32}$")])
    district = SelectField(_l("District"), [Optional()])
    level = SelectField(_l("How the signer is known"), [Optional()])
    postcode = TextField(_l("Postcode"), [Optional(), Length(max=10)])
    from_day = DateField(_l("From this day on"), [Optional()])
    to_day = DateField(_l("Until this day"), [Optional()])
    reason = RadioField(_l("Reason"), [Required(_l("Choose the reason"))], choices=[])
    note = TextAreaField(
        _l("What have you found?"),
        [Required(_l("Write what you found")), Length(max=LONGEST_TEXT)],
        description=_l("Your colleague reads it before confirming. It is not public."),
    )

    @classmethod
    def prefilled(cls) -> "InvalidationForm":
        """The form, with what an alert's link carries."""
        form = cls(data={name: request.args.get(name) for name in ("domain", "network")})
        form.offer()
        return form

    def is_final(self) -> bool:
        """Whether it is to be proposed, not only counted."""
        return request.form.get("act") == "propose"

    def offer(self) -> None:
        """Fill the lists to choose from."""
        everything, korean = SelectChoice("", _l("Any")), current_language() == "ko"
        self.district.choices = [
            everything,
            *(SelectChoice(d.code, d.name_ko if korean else d.name) for d in list_districts()),
        ]
        self.level.choices = [everything, *(SelectChoice(level.value, name_level(level)) for level in Level)]
        self.reason.choices = [SelectChoice(reason.code, reason.text) for reason in INVALIDATIONS.values()]

    def as_criteria(self) -> Criteria:
        """What was filled in."""
        return Criteria(
            domain=(self.domain.data or "").strip().lower().lstrip("@"),
            network=self.network.data or "",
            district=self.district.data or "",
            level=self.level.data or "",
            postcode=(self.postcode.data or "").strip(),
            from_day=self.from_day.data,
            to_day=self.to_day.data,
        )


class UndoForm(HwabaekForm):
    """Why an invalidation was wrong."""

    note = TextAreaField(
        _l("Why should these signatures count again?"),
        [Required(_l("Write the reason")), Length(max=LONGEST_TEXT)],
    )
    submit = SubmitField(_l("Propose to undo it"))


class ObjectionForm(HwabaekForm):
    """What a signer says."""

    text = TextAreaField(
        _l("Why should your signature count?"),
        [Required(_l("Write why it should count")), Length(max=LONGEST_TEXT)],
        description=_l("Moderators read it, without your name."),
    )
    submit = SubmitField(_l("Object"))
