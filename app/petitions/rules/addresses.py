"""E-mail addresses that reach the same mailbox are one address. Pure."""

# Where dots in the name make no difference.
_WITHOUT_DOTS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


def canonical_address(email: str) -> str:
    """Lower case, without what follows a plus sign, and without dots where the provider ignores them."""
    name, _, domain = email.strip().lower().rpartition("@")
    name = name.partition("+")[0]
    if domain in _WITHOUT_DOTS:
        name, domain = name.replace(".", ""), _WITHOUT_DOTS[domain]
    return f"{name}@{domain}"


def alike(domain: str) -> frozenset[str]:
    """The domains whose mailboxes are the same ones."""
    canonical = _WITHOUT_DOTS.get(domain, domain)
    return frozenset({domain, *(name for name, same in _WITHOUT_DOTS.items() if same == canonical)})
