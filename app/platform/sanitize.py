"""Text that people write, made safe to show: Markdown, cleaned by bleach (this is its one importer)."""

import bleach
from markdown_it import MarkdownIt
from markupsafe import Markup

# No images (they would ask other hosts) and no headings (a page has its own).
TAGS = frozenset({"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "a"})
ATTRIBUTES = {"a": ["href", "rel"], "ol": ["start"]}
PROTOCOLS = frozenset({"https", "http", "mailto"})

# Raw HTML in the source is shown as text, not passed through.
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True})


def render_markdown(text: str) -> Markup:
    """Turn Markdown into HTML of the few tags above; everything else is shown as it was typed."""
    html = bleach.clean(_markdown.render(text), tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS)
    linked = html.replace("<a href=", '<a rel="nofollow noopener ugc" href=')
    return Markup(linked)  # noqa: S704 - this is the place that makes it safe
