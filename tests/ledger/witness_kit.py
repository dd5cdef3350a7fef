"""A witness that is at work beside the application and cosigns every checkpoint."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.auditor.witness import Witness
from app.auditor.witness_command import make_server
from app.core.checkpoints import COSIGNATURE_TYPE, VerifierKey, generate_signing_key
from app.ledger.rules import Log
from app.ledger.services import keys
from app.ledger.services.witnesses import FILE

KEY = generate_signing_key("witness.example/w1", COSIGNATURE_TYPE)


@contextmanager
def witness_at_work(folder: Path) -> Iterator[VerifierKey]:
    """Within the application's context, name the witness in its data folder, and let it serve."""
    logs = [key for log in Log for key in keys.list_verifier_keys(log)]
    server = make_server(Witness(KEY, logs, folder / "state"), "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    listed = [{"vkey": str(KEY.verifier), "url": f"http://127.0.0.1:{server.server_port}/", "own": True}]
    (folder / FILE).write_text(json.dumps(listed))
    try:
        yield KEY.verifier
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
