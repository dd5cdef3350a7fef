"""Everything public about petitions, for programs: what an outsider compares with the ledger."""

from collections import Counter
from datetime import datetime
from typing import Any

from flask import Response, jsonify, url_for

from app.petitions.models import Petition
from app.petitions.queries import around
from app.petitions.queries.audit import Audit, Key, get_audit, list_public_petitions
from app.petitions.queries.petitions import get_public_petition, list_all_refused
from app.petitions.queries.switches import is_off
from app.petitions.routes.blueprint import blueprint
from app.petitions.routes.public import KEPT, STALE
from app.petitions.rules.life import PetitionState
from app.petitions.rules.switches import Switch
from app.petitions.rules.types import parse_rules
from app.platform.access import public
from app.platform.page_cache import cacheable, remembered
from app.platform.tables import answer_csv, answer_table

CELL_COLUMNS = ("level", "place", "day", "count")
LIST_COLUMNS = (
    *("petition", "address", "type", "state", "reason", "title", "agency"),
    *("opened_at", "closes_on", "closed_at", "archived_at", "public_key", "signed", "counted_at"),
)
REFUSED_COLUMNS = ("petition", "address", "type", "state", "reason", "title", "refused_at")
TRENDING_COLUMNS = ("petition", "title", "address", "since_yesterday", "signed")


@blueprint.get("/petitions/data.json")
@public
@cacheable(KEPT, STALE)
def list_data() -> Response:
    """Every petition that is public."""
    return jsonify(petitions=[_describe(petition) for petition in list_public_petitions()])


@blueprint.get("/petitions/data.csv")
@public
@cacheable(KEPT, STALE)
def list_data_csv() -> Response:
    """The same list as a table."""
    rows = [_describe(petition) for petition in list_public_petitions()]
    return answer_csv(LIST_COLUMNS, rows, "petitions")


@blueprint.get("/petitions/refused.json", defaults={"form": "json"})
@blueprint.get("/petitions/refused.csv", defaults={"form": "csv"})
@public
@cacheable(KEPT, STALE)
def refused_data(form: str) -> Response:
    """Every petition that moderators refused, with the reason."""
    rows = [
        _describe(petition) | {"refused_at": _seconds(petition.moderated_at)}
        for petition in list_all_refused()
    ]
    return answer_table(form, REFUSED_COLUMNS, rows, "refused")


@blueprint.get("/petitions/trending.json", defaults={"form": "json"})
@blueprint.get("/petitions/trending.csv", defaults={"form": "csv"})
@public
@remembered(KEPT, STALE)
def trending(form: str) -> Response:
    """The petitions that most have signed since yesterday."""
    rows = [_describe(item.petition) | {"since_yesterday": item.count} for item in around.list_trending()]
    if form == "csv":
        return answer_csv(TRENDING_COLUMNS, rows, "trending")
    shown = [{column: row[column] for column in TRENDING_COLUMNS} for row in rows]
    return jsonify(switched_off=is_off(Switch.TRENDING), petitions=shown)


@blueprint.get("/petitions/<reference>/data.json")
@public
@cacheable(KEPT, STALE)
def data(reference: str) -> Response:
    """One petition and its count of each level, place and day, as the ledger must have it."""
    petition, audit = get_audit(reference)
    return jsonify({**_describe(petition), **_describe_terms(petition), **_describe_count(audit)})


@blueprint.get("/petitions/<reference>/data.csv")
@public
@cacheable(KEPT, STALE)
def data_csv(reference: str) -> Response:
    """The same count as a table."""
    _, audit = get_audit(reference)
    return answer_csv(CELL_COLUMNS, _list_cells(audit.cells), f"petition-{reference}")


@blueprint.get("/petitions/<reference>/days.json", defaults={"form": "json"})
@blueprint.get("/petitions/<reference>/days.csv", defaults={"form": "csv"})
@public
@cacheable(KEPT, STALE)
def days(reference: str, form: str) -> Response:
    """One petition's signatures over time: each day, those without any included."""
    found = around.describe_around(get_public_petition(reference).id)
    rows = [{"day": day.isoformat(), "count": count} for day, count in found.days]
    return answer_table(form, ("day", "count"), rows, "days")


@blueprint.get("/petitions/<reference>/places.json", defaults={"form": "json"})
@blueprint.get("/petitions/<reference>/places.csv", defaults={"form": "csv"})
@public
@cacheable(KEPT, STALE)
def places(reference: str, form: str) -> Response:
    """One petition's signatures by district and region, as their entries say it."""
    found = around.describe_around(get_public_petition(reference).id)
    rows = [{"place": place, "count": count} for place, count in found.places]
    return answer_table(form, ("place", "count"), rows, "places")


def _describe(petition: Petition) -> dict[str, Any]:
    """What is public of a petition; of one whose text is hidden, that it is hidden and why."""
    hidden = petition.state == PetitionState.HIDDEN
    return {
        "petition": petition.reference,
        "address": url_for("petitions.show", reference=petition.reference, _external=True),
        "type": petition.type_code,
        "state": petition.state,
        "reason": petition.reason_code,
        "title": None if hidden else petition.title,
        "agency": petition.agency.name if petition.agency else None,
        "opened_at": _seconds(petition.opened_at),
        "closes_on": petition.closes_on.isoformat() if petition.closes_on else None,
        "closed_at": _seconds(petition.closed_at),
        "archived_at": _seconds(petition.archived_at),
        "public_key": petition.public_key.hex() if petition.public_key else None,
        "signed": petition.signature_count,
        "counted_at": _seconds(petition.counted_at),
    }


def _describe_terms(petition: Petition) -> dict[str, Any]:
    """What else people signed under; the opening entry has it too, the text by its hash."""
    hidden = petition.state == PetitionState.HIDDEN
    return {
        "demand": None if hidden else petition.demand,
        "reasons": None if hidden else petition.reasons,
        "thresholds": [f"{item.owes.value}:{item.count}" for item in parse_rules(petition.rules).thresholds],
    }


def _describe_count(audit: Audit) -> dict[str, Any]:
    return {
        "signed": audit.signed,
        "counted_at": _seconds(audit.counted_at),
        "recounted": audit.recounted,
        "in_ledger": audit.in_ledger,
        "ledger_size": audit.ledger_size,
        "as_of": _seconds(audit.as_of),
        "read_at": _seconds(audit.read_at),
        "cells": _list_cells(audit.cells),
        "waiting": [{"day": day.isoformat(), "count": audit.waiting[day]} for day in sorted(audit.waiting)],
        "changing": audit.changing,
        "overdue": _list_cells(audit.overdue),
    }


def _list_cells(cells: Counter[Key]) -> list[dict[str, Any]]:
    return [
        {"level": level, "place": place, "day": day.isoformat(), "count": count}
        for (level, place, day), count in sorted(cells.items())
    ]


def _seconds(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None
