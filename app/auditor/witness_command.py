"""`witness`: serve add-checkpoint, so that a log cannot show different histories to different people."""

import argparse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from app.auditor.options import Subcommands, verifier_key
from app.auditor.private_files import write_private
from app.auditor.refusals import CommandRefused
from app.auditor.witness import Answer, Witness
from app.core.checkpoints import COSIGNATURE_TYPE, SigningKey, generate_signing_key, parse_signing_key
from app.core.ledger_errors import LedgerError

LARGEST_REQUEST = 2**16
REQUEST_SECONDS = 10


def add_to(commands: Subcommands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("witness", help="cosign a log's checkpoints")
    parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="made if it is not there")
    parser.add_argument("--name", help="the witness's name, when its key is made")
    parser.add_argument("--log", type=verifier_key, action="append", required=True, metavar="VKEY",
                        help="a log to witness")  # fmt: skip
    parser.add_argument("--state", type=Path, required=True, metavar="DIR", help="never restore an old copy")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765, metavar="P", help="0 takes a free one")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    key = load_key(options.key, options.name)
    server = make_server(Witness(key, options.log, options.state), options.host, options.port)
    print(f"witness key: {key.verifier}")
    print(f"address: http://{options.host}:{server.server_port}", flush=True)
    with server:
        server.serve_forever()
    return 0


def load_key(path: Path, name: str | None) -> SigningKey:
    """Read the witness's key, or make one. Raises CommandRefused."""
    if not path.exists():
        if not name:
            raise CommandRefused(f"{path} is not there; say --name NAME to make it")
        write_private(path, (generate_signing_key(name, COSIGNATURE_TYPE).to_text() + "\n").encode())
    try:
        key = parse_signing_key(path.read_text("utf-8"))
    except LedgerError as problem:
        raise CommandRefused(f"{path}: {problem}") from problem
    if key.kind != COSIGNATURE_TYPE:
        raise CommandRefused(f"{path} is a log's key, not a witness's")
    return key


def make_server(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """The HTTP server around a witness."""

    class Handler(BaseHTTPRequestHandler):
        """POST /add-checkpoint, and nothing else."""

        timeout = REQUEST_SECONDS

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length") or ""
            if self.path != "/add-checkpoint":
                self._send(Answer(404, "POST to /add-checkpoint\n"))
            elif not length.isdecimal() or int(length) > LARGEST_REQUEST:
                self._send(Answer(400, "a request of at most 64 KiB was expected\n"))
            else:
                self._send(witness.add_checkpoint(self.rfile.read(int(length))))

        def _send(self, answer: Answer) -> None:
            body = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: a request is no news."""

    return ThreadingHTTPServer((host, port), Handler)
