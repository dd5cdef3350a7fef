"""Public pages that caches may keep, and some that are rendered once for all strangers of a few seconds.

Only what is the same for every stranger may be kept: a visitor with a session cookie always gets a page of
their own. Each process remembers for itself.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, current_app, make_response, request
from werkzeug.datastructures import Headers

from app.platform.language import current_language

View = TypeVar("View", bound=Callable[..., Any])
MOST_PAGES = 500


def cacheable(seconds: int, stale: int) -> Callable[[View], View]:
    """Let caches keep a view's answers to strangers for `seconds`, and show them for `stale` more.

    To be the innermost decorator. What somebody who is signed in sees is kept by nobody.
    """
    return lambda view: _decorate(view, seconds, stale, lambda make: make())


def remembered(seconds: int, stale: int) -> Callable[[View], View]:
    """The same, and this process renders the answer once in `seconds` for all strangers."""
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


def _remember(seconds: int, make: Callable[[], Response]) -> Response:
    pages: dict[tuple[str, str], tuple[float, bytes, Headers]]
    pages = current_app.extensions.setdefault("pages", {})
    key, now = (request.full_path, current_language()), time.monotonic()
    kept_until, body, headers = pages.get(key, (0.0, b"", Headers()))
    if kept_until > now:
        return Response(body, headers=headers)
    response = make()
    if response.status_code == 200:
        if len(pages) >= MOST_PAGES:
            pages.clear()
        pages[key] = (now + seconds, response.get_data(), Headers(response.headers))
    return response
