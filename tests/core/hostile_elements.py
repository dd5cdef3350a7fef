"""Group elements that a verifier must not take: outside the subgroup, or not in their one form."""

from nacl import bindings

from app.core.groups import Element, Group
from app.core.groups.ed25519 import Ed25519Group
from app.core.groups.field import FieldGroup

FIELD_PRIME = 2**255 - 19
# A point of order 8 (y of RFC 8032's curve), from which the other small orders follow.
ORDER_8 = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
ORDER_4 = bindings.crypto_core_ed25519_add(ORDER_8, ORDER_8)
ORDER_2 = bindings.crypto_core_ed25519_add(ORDER_4, ORDER_4)


def small_order_parts(group: Group) -> list[Element]:
    """Elements that, multiplied into an honest one, lead out of the subgroup of order q."""
    if isinstance(group, Ed25519Group):
        return [ORDER_8, ORDER_4, ORDER_2]
    assert isinstance(group, FieldGroup)
    large = pow(3, group.order, int(group.modulus))  # of an order that divides (p - 1) / q
    return [group.modulus - 1, group.multiply(group.identity, large)]


def shifted(group: Group, text: str, part: Element) -> str:
    """An honest element times an element of another order."""
    return group.serialize(group.multiply(group.parse(text), part))


def _point(y: int, sign: int = 0) -> str:
    return f"{y | sign << 255:064x}"


def other_forms_of_identity(group: Group) -> list[str]:
    if isinstance(group, Ed25519Group):
        return [_point(1, 1), _point(FIELD_PRIME + 1), _point(FIELD_PRIME + 1, 1)]
    assert isinstance(group, FieldGroup)
    return ["01", str(group.modulus + 1), "+1", " 1", "1.0", "\u0661"]


def other_forms(group: Group, text: str) -> list[str]:
    """Spellings of, or near, an honest element that are not its one form."""
    if isinstance(group, Ed25519Group):
        extremes = [_point(FIELD_PRIME - 1, 1), _point(FIELD_PRIME), _point(2**255 - 1, 1)]
        return [f"0{text}", text[:-1], f"0x{text[2:]}", f" {text[1:]}", f"{text}\n", _upper(text), *extremes]
    assert isinstance(group, FieldGroup)
    above = int(text) + int(group.modulus)
    return [
        f"0{text}",
        f"+{text}",
        f"-{text}",
        f"{text} ",
        f"{text}\n",
        f"{text[0]}_{text[1:]}",
        "0",
        str(above),
    ]


def _upper(text: str) -> str:
    """The same digits with capital letters; one is put in where there is none."""
    return text.upper() if text.upper() != text else "A" + text[1:]
