"""The made-up people of Hanbit. Pure; any resemblance is chance."""

import zlib
from dataclasses import dataclass

SURNAMES = (
    ("김", "Kim"), ("이", "Lee"), ("박", "Park"), ("최", "Choi"), ("정", "Jung"),
    ("강", "Kang"), ("조", "Cho"), ("윤", "Yoon"), ("장", "Jang"), ("임", "Lim"),
    ("한", "Han"), ("오", "Oh"), ("서", "Seo"), ("신", "Shin"), ("권", "Kwon"),
    ("황", "Hwang"), ("안", "Ahn"), ("송", "Song"), ("류", "Ryu"), ("홍", "Hong"),
)  # fmt: skip
GIVEN_NAMES = (
    ("서연", "Seo-yeon"), ("도윤", "Do-yun"), ("하은", "Ha-eun"), ("민준", "Min-jun"),
    ("지우", "Ji-woo"), ("예준", "Ye-jun"), ("수아", "Su-a"), ("시우", "Si-woo"),
    ("지민", "Ji-min"), ("은서", "Eun-seo"), ("준호", "Jun-ho"), ("다은", "Da-eun"),
    ("현우", "Hyun-woo"), ("채원", "Chae-won"), ("건우", "Geon-woo"), ("소율", "So-yul"),
    ("태윤", "Tae-yun"), ("나연", "Na-yeon"), ("성민", "Seong-min"), ("유진", "Yu-jin"),
    ("동현", "Dong-hyun"), ("미경", "Mi-gyeong"), ("영호", "Yeong-ho"), ("순자", "Sun-ja"),
    ("정숙", "Jeong-suk"), ("재훈", "Jae-hun"), ("보람", "Bo-ram"), ("상철", "Sang-cheol"),
    ("은비", "Eun-bi"), ("가람", "Ga-ram"),
)  # fmt: skip
MOST_CITIZENS = len(SURNAMES) * len(GIVEN_NAMES)
DOMAIN = "hanbit.example"
# From here on the resident numbers of those who work for the town.
STAFF_IDENTITIES = 1_000_000
# Coprime to the number of given names: every pair of names comes once before any comes again.
_STRIDE, _SHIFT = 7, 3


@dataclass(frozen=True)
class Person:
    """A name in both scripts, an address and the language of their letters."""

    name: str
    email: str
    language: str
    # A made-up resident registration number.
    identity: str


def make_identity(index: int) -> str:
    """The made-up resident registration number with this index; no two are the same.

    Its months run from 13 up, so that it can be nobody's.
    """
    return f"{50 + index % 50:02d}{13 + index % 12:02d}{1 + index % 28:02d}-{1_000_000 + index:07d}"


def make_citizen(index: int) -> Person:
    """The citizen with this number, from 0 to MOST_CITIZENS - 1; no two share a name or an address."""
    turn, first = divmod(index, len(SURNAMES))
    korean, romanised = SURNAMES[first]
    given_korean, given = GIVEN_NAMES[(turn * _STRIDE + first * _SHIFT) % len(GIVEN_NAMES)]
    address = f"{given.replace('-', '').lower()}.{romanised.lower()}@{DOMAIN}"
    # One in six reads English, the first one too.
    return Person(
        f"{korean}{given_korean} {romanised} {given}",
        address,
        "ko" if index % 6 else "en",
        make_identity(index),
    )


def make_staff(name: str, mailbox: str) -> Person:
    """Somebody who works for the town."""
    index = STAFF_IDENTITIES + zlib.crc32(mailbox.encode()) % 900_000
    return Person(name, f"{mailbox}@{DOMAIN}", "en", make_identity(index))
