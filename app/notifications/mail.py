"""E-mail: rendered from a room's template in the recipient's language, sent by SMTP or kept as a file.

A template's first line is "Subject: ..."; the text follows after an empty line.
"""

import secrets
import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template
from flask_babel import force_locale

from app.notifications.rules import Attachment, Recipient
from app.platform import clock
from config import is_loopback

SUBJECT = "Subject:"
SMTP_SECONDS = 20
SMTP_PORTS = {"smtp": 587, "smtps": 465}


class MailTemplateError(Exception):
    """A mail template does not begin with its subject."""


def render(
    recipient: Recipient, template: str, context: Mapping[str, Any], attachment: Attachment | None = None
) -> EmailMessage:
    """Write the message; raises MailTemplateError for a template without a subject line.

    An `unsubscribe_url` in the context becomes the headers by which mail programs offer a button (RFC 8058):
    a POST to it ends such mails.
    """
    room, _, name = template.partition("/")
    with force_locale(recipient.language):
        text = render_template(f"{room}/mail/{name}.txt", recipient=recipient, mail_url=mail_url, **context)
    head, _, body = text.lstrip().partition("\n")
    if not head.startswith(SUBJECT):
        raise MailTemplateError(template)
    message = EmailMessage()
    message["Subject"] = " ".join(head.removeprefix(SUBJECT).split())
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = recipient.email
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=urlsplit(current_app.config["BASE_URL"]).hostname)
    message["Auto-Submitted"] = "auto-generated"
    if "unsubscribe_url" in context:
        message["List-Unsubscribe"] = f"<{context['unsubscribe_url']}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(body.strip() + "\n")
    # After the content, which would take it away again.
    message["Content-Language"] = recipient.language
    if attachment is not None:
        message.add_attachment(attachment.text, filename=attachment.name)
    return message


def mail_url(endpoint: str, **values: Any) -> str:
    """The full address of a page, for the reader of a mail."""
    base = urlsplit(current_app.config["BASE_URL"])
    adapter = current_app.url_map.bind(base.netloc, url_scheme=base.scheme)
    return adapter.build(endpoint, values, force_external=True)


def send(message: EmailMessage) -> None:
    """Hand the message to the mail server; without one, keep it as DATA_DIR/mail/<time>-<random>.eml."""
    address = current_app.config["MAIL_URL"]
    if address:
        _send_by_smtp(message, address)
    else:
        _keep_as_file(message, Path(current_app.config["DATA_DIR"]) / "mail")


def _send_by_smtp(message: EmailMessage, address: str) -> None:
    parts = urlsplit(address)
    port = parts.port or SMTP_PORTS[parts.scheme]
    host = parts.hostname or "localhost"
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SMTP_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=SMTP_SECONDS)
    with server:
        if parts.scheme == "smtp" and not is_loopback(host):
            # Refuses to go on when somebody on the line has taken the offer of encryption away.
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def _keep_as_file(message: EmailMessage, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    final = folder / f"{clock.now():%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}.eml"
    draft = final.with_suffix(".part")
    draft.write_bytes(message.as_bytes())
    draft.replace(final)
