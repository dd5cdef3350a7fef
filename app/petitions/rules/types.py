"""A petition type, read from JSON: who may start and sign, what is needed, what a count leads to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.platform.deadlines import Rule, Term, Unit

# A petition keeps the type's rules as they were when it was started, so its clocks never change under it.
_FIRST_DAY = date(2000, 1, 1)


class TypeInvalid(Exception):
    """A petition type's data cannot be used; the message names the field."""


class ObligationKind(StrEnum):
    """What an agency can owe a petition."""

    RESPONSE = "response"
    DEBATE = "debate"
    COMMITTEE = "committee"


@dataclass(frozen=True)
class Span:
    """A length of time in the unit that the deadline engine counts."""

    count: int
    unit: Unit
    extensions: int = 0
    longest_extension: int = 0

    def rule(self, code: str, source: str) -> Rule:
        """The clock of this length, for the deadline engine."""
        term = Term(
            in_force_on=_FIRST_DAY,
            count=self.count,
            unit=self.unit,
            source=source,
            maximum_extensions=self.extensions,
            maximum_extension=self.longest_extension,
            transfer_restarts=False,
        )
        return Rule(code, (term,))


@dataclass(frozen=True)
class Admission:
    """Who may do something: verification level, age, districts (none named: all of them)."""

    level: int
    minimum_age: int
    districts: tuple[str, ...]
    by_email: bool = False
    on_paper: bool = False


@dataclass(frozen=True)
class Threshold:
    """A count that makes somebody owe something."""

    count: int
    owes: ObligationKind


@dataclass(frozen=True)
class PetitionRules:
    """A type's data, read and checked."""

    code: str
    name: Mapping[str, str]
    about: Mapping[str, str]
    start: Admission
    sign: Admission
    sponsors_needed: int
    sponsors_maximum: int
    sponsoring: Span
    moderation: Span
    open: Span
    thresholds: tuple[Threshold, ...]
    clocks: Mapping[ObligationKind, Span]


def parse_rules(data: Mapping[str, Any]) -> PetitionRules:
    """Read a type's JSON. Raises TypeInvalid naming what is missing or impossible."""
    try:
        rules = _parse(data)
    except KeyError as problem:
        raise TypeInvalid(f"{problem.args[0]} is missing") from problem
    except (TypeError, ValueError, AttributeError) as problem:
        raise TypeInvalid(str(problem)) from problem
    for threshold in rules.thresholds:
        if threshold.owes not in rules.clocks:
            raise TypeInvalid(f"clocks: {threshold.owes} has no term")
    counts = [threshold.count for threshold in rules.thresholds]
    if counts != sorted(set(counts)) or any(count < 1 for count in counts):
        raise TypeInvalid("thresholds: counts must rise")
    if rules.sponsors_maximum < rules.sponsors_needed:
        raise TypeInvalid("sponsors: maximum is below needed")
    return rules


def _parse(data: Mapping[str, Any]) -> PetitionRules:
    sponsors = data["sponsors"]
    return PetitionRules(
        code=str(data["code"]),
        name={language: data["name"][language] for language in ("en", "ko")},
        about={language: data["about"][language] for language in ("en", "ko")},
        start=_admission(data["start"]),
        sign=_admission(data["sign"]),
        sponsors_needed=int(sponsors["needed"]),
        sponsors_maximum=int(sponsors["maximum"]),
        sponsoring=_span(sponsors["term"]),
        moderation=_span(data["moderation"]),
        open=_span(data["open"]),
        thresholds=tuple(Threshold(int(t["count"]), ObligationKind(t["owes"])) for t in data["thresholds"]),
        clocks={ObligationKind(kind): _span(span) for kind, span in data["clocks"].items()},
    )


def _admission(data: Mapping[str, Any]) -> Admission:
    level = int(data["level"])
    if level not in (1, 2):
        raise TypeInvalid("level must be 1 or 2")
    by_email, on_paper = bool(data.get("by_email", False)), bool(data.get("on_paper", False))
    if level == 2 and by_email:
        raise TypeInvalid("who signs by e-mail is no verified person: level must be 1")
    return Admission(level, int(data["minimum_age"]), tuple(data["districts"]), by_email, on_paper)


def _span(data: Mapping[str, Any]) -> Span:
    span = Span(
        int(data["count"]),
        Unit(data["unit"]),
        int(data.get("extensions", 0)),
        int(data.get("longest_extension", 0)),
    )
    if span.count < 1:
        raise TypeInvalid("a term has at least one day")
    return span
