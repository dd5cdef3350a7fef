"""The interface of connected systems: reporting accesses, and asking for their own as Estonia's tracker does.

Each request is signed by the system's key; that is who may use it.
"""

from flask import Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.access_records.routes.blueprint import blueprint
from app.access_records.rules import MAXIMUM_REPORT_BYTES
from app.access_records.services import usages
from app.access_records.services.cases import receive_cases
from app.access_records.services.reports import Outcome, receive_report
from app.access_records.services.signatures import SignedRequest
from app.extensions import csrf
from app.platform.access import public


@blueprint.post("/api/v1/access-records")
@csrf.exempt
@public
def api_report() -> tuple[Response, int]:
    """Record one access or up to 1,000: 201 when something is new, 200 when all was known."""
    answer = receive_report(_signed_request())
    shown = [_as_json(outcome) for outcome in answer.outcomes]
    status = 201 if any(outcome.is_new for outcome in answer.outcomes) else 200
    return jsonify(shown[0] if answer.is_single else {"records": shown}), status


@blueprint.post("/api/v1/cases")
@csrf.exempt
@public
def api_cases() -> Response:
    """Keep which cases of the sending system's agency are open, up to 1,000 at a time."""
    return jsonify({"cases": receive_cases(_signed_request())})


@blueprint.get("/api/v1/compat/v2/findUsage")
@public
def api_find_usage() -> Response:
    """The asking system's own accesses to one person's data in a period."""
    return jsonify(usages.find_usages(_signed_request(), request.headers.get("X-Road-UserId"), request.args))


@blueprint.get("/api/v1/compat/v2/usagePeriod")
@public
def api_usage_period() -> Response:
    """From when to when the asking system's accesses can be found."""
    return jsonify(usages.find_usage_period(_signed_request()))


@blueprint.get("/api/v1/compat/v2/heartbeat")
@public
def api_heartbeat() -> Response:
    """Whether accesses can be recorded."""
    return jsonify(usages.check_heartbeat(_signed_request()))


def _signed_request() -> SignedRequest:
    """The request as it came, byte for byte; an oversized body is cut off, and so refused."""
    target = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.full_path
    url = request.host_url.rstrip("/") + target.rstrip("?")
    try:
        too_long = (request.content_length or 0) > MAXIMUM_REPORT_BYTES
        body = b"\0" * (MAXIMUM_REPORT_BYTES + 1) if too_long else request.get_data()
    except RequestEntityTooLarge:
        body = b"\0" * (MAXIMUM_REPORT_BYTES + 1)
    return SignedRequest(request.method, url, dict(request.headers.items()), body)


def _as_json(outcome: Outcome) -> dict[str, object]:
    if outcome.refusal is not None:
        refusal = outcome.refusal
        problem = {
            "type": f"/problems/{refusal.code}",
            "code": refusal.code,
            "title": str(refusal.title),
            "status": refusal.status,
            "detail": str(refusal.detail or refusal.advice),
        }
        return {"id": outcome.sender_id, "status": "refused", "problem": problem}
    return {
        "id": outcome.sender_id,
        "status": "recorded" if outcome.is_new else "known",
        "query_id": outcome.query_id,
        "receipts": [
            {"leaf_hash": leaf_hash, "url": f"/ledger/receipts/{leaf_hash}.json"}
            for leaf_hash in outcome.leaf_hashes
        ],
    }
