"""What an agency's information system uses to report whose data it looked at.

Needs cryptography and http-message-signatures beside Python, and nothing of Hwabaek's own: this folder can be
copied into another program.

    client = Client.from_file("residents.toml")
    client.report([{"id": "2026-118/7", "person": "...", "official": "kim", "unit": "Welfare", ...}])

Each request is signed (RFC 9421) with the system's Ed25519 key. Reports can be repeated: a record whose id
was taken before is answered with its first receipt and not recorded twice.
"""

from app.client.configuration import ClientConfig, ConfigProblem, make_key
from app.client.sending import Client, Refused, Unreachable

__all__ = ["Client", "ClientConfig", "ConfigProblem", "Refused", "Unreachable", "make_key"]
