"""Who may use an endpoint: declared once beside it, enforced before it runs, demanded at start-up.

The decorators only mark the view; `enforce` does the checking for every request, so that the order of
decorators cannot open a hole.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_login import current_user

from app.platform.errors import PermissionDenied, SignInNeeded
from app.platform.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])
MARK = "__access__"
RECENT_MARK = "__recent__"


@dataclass(frozen=True)
class Access:
    """What an endpoint demands: nothing, a signed-in account, or a permission."""

    signed_in: bool
    permission: Permission | None = None

    def __str__(self) -> str:
        if self.permission is not None:
            return self.permission.value
        return "signed-in" if self.signed_in else "public"


class AccessNotDeclared(Exception):
    """An endpoint carries no access declaration, or more than one; the application refuses to start."""


def public(view: View) -> View:
    """Open the endpoint to everyone."""
    return _declare(view, Access(signed_in=False))


def login_required(view: View) -> View:
    """Open the endpoint to every signed-in account."""
    return _declare(view, Access(signed_in=True))


def requires(permission: Permission) -> Callable[[View], View]:
    """Open the endpoint to accounts one of whose roles has `permission`."""

    def mark(view: View) -> View:
        return _declare(view, Access(signed_in=True, permission=permission))

    return mark


def requires_recent(view: View) -> View:
    """Mark an act as sensitive: whoever does it has proved within the last minutes who they are."""
    setattr(view, RECENT_MARK, True)
    return view


def wants_recent(view: Callable[..., Any]) -> bool:
    """Whether an endpoint is marked as sensitive."""
    return bool(getattr(view, RECENT_MARK, False))


def declared_access(view: Callable[..., Any]) -> Access | None:
    """The declaration an endpoint carries, or None."""
    return getattr(view, MARK, None)


def check_declarations(app: Flask) -> None:
    """Refuse to start while any endpoint lacks a declaration; raises AccessNotDeclared naming them all."""
    missing = sorted(name for name, view in app.view_functions.items() if declared_access(view) is None)
    if missing:
        raise AccessNotDeclared(f"no access declaration on: {', '.join(missing)}")


def enforce() -> None:
    """Before each request: check the declaration; an endpoint without one is refused (default deny)."""
    if request.endpoint is None:
        return
    access = declared_access(current_app.view_functions[request.endpoint])
    if access is None:
        raise PermissionDenied
    if access.signed_in and not current_user.is_authenticated:
        raise SignInNeeded
    if access.permission is not None and not current_user.has_permission(access.permission):
        raise PermissionDenied


def _declare(view: View, access: Access) -> View:
    if hasattr(view, MARK):
        raise AccessNotDeclared(f"{view.__qualname__} carries two access declarations")
    setattr(view, MARK, access)
    return view
