"""The log as C2SP tlog-tiles serves it, receipts, and the page for people."""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.ledger import queries
from app.ledger.entry_types import ANONYMOUS_ACTS
from app.ledger.queries import words
from app.ledger.rules import LEAF_HASH, Log, ReceiptNotFound, TileNotFound, parse_tile_number
from app.ledger.services.keys import get_origin, list_verifier_keys
from app.ledger.services.witnesses import load_witnesses
from app.platform.access import public

# A tile never changes once a checkpoint covers it.
IMMUTABLE = "public, max-age=31536000, immutable"
SHORT = "public, max-age=2"

blueprint = Blueprint("ledger", __name__, template_folder="templates")


@blueprint.get("/ledger")
@public
def index() -> str | AnyResponse:
    """The newest checkpoint, who cosigned it, the newest entries, and a search by leaf hash."""
    search = request.args.get("q", "").replace(" ", "").lower()
    if LEAF_HASH.fullmatch(search) and queries.find_entry(search):
        return redirect(url_for("ledger.receipt", leaf_hash=search))
    checkpoint = queries.find_checkpoint(Log.LEDGER)
    return render_template(
        "ledger/index.html",
        search=search,
        checkpoint=checkpoint,
        cosignatures=queries.list_cosignatures(checkpoint) if checkpoint else [],
        witnesses=load_witnesses(),
        entries=queries.list_newest_entries(),
        origin=get_origin(Log.LEDGER),
        verifier_keys=[str(list_verifier_keys(log)[0]) for log in Log],
        words=words,
    )


def _text(text: str, caching: str) -> Response:
    response = Response(text, mimetype="text/plain")
    response.headers["Cache-Control"] = caching
    return response


@blueprint.get("/ledger/checkpoint", defaults={"log": Log.LEDGER})
@blueprint.get("/ledger/map/checkpoint", defaults={"log": Log.MAP})
@public
def checkpoint(log: Log) -> Response:
    """The newest signed checkpoint with its cosignatures."""
    newest = queries.find_checkpoint(log)
    if newest is None:
        raise TileNotFound
    return _text(queries.get_cosigned_note(newest), SHORT)


@blueprint.get("/ledger/vkey", defaults={"log": Log.LEDGER})
@blueprint.get("/ledger/map/vkey", defaults={"log": Log.MAP})
@public
def verifier_keys(log: Log) -> Response:
    """Every verifier key in note form, newest first."""
    return _text("".join(f"{key}\n" for key in list_verifier_keys(log)), SHORT)


def _data(body: bytes) -> Response:
    response = Response(body, mimetype="application/octet-stream")
    response.headers["Cache-Control"] = IMMUTABLE
    return response


@blueprint.get("/ledger/tile/<int:level>/<path:place>", defaults={"log": Log.LEDGER})
@blueprint.get("/ledger/map/tile/<int:level>/<path:place>", defaults={"log": Log.MAP})
@public
def tile(log: Log, level: int, place: str) -> Response:
    """A tile of hashes, whole or partial."""
    return _data(queries.get_tile(log, level, *parse_tile_number(place)))


@blueprint.get("/ledger/tile/entries/<path:place>", defaults={"log": Log.LEDGER})
@blueprint.get("/ledger/map/tile/entries/<path:place>", defaults={"log": Log.MAP})
@public
def bundle(log: Log, place: str) -> Response:
    """An entry bundle, whole or partial."""
    return _data(queries.get_bundle(log, *parse_tile_number(place)))


def _receipt(leaf_hash: str) -> queries.Receipt:
    if not LEAF_HASH.fullmatch(leaf_hash):
        raise ReceiptNotFound
    return queries.get_receipt(leaf_hash)


@blueprint.get("/ledger/receipts/<leaf_hash>")
@public
def receipt(leaf_hash: str) -> str:
    """Whether the entry is in the tree, and the file that shows it."""
    found = _receipt(leaf_hash)
    has_offers = current_user.is_authenticated and found.entry.type not in ANONYMOUS_ACTS
    return render_template(
        "ledger/receipt.html",
        receipt=found,
        verifier_key=str(list_verifier_keys(Log.LEDGER)[0]),
        witnesses=load_witnesses(),
        offers=current_app.extensions["receipt_offers"] if has_offers else (),
        words=words,
    )


@blueprint.get("/ledger/receipts/<leaf_hash>.txt")
@public
def receipt_text(leaf_hash: str) -> Response:
    """The promise or the proof as a file to keep."""
    found = _receipt(leaf_hash)
    response = _text(found.text, "no-store")
    name = f"{found.state}-{leaf_hash[:8]}.txt"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/ledger/receipts/<leaf_hash>.json")
@public
def receipt_json(leaf_hash: str) -> Response:
    """The same for programs."""
    found = _receipt(leaf_hash)
    body: dict[str, Any] = {
        "leaf_hash": found.entry.leaf_hash,
        "state": found.state,
        "deadline": int(found.deadline.timestamp()),
        "index": found.index,
        "size": found.size,
        "witnesses": found.witnesses,
        "text": found.text,
    }
    response = jsonify(body)
    response.headers["Cache-Control"] = "no-store"
    return response
