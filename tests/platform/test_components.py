"""Components and fields, in both languages, as rooms use them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from app import create_app
from app.platform import clock
from app.platform.assets import AssetMissing
from config import Testing as Settings
from tests.platform.styleguide import EverythingForm, blueprint

UI = '{% import "components/ui.html" as ui %}'
LANGUAGES = ("en", "ko")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One application for all: components need no database."""
    folder = tmp_path_factory.mktemp("components")
    application = create_app(Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'unused.sqlite3'}"))
    application.register_blueprint(blueprint)
    return application


@pytest.fixture
def page(app: Flask) -> Iterator[None]:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        yield


def draw(source: str, **values: object) -> str:
    return render_template_string(UI + source, **values)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


class ForbiddenMarkup(HTMLParser):
    """Collects what the content security policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or "style" in names or any(name.startswith("on") for name in names):
            self.found.append(self.get_starttag_text() or tag)
        if tag == "script" and "src" not in names:
            self.found.append("inline script")
        for name in ("src", "href", "action"):
            if (names.get(name) or "").startswith(("http:", "https:", "//", "javascript:")):
                self.found.append(f"{tag} {name}={names[name]}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "path", ["/styleguide/", "/styleguide/form", "/styleguide/empty", "/styleguide/progress", "/nope"]
)
def test_pages_carry_nothing_that_the_policy_refuses(client: FlaskClient, path: str, language: str) -> None:
    html = client.get(path, headers={"Accept-Language": language}).text
    parser = ForbiddenMarkup()
    parser.feed(html)
    assert parser.found == []
    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_ids_are_unique(client: FlaskClient, language: str) -> None:
    html = client.get("/styleguide/form", headers={"Accept-Language": language}).text
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_every_macro_of_the_index_is_documented(app: Flask) -> None:
    module = app.jinja_env.get_template("components/ui.html").module
    readme = (app.jinja_env.loader.get_source(app.jinja_env, "components/README.md"))[0]
    names = [name for name in vars(module) if not name.startswith("_")]
    assert len(names) > 30
    assert [name for name in names if f"`{name}(" not in readme] == []


def test_base_page_puts_the_next_step_before_the_content(client: FlaskClient) -> None:
    html = client.get("/styleguide/").text
    assert html.index("hw-grid__next") < html.index("hw-grid__content") < html.index("hw-grid__aside")


# Fields


def send(client: FlaskClient, language: str = "en", **fields: str) -> str:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/styleguide/form").text)
    assert token
    data = {"csrf_token": token[1], **{name.replace("__", "-"): value for name, value in fields.items()}}
    return client.post("/styleguide/form", data=data, headers={"Accept-Language": language}).text


FILLED = {
    "name": "Kim Sora",
    "email": "sora@example.org",
    "password": "correct horse",
    "reason": "why not",
    "seats": "3",
    "district": "east",
    "home": "river",
    "agree": "y",
    "day__day": "27",
    "day__month": "11",
    "day__year": "2026",
    "closes_at__day": "28",
    "closes_at__month": "11",
    "closes_at__year": "2026",
    "closes_at__time": "18:00",
}


def test_a_post_without_any_field_is_a_page_of_errors(client: FlaskClient) -> None:
    html = send(client)
    assert "There is a problem" in html
    assert "<title>Error: " in html
    for name in ("name", "email", "password", "reason", "seats", "home", "agree", "roll", "day-day"):
        assert f'href="#{name}"' in html
        assert f'id="{name}"' in html


def test_errors_are_translated(client: FlaskClient) -> None:
    html = send(client, "ko", home="nowhere")
    assert "Error:" not in text_of(html)
    assert "There is a problem" not in html


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"day__day": "31"}, "Enter a real date"),
        ({"day__day": "²"}, "Enter a real date"),
        ({"day__year": "9" * 400}, "Enter a real date"),
        ({"day__year": "-5"}, "Enter a real date"),
        ({"closes_at__time": ""}, "Enter a real date and time"),
        ({"closes_at__time": "25:00"}, "Enter a real date and time"),
        ({"closes_at__time": "18:00+09:00"}, "Enter a real date and time"),
        ({"email": "sora"}, "name@example.com"),
        ({"seats": "many"}, "Enter a whole number"),
        ({"home": "nowhere"}, "Choose one of the answers given"),
        ({"name": "   "}, "Enter your name"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    client: FlaskClient, changed: dict[str, str], message: str
) -> None:
    html = send(client, **(FILLED | changed))
    assert message in text_of(html)
    typed = next(iter(changed.values())).strip()
    assert typed in html or typed == "nowhere"


def test_a_moment_is_read_in_the_zone_of_the_town(app: Flask) -> None:
    data = {name.replace("__", "-"): value for name, value in FILLED.items()}
    with app.test_request_context("/", method="POST", data=data):
        form = EverythingForm(meta={"csrf": False})
        form.validate()
        assert form.closes_at.data == datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
        assert str(form.day.data) == "2026-11-27"
        assert set(form.errors) == {"roll"}


def test_parts_of_a_date_come_in_the_order_of_the_language(client: FlaskClient) -> None:
    english = client.get("/styleguide/form", headers={"Accept-Language": "en"}).text
    korean = client.get("/styleguide/form", headers={"Accept-Language": "ko"}).text
    assert english.index('id="day-day"') < english.index('id="day-year"')
    assert korean.index('id="day-year"') < korean.index('id="day-day"')


def test_a_password_is_never_sent_back(client: FlaskClient) -> None:
    assert "correct horse" not in send(client, **(FILLED | {"name": ""}))


def test_what_people_type_is_escaped(client: FlaskClient) -> None:
    html = send(client, **(FILLED | {"name": '"><script>alert(1)</script>', "reason": "</textarea><b>"}))
    assert "<script>alert" not in html
    assert "</textarea><b>" not in html


# Components


def test_a_code_can_be_copied_without_its_gaps(page: None) -> None:
    html = draw('{{ ui.code_groups("onks0FbfDHTPvHCMA3", copy=false) }}')
    code = re.search(r"<code[^>]*>(.*?)</code>", html)
    assert code
    assert re.sub(r"<[^>]+>", "", code[1]) == "onks0FbfDHTPvHCMA3"
    assert code[1].count("<span>") == 3


def test_a_chart_has_the_same_numbers_in_a_table(page: None) -> None:
    rows = [{"label": "A <b>", "count": 1432}, {"label": "B", "count": 997}, {"label": "C", "count": 0}]
    html = draw('{{ ui.result_chart(rows, "Where?") }}', rows=rows)
    assert "<b>" not in html
    cells = re.findall(r'numeric">([^<]+)</td>', html)
    assert cells == ["1,432", "59.0%", "997", "41.0%", "0", "0.0%"]
    assert 'width="58.95%"' in html


def test_an_empty_chart_divides_by_nothing(page: None) -> None:
    assert "0%" in draw('{{ ui.result_chart([{"label": "A", "count": 0}], "Where?") }}')
    assert draw('{{ ui.result_chart([], "Where?") }}')


def test_a_due_date_says_how_long_is_left(page: None) -> None:
    now = clock.now()
    assert "1 day left" in text_of(draw("{{ ui.due_chip(at) }}", at=now + timedelta(days=1)))
    assert "3 days left" in text_of(draw("{{ ui.due_chip(at) }}", at=now + timedelta(days=3)))
    assert "2 days late" in text_of(draw("{{ ui.due_chip(at) }}", at=now - timedelta(days=2)))
    just_missed = draw("{{ ui.due_chip(at) }}", at=now - timedelta(seconds=1))
    assert "1 day late" in text_of(just_missed)
    assert "hw-tag--late" in just_missed


def test_a_moment_names_its_weekday_and_zone(app: Flask) -> None:
    at = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert text_of(draw("{{ ui.moment(at) }}", at=at)) == "Friday 27 November 2026, 18:00 KST"
    with app.test_request_context("/", headers={"Accept-Language": "ko"}):
        assert text_of(draw("{{ ui.moment(at) }}", at=at)) == "2026년 11월 27일 금요일 18:00 KST"


def test_a_month_is_written_out(app: Flask) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert draw("{{ '2026-11' | long_month }}") == "November 2026"
    with app.test_request_context("/", headers={"Accept-Language": "ko"}):
        assert draw("{{ '2026-11' | long_month }}") == "2026년 11월"


def test_the_confirming_form_carries_its_token(page: None) -> None:
    html = draw('{{ ui.confirm_form("/close", "Close", fields={"reason": "\\"x"}) }}')
    assert 'method="post" action="/close"' in html
    assert 'name="csrf_token" value="' in html
    assert 'value="&#34;x"' in html


def test_pages_are_linked_only_where_there_are_more(page: None) -> None:
    assert draw('{{ ui.pagination(1, 1, "pages.home") }}').strip() == ""
    middle = draw('{{ ui.pagination(2, 3, "pages.home", q="a&b") }}')
    assert 'rel="prev" href="/?page=1&amp;q=a%26b"' in middle
    assert 'rel="next"' in middle


def test_the_page_of_long_work_can_be_renewed_without_scripts(client: FlaskClient) -> None:
    html = client.get("/styleguide/progress").text
    assert 'href="/styleguide/progress">Look again</a>' in html
    assert "http-equiv" not in html


def test_a_missing_asset_is_named(app: Flask, page: None) -> None:
    with pytest.raises(AssetMissing, match=r"booth-nonsense\.js"):
        draw('{{ ui.script("booth-nonsense.js") }}')
