"""The service as `bench/signatures.py` starts it: as it is, or as the plain handler it is measured against.

BASELINE=1 makes commit groups and batches of one and updates the petition's counter in the signer's
transaction; the statements of the act, its ledger entry and everything else stay the same. A delay
that is added to each commit group is waited for here too.
"""

import os
import time
from collections.abc import Sequence

from sqlalchemy import update

from app import create_app
from app.extensions import db
from app.petitions.models import Petition
from app.petitions.services import signing
from app.platform import commit_group, transaction


def _count_up() -> None:
    commit_group.MAXIMUM_MEMBERS = 1
    transaction.MAXIMUM_BATCH = 1
    delay = float(os.environ.get("COMMIT_GROUP_DELAY") or 0)
    insert_rows = signing.insert_rows

    def insert_and_count(signings: Sequence[signing.Signing]) -> list[signing.Signed]:
        signed = insert_rows(signings)
        for one in signings:
            db.session.execute(
                update(Petition)
                .where(Petition.id == one.support.petition.id)
                .values(signature_count=Petition.signature_count + 1)
            )
        if delay:
            time.sleep(delay)
        return signed

    signing.insert_rows = insert_and_count


if os.environ.get("BASELINE"):
    _count_up()
application = create_app()
