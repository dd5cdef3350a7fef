"""Readers of an auditor's samples."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Account
from app.extensions import db
from app.petitions.models import Sample, SampledSignature
from app.petitions.rules.refusals import SampleNotFound


def list_samples(auditor: Account) -> list[Sample]:
    """The auditor's own, newest first."""
    wanted = select(Sample).options(joinedload(Sample.petition)).where(Sample.auditor_id == auditor.id)
    return list(db.session.scalars(wanted.order_by(Sample.id.desc())))


def get_sample(auditor: Account, number: int) -> Sample:
    """One of the auditor's own. Raises SampleNotFound."""
    wanted = select(Sample).where(Sample.id == number, Sample.auditor_id == auditor.id)
    sample = db.session.scalar(wanted)
    if sample is None:
        raise SampleNotFound
    return sample


def list_sampled(sample: Sample) -> list[SampledSignature]:
    """The signatures of a sample, in the order in which they were drawn."""
    wanted = select(SampledSignature).options(joinedload(SampledSignature.signature))
    return list(
        db.session.scalars(
            wanted.where(SampledSignature.sample_id == sample.id).order_by(SampledSignature.id)
        )
    )
