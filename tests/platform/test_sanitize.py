"""What people write is shown as text and a few tags; nothing of it runs or loads."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.platform.sanitize import ATTRIBUTES, TAGS, render_markdown

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "![pixel](https://elsewhere.test/pixel.png)",
    '<a href="x" onclick="alert(1)">x</a>',
    "<svg><script>alert(1)</script></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>*{display:none}</style>",
    '[a](https://a.test "x" onmouseover="alert(1)")',
    '<https://a.test/"onmouseover=alert(1)//>',
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "# Heading\n\n<h1>Heading</h1>",
]


class Inventory(HTMLParser):
    """Every tag, attribute and link of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is there."""
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


def take_inventory(text: str) -> Inventory:
    """What rendering `text` leaves."""
    inventory = Inventory()
    inventory.feed(render_markdown(text))
    return inventory


def ensure_harmless(text: str) -> None:
    """Only listed tags and attributes, and links of listed kinds."""
    found = take_inventory(text)
    assert found.tags <= TAGS
    assert found.attributes <= {(tag, name) for tag, names in ATTRIBUTES.items() for name in names}
    assert all(link.split(":")[0] in ("http", "https", "mailto") for link in found.links if ":" in link)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_is_shown_and_not_run(payload: str) -> None:
    ensure_harmless(payload)


@given(st.text(alphabet=st.sampled_from("<>&\"'[]()!#*_`:/=; \nabjs\t"), max_size=80))
def test_no_text_gets_more_than_the_listed_tags(text: str) -> None:
    ensure_harmless(text)


def test_lists_emphasis_and_links_survive() -> None:
    html = render_markdown("One **bold** word\n\n* a\n* b\n\n[the plan](https://hanbit.test/plan)")
    assert "<strong>bold</strong>" in html
    assert html.count("<li>") == 2
    assert '<a rel="nofollow noopener ugc" href="https://hanbit.test/plan">the plan</a>' in html
