"""Public pages, rendered once for all visitors who ask within a few seconds.

Only what is the same for every stranger may be remembered: a visitor with a session cookie always gets a
page of their own. Each process remembers for itself.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, current_app, make_response, request

from app.platform.language import current_language

View = TypeVar("View", bound=Callable[..., Any])
MOST_PAGES = 500


def remembered(seconds: int, stale: int) -> Callable[[View], View]:
    """Keep a view's answers to strangers for `seconds`, and let caches show them for `stale` more.

    To be the innermost decorator. What somebody who is signed in sees is kept by nobody.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(*args: Any, **kwargs: Any) -> Response:
            if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
                response = make_response(view(*args, **kwargs))
                response.headers["Cache-Control"] = "private, no-store"
                return response
            response = _remember(seconds, lambda: make_response(view(*args, **kwargs)))
            response.headers["Cache-Control"] = f"public, max-age={seconds}, stale-while-revalidate={stale}"
            response.vary.update(("Accept-Language", "Cookie"))
            return response

        return answer  # type: ignore[return-value]

    return decorate


def _remember(seconds: int, make: Callable[[], Response]) -> Response:
    pages: dict[tuple[str, str], tuple[float, bytes, str]] = current_app.extensions.setdefault("pages", {})
    key, now = (request.full_path, current_language()), time.monotonic()
    kept_until, body, mimetype = pages.get(key, (0.0, b"", ""))
    if kept_until <= now:
        response = make()
        if response.status_code != 200:
            return response
        if len(pages) >= MOST_PAGES:
            pages.clear()
        pages[key] = (now + seconds, response.get_data(), response.content_type)
        return response
    return Response(body, content_type=mimetype)
