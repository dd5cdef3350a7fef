"""Recounts petitions from a mirrored ledger, and compares with what the site publishes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from app.auditor.ledger_check import Report, iterate_entries
from app.auditor.ledger_source import NotThere, Source
from app.auditor.refusals import CommandRefused
from app.auditor.report_text import printable
from app.core.petition_count import CountCheck, Difference, PetitionLedger, describe_signature
from app.core.published_counts import PublishedCount, compare_count, compare_earlier, compare_terms
from app.core.signature_receipts import SignatureReceipt, find_in_ledger


@dataclass
class Recount:
    """What was found: the ledger's own report, the petitions, and every difference."""

    ledger: Report
    published: Sequence[PublishedCount]
    # Petition -> level -> count, as the ledger had it at the size that the published count is true for.
    totals: dict[str, Counter[str]] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    # What an earlier mirror has of signatures, and this ledger has not, and the other way round.
    changed: list[str] = field(default_factory=list)
    counted: PetitionLedger = field(default_factory=PetitionLedger)
    # Whether the signature of a receipt counts; None where none was given, or it is not in the ledger yet.
    receipt_counts: bool | None = None

    @property
    def valid(self) -> bool:
        """Whether the ledger is what it says, and nothing differs."""
        return self.ledger.valid and not self.differences


def recount(
    mirror: Source,
    report: Report,
    published: Sequence[PublishedCount],
    *,
    whole: bool,
    receipt: SignatureReceipt | None = None,
    earlier: Sequence[PublishedCount] = (),
) -> Recount:
    """Fold the mirrored entries and compare. `whole`: the published ones are all that the site lists.

    `earlier`: what the site published before.
    Raises CommandRefused where the ledger ends before a published count.
    """
    found = Recount(report, published, counted=PetitionLedger([receipt.made_from] if receipt else ()))
    leaves = _read_leaves(mirror, report)
    for item in sorted(published, key=lambda item: item.ledger_size):
        if item.ledger_size > report.size:
            raise CommandRefused(
                f"the count of {printable(item.petition)} is for {item.ledger_size} entries, "
                f"and the ledger that was read has {report.size}; try again in a minute"
            )
        _advance(found.counted, leaves, item.ledger_size)
        found.differences += compare_count(found.counted, item)
        found.totals[item.petition] = _sum_levels(found.counted, item.petition)
    _advance(found.counted, leaves, report.size)
    found.counted.finish()
    for item in published:
        found.differences += compare_terms(found.counted, item)
        for before in earlier:
            if before.petition == item.petition:
                found.differences += compare_earlier(found.counted, item, before)
    named = {item.petition for item in published}
    if whole:
        found.differences += _list_missing(found.counted, named)
    # Of other petitions nothing was asked; but what cannot be read may be about any.
    about = [item for item in found.counted.differences if whole or item.petition in {*named, "?"}]
    found.differences = about + found.differences
    if receipt is not None:
        differences, found.receipt_counts = find_in_ledger(receipt, found.counted)
        found.differences += differences
    return found


def list_changed_signatures(mirror: Source, size: int, old: Source, old_size: int) -> list[str]:
    """Signatures of an earlier mirror that this ledger lacks, and others that stand in their place."""
    before = Counter(_iterate_readable(old, old_size))
    now = Counter(_iterate_readable(mirror, size))
    begin = Counter(islice(_iterate_readable(mirror, size), old_size))
    lines = [f"gone since then: {words}" for leaf in before - now if (words := describe_signature(leaf))]
    lines += [f"not there then: {words}" for leaf in begin - before if (words := describe_signature(leaf))]
    return lines


def _read_leaves(mirror: Source, report: Report) -> Iterator[bytes]:
    """The entries as far as they can be read; what is missing is a failure of the ledger's report."""
    try:
        yield from iterate_entries(mirror, report.size)
    except NotThere as missing:
        if report.valid:
            report.add("entries", f"the mirror lacks {missing}", passed=False)


def _iterate_readable(source: Source, size: int) -> Iterator[bytes]:
    try:
        yield from iterate_entries(source, size)
    except NotThere:
        return


def _advance(ledger: PetitionLedger, leaves: Iterator[bytes], size: int) -> None:
    for leaf in islice(leaves, size - ledger.size):
        ledger.add(leaf)


def _sum_levels(ledger: PetitionLedger, reference: str) -> Counter[str]:
    levels: Counter[str] = Counter()
    if reference in ledger.petitions:
        for cell, count in ledger.petitions[reference].count_cells().items():
            levels[cell.level] += count
    return levels


def _list_missing(ledger: PetitionLedger, named: set[str]) -> list[Difference]:
    text = "in the ledger, but not on the site's list"
    return [Difference(CountCheck.TOTALS, name, text) for name in ledger.petitions if name not in named]
