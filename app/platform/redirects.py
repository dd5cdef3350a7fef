"""Where a visitor may be sent: to paths of this site only."""

from urllib.parse import urlsplit


def local_path(address: str, default: str) -> str:
    """Return `address` if it can only mean a path on this site, else `default`.

    Browsers read a backslash as a slash and drop control characters, so neither is let through.
    """
    if not address.startswith("/") or address.startswith("//"):
        return default
    if "\\" in address or any(ord(character) < 0x21 or ord(character) == 0x7F for character in address):
        return default
    parts = urlsplit(address)
    return default if parts.scheme or parts.netloc or parts.path.startswith("//") else address
