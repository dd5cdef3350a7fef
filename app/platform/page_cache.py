"""Public pages that caches may keep, and some that are rendered once for all strangers of a few seconds.

Only what is the same for every stranger may be kept: a visitor with a session cookie always gets a page of
their own. Each process remembers for itself.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from threading import Event, Thread
from typing import Any, TypeVar

from flask import Response, copy_current_request_context, current_app, make_response, request
from werkzeug.datastructures import Headers

from app.platform.language import current_language

View = TypeVar("View", bound=Callable[..., Any])
MOST_PAGES = 500
# Seconds beyond its time in which a page is still shown while it is rendered anew.
RENEWAL = 3.0


def cacheable(seconds: int, stale: int) -> Callable[[View], View]:
    """Let caches keep a view's answers to strangers for `seconds`, and show them for `stale` more.

    To be the innermost decorator. What somebody who is signed in sees is kept by nobody.
    """
    return lambda view: _decorate(view, seconds, stale, lambda make: make())


def remembered(seconds: int, stale: int) -> Callable[[View], View]:
    """The same, and this process renders the answer once in `seconds` for all strangers.

    While it is asked for, it is rendered anew beside the requests, so that no reader waits for that.
    """
    return lambda view: _decorate(view, seconds, stale, lambda make: _remember(seconds, make))


def _decorate(
    view: View, seconds: int, stale: int, keep: Callable[[Callable[[], Response]], Response]
) -> View:
    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Response:
        if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
            response = make_response(view(*args, **kwargs))
            response.headers["Cache-Control"] = "private, no-store"
            return response
        response = keep(lambda: make_response(view(*args, **kwargs)))
        response.headers["Cache-Control"] = f"public, max-age={seconds}, stale-while-revalidate={stale}"
        response.vary.update(("Accept-Language", "Cookie"))
        return response

    return answer  # type: ignore[return-value]


@dataclass
class _Page:
    """A rendered answer, until when it is fresh, and whether somebody is rendering the next one."""

    body: bytes
    headers: Headers
    fresh_until: float
    renewing: bool = False


Pages = dict[tuple[str, str], _Page]


def _remember(seconds: int, make: Callable[[], Response]) -> Response:
    pages: Pages = current_app.extensions.setdefault("pages", {})
    key = (request.full_path, current_language())
    page = _find(pages, key)
    if page is None:
        return _render_once(pages, key, seconds, make)
    if time.monotonic() > page.fresh_until and not page.renewing:
        # Two who come at the same moment may both renew it: no harm.
        page.renewing = True
        _renew(pages, key, seconds, make)
    return Response(page.body, headers=page.headers)


def _find(pages: Pages, key: tuple[str, str]) -> _Page | None:
    """The page, if it may still be shown."""
    page = pages.get(key)
    return page if page is not None and time.monotonic() <= page.fresh_until + RENEWAL else None


def _render_once(pages: Pages, key: tuple[str, str], seconds: int, make: Callable[[], Response]) -> Response:
    """Render the page, or wait for somebody who is at it; only if theirs cannot be kept, render it too."""
    at_it: dict[tuple[str, str], Event] = current_app.extensions.setdefault("pages_in_work", {})
    mine = Event()
    theirs = at_it.setdefault(key, mine)
    if theirs is not mine:
        theirs.wait(RENEWAL)
        page = _find(pages, key)
        return Response(page.body, headers=page.headers) if page else _render(pages, key, seconds, make)
    try:
        return _render(pages, key, seconds, make)
    finally:
        del at_it[key]
        mine.set()


def _render(pages: Pages, key: tuple[str, str], seconds: int, make: Callable[[], Response]) -> Response:
    response = make()
    if response.status_code == 200:
        if len(pages) >= MOST_PAGES:
            pages.clear()
        until = time.monotonic() + seconds
        pages[key] = _Page(response.get_data(), Headers(response.headers), until)
    else:
        pages.pop(key, None)
    return response


def _renew(pages: Pages, key: tuple[str, str], seconds: int, make: Callable[[], Response]) -> None:
    """Render the page anew beside the request, so that nobody waits for it while it is asked for."""

    @copy_current_request_context
    def render() -> None:
        try:
            _render(pages, key, seconds, make)
        except Exception:  # noqa: BLE001 - who comes after RENEWAL renders it, and is told
            current_app.logger.warning("a public page could not be rendered anew")

    Thread(target=render, daemon=True).start()
