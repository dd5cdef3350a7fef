"""The words of the teal bar, the footer and my page: rooms.py lists them, templates show what exists."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from app.platform.language import LANGUAGES, current_language
from app.platform.permissions import Permission

LANGUAGE_NAMES = {"en": "English", "ko": "한국어"}


class Audience(Enum):
    """Who sees an item."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"


@dataclass(frozen=True)
class Item:
    """One word that leads to a page; `text` is lazy, so that each reader gets it in their language."""

    endpoint: str
    text: Any
    audience: Audience = Audience.EVERYONE
    permission: Permission | None = None


@dataclass(frozen=True)
class Navigation:
    """What stands where; an item whose room is not there yet is left out."""

    home: str
    choose_language: str
    main: tuple[Item, ...] = ()
    footer: tuple[Item, ...] = ()
    # What a signed-in person can go and do; my page lists it.
    personal: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Link:
    """An item made ready for one request."""

    url: str
    text: Any
    current: bool


@dataclass(frozen=True)
class LanguageLink:
    """The way to this page in another language."""

    url: str
    code: str
    name: str


def init_app(app: Flask, navigation: Navigation) -> None:
    """Keep the lists, and give templates the functions that draw them."""
    app.extensions["navigation"] = navigation
    app.jinja_env.globals.update(
        home_url=home_url,
        navigation_links=navigation_links,
        footer_links=footer_links,
        personal_links=personal_links,
        other_languages=other_languages,
    )


def home_url() -> str:
    """Return the address of the front page."""
    return url_for(_navigation().home)


def navigation_links() -> list[Link]:
    """Return the links of the teal bar for this reader."""
    return _links(_navigation().main)


def footer_links() -> list[Link]:
    """Return the links of the footer."""
    return _links(_navigation().footer)


def personal_links() -> list[Link]:
    """Return what the signed-in reader can go and do, by their roles."""
    return _links(_navigation().personal)


def other_languages() -> list[LanguageLink]:
    """Return a link to this page in each language but the present one."""
    here = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return [
        LanguageLink(
            url_for(_navigation().choose_language, language=code, next=here), code, LANGUAGE_NAMES[code]
        )
        for code in LANGUAGES
        if code != current_language()
    ]


def _navigation() -> Navigation:
    return current_app.extensions["navigation"]


def _links(items: Iterable[Item]) -> list[Link]:
    return [
        Link(url_for(item.endpoint), item.text, _is_current(item.endpoint))
        for item in items
        if _is_shown(item)
    ]


def _is_shown(item: Item) -> bool:
    if item.endpoint not in current_app.view_functions:
        return False
    if item.permission is not None and not current_user.has_permission(item.permission):
        return False
    if item.audience is Audience.EVERYONE:
        return True
    return current_user.is_authenticated == (item.audience is Audience.SIGNED_IN)


def _is_current(endpoint: str) -> bool:
    """A room's word is lit on all pages of the room, except where the page has a word of its own."""
    if request.endpoint == endpoint:
        return True
    room = endpoint.rpartition(".")[0]
    others = {item.endpoint for item in _navigation().main}
    return request.blueprint == room and request.endpoint not in others
