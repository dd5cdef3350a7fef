"""What templates may call: dates with weekday and zone, numbers, shares, codes in groups, asset addresses."""

import math
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from flask import Flask, current_app
from flask_babel import get_locale, get_timezone
from jinja2 import BaseLoader, ChoiceLoader, PackageLoader, PrefixLoader

from app.platform import assets, clock, forms, navigation, sanitize
from app.platform.language import current_language

SHORT_PATTERNS = {"en": "EEE d MMM", "ko": "M월 d일 (E)"}
DATE_PATTERNS = {"en": "EEEE d MMMM y", "ko": "y년 M월 d일 EEEE"}
MONTH_PATTERNS = {"en": "MMMM y", "ko": "y년 M월"}
GROUP_LENGTH = 8
TOWN_NAMES = {"en": "Hanbit", "ko": "한빛시"}
GOVUK_PACKAGES = ("govuk_frontend_jinja", "govuk_frontend_wtf")


def init_app(app: Flask, items: navigation.Navigation) -> None:
    """Give templates their filters and functions, the navigation and the built assets."""
    app.config.setdefault("TOWN_NAMES", TOWN_NAMES)
    assets.init_app(app)
    navigation.init_app(app, items)
    # Rooms' and our own templates first; GOV.UK's macros under the names of their packages.
    packages: dict[str, BaseLoader] = {name: PackageLoader(name) for name in GOVUK_PACKAGES}
    own = app.jinja_env.loader
    app.jinja_env.loader = ChoiceLoader([*([own] if own else []), PrefixLoader(packages)])
    app.jinja_env.filters.update(
        long_date=long_date,
        long_month=long_month,
        long_moment=long_moment,
        short_day=short_day,
        hour=hour,
        number=number,
        groups_of_eight=groups_of_eight,
        markdown=sanitize.render_markdown,
    )
    app.jinja_env.globals.update(
        current_language=current_language,
        town_name=town_name,
        days_left=days_left,
        share=share,
        bar_width=bar_width,
        error_links=forms.error_links,
    )


def town_name() -> str:
    """Return the municipality's name in the reader's language."""
    names: dict[str, str] = current_app.config["TOWN_NAMES"]
    return names.get(current_language(), names["en"])


def long_date(on: date) -> str:
    """Write a day with its weekday: "Friday 27 November 2026", "2026년 11월 27일 금요일".

    The day of an aware moment is that of the town's zone.
    """
    if isinstance(on, datetime):
        on = on.astimezone(get_timezone()).date()
    return format_date(on, DATE_PATTERNS[current_language()], locale=get_locale())


def long_month(month: str) -> str:
    """Write a month that is given as "2026-11": "November 2026", "2026년 11월"."""
    return format_date(date.fromisoformat(f"{month}-01"), MONTH_PATTERNS[current_language()], get_locale())


def long_moment(at: datetime) -> str:
    """Write an aware moment in the town's zone, which it names: "Friday 27 November 2026, 18:00 KST"."""
    local = at.astimezone(get_timezone())
    day = format_datetime(local, DATE_PATTERNS[current_language()], locale=get_locale())
    joint = ", " if current_language() == "en" else " "
    return f"{day}{joint}{local:%H:%M} {local.tzname()}"


def short_day(at: datetime) -> str:
    """Write the day of a moment in the town's zone, with the year when it is another one: "Fri 27 Nov"."""
    local = at.astimezone(get_timezone())
    year = "" if local.year == clock.now().astimezone(get_timezone()).year else f" {local.year}"
    return format_datetime(local, SHORT_PATTERNS[current_language()], locale=get_locale()) + year


def hour(at: datetime) -> str:
    """Write the time of day of a moment in the town's zone: "14:02"."""
    return f"{at.astimezone(get_timezone()):%H:%M}"


def days_left(at: datetime) -> int:
    """Count the calendar days of the town from today to `at`; below zero only once the moment has passed."""
    zone = get_timezone()
    now = clock.now()
    days = (at.astimezone(zone).date() - now.astimezone(zone).date()).days
    return min(days, -1) if at <= now else days


def number(value: Any) -> str:
    """Write a number with the reader's separators: 1,234."""
    return format_decimal(value, locale=get_locale())


def share(count: int, total: int) -> str:
    """Write a part of a whole as a percentage with one decimal; of nothing, "0%"."""
    return format_percent(count / total if total else 0, "#,##0.0%" if total else "0%", locale=get_locale())


def bar_width(count: int, total: int) -> str:
    """Return the width of a bar as an SVG attribute, "43.21%"; attributes need no inline style."""
    part = min(count / total, 1) if total > 0 else 0
    return f"{math.floor(part * 10_000) / 100}%"


def groups_of_eight(code: str) -> list[str]:
    """Split a code into groups of eight characters, the last one shorter."""
    return [code[start : start + GROUP_LENGTH] for start in range(0, len(code), GROUP_LENGTH)]
