"""What happens to the ledger by itself, besides the sequencer, which is a process of its own."""

from huey import crontab

from app.extensions import huey
from app.ledger.services import witnesses


@huey.periodic_task(crontab(minute="*"))
def ask_witnesses() -> int:
    """Have the newest checkpoints cosigned; also started after each checkpoint."""
    return witnesses.ask_all()
