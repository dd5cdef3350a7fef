"""Alterations of election, trustees and credentials."""

import json
from typing import Any

from app.core.archive import EventType, write_setup
from app.core.errors import Check
from app.core.tally import write_sized_tally
from app.core.trustees import generate_trustee
from tests.core.alterations.table import alteration
from tests.core.kit import (
    Sample,
    chain,
    edit,
    plus_one,
    with_document,
    with_setup,
)


@alteration("c25 a public credential twice", Check.CREDENTIAL_LIST)
def _(sample: Sample) -> bytes:
    return with_setup(sample, 2, lambda listed: [*listed, listed[0]])


@alteration("c25b the same with another weight", Check.CREDENTIAL_LIST)
def _(sample: Sample) -> bytes:
    return with_setup(sample, 2, lambda listed: [*listed, listed[0].split(",")[0] + ",3"])


@alteration("a weight below zero", Check.CREDENTIAL_LIST)
def _(sample: Sample) -> bytes:
    return with_setup(sample, 2, lambda listed: [*listed[1:], listed[0].split(",")[0] + ",-1"])


@alteration("c27 a voter's weight changed", Check.TALLY_SIZE)
def _(sample: Sample) -> bytes:
    voter = sample.voters[0]
    return with_setup(
        sample, 2, lambda listed: [f"{text},5" if text == voter.public else text for text in listed]
    )


@alteration("c27b the weight changed and total_weight with it", Check.TALLY_RECOMPUTED)
def _(sample: Sample) -> bytes:
    voter = sample.voters[0]
    listed = edit(
        sample.documents[0][1][2], lambda texts: [f"{t},5" if t == voter.public else t for t in texts]
    )
    at = sample.positions(EventType.ENCRYPTED_TALLY)[0]
    tally_raw, sized = sample.documents[at][1]
    fields = json.loads(sized)
    documents = with_document(
        sample, at, tally_raw, write_sized_tally(tally_raw, fields["num_tallied"], fields["total_weight"] + 4)
    )
    documents[0] = (EventType.SETUP, write_setup(*sample.documents[0][1][:2], listed))
    return chain(documents)


@alteration("c28 a trustee's proof of possession bad", Check.TRUSTEE_POSSESSION)
def _(sample: Sample) -> bytes:
    order = sample.group.order
    return with_setup(sample, 1, lambda trustees: plus_one(trustees[1][1]["pok"], "response", order))


@alteration("c28b a trustee's proof taken from another", Check.TRUSTEE_POSSESSION)
def _(sample: Sample) -> bytes:
    def swap(trustees: Any) -> None:
        trustees[0][1]["pok"] = trustees[1][1]["pok"]

    return with_setup(sample, 1, swap)


@alteration("c29 a trustee removed", Check.ELECTION_PUBLIC_KEY)
def _(sample: Sample) -> bytes:
    return with_setup(sample, 1, lambda trustees: trustees[:1])


@alteration("c29b a trustee added", Check.ELECTION_PUBLIC_KEY)
def _(sample: Sample) -> bytes:
    _, extra = generate_trustee(sample.group, "Mallory")
    return with_setup(sample, 1, lambda trustees: [*trustees, ["Single", extra.to_json(sample.group)]])


@alteration("c29c no trustees", Check.TRUSTEE_POSSESSION)
def _(sample: Sample) -> bytes:
    return with_setup(sample, 1, lambda _: [])


@alteration("c30 election.json changed after the votes", Check.BALLOT_ELECTION)
def _(sample: Sample) -> bytes:
    return with_setup(sample, 0, lambda election: election["questions"][0]["answers"].reverse())


@alteration("a question that asks for more crosses than it has answers", Check.ELECTION_PARAMETERS)
def _(sample: Sample) -> bytes:
    return with_setup(sample, 0, lambda election: election["questions"][0].update(max=4))
