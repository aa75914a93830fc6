"""Template tags of the house, available in every template."""

import re
import secrets
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from peersupport.web.when import place_of

register = template.Library()


@register.simple_tag(takes_context=True)
def csrf_token(context: template.Context) -> SafeString:
    """Write Django's hidden token, and beside it the key by which the same form sent twice is done once (`ui.form_keys`)."""
    token = context.get("csrf_token")
    if not token or token == "NOTPROVIDED":
        return SafeString("")
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="form_key" value="{}">',
        token,
        secrets.token_urlsafe(16),
    )


@register.filter
def plain_text(text: str) -> SafeString:
    """Show an organization's text: blank lines part paragraphs, `# ` begins a heading, `- ` a list."""
    blocks = re.split(r"\n\s*\n", str(text).strip().replace("\r\n", "\n"))
    return mark_safe("\n".join(_block(block) for block in blocks if block.strip()))  # every part is escaped


def _block(block: str) -> str:
    lines = [line.strip() for line in block.strip().split("\n")]
    heads = next((number for number, line in enumerate(lines) if not line.startswith("# ")), len(lines))
    headings = "".join(format_html("<h2>{}</h2>", line[2:]) for line in lines[:heads])
    return headings + (_paragraph(lines[heads:]) if heads < len(lines) else "")


def _paragraph(lines: list[str]) -> str:
    if all(line.startswith("- ") for line in lines):
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line[2:],) for line in lines)))
    return "<p>" + "<br>".join(escape(line) for line in lines) + "</p>"


@register.filter
def zone_note(row: Any) -> str:
    """Return the place whose clock a moment is shown by (" (Madrid)"), where it was agreed on by another clock."""
    if getattr(row, "time_zone", "") in {"", timezone.get_current_timezone_name()}:
        return ""
    there = row.starts_at.astimezone(ZoneInfo(row.time_zone))
    if there.utcoffset() == timezone.localtime(row.starts_at).utcoffset():
        return ""
    return f" ({place_of(timezone.get_current_timezone_name())})"


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """Return `mapping[key]`, or an empty text."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def grouped(field: Any) -> list[tuple[Any, list[Any]]]:
    """Return the choices of a field as (group, choices); the group is None for choices that have none."""
    choices = iter(field.subwidgets)
    widget = field.field.widget.get_context(field.html_name, field.value(), {})["widget"]
    return [(name, [next(choices) for _ in options]) for name, options, _place in widget["optgroups"]]


@register.simple_tag(takes_context=True)
def page_link(context: template.Context, page: int, name: str = "page") -> str:
    """Return the query string of this list at another page, filters and other lists kept."""
    query = context["request"].GET.copy()
    query[name] = str(page)
    return f"?{query.urlencode()}"


@register.inclusion_tag("peer/paging.html", takes_context=True)
def paging(context: template.Context, page: Any, name: str = "page") -> dict[str, Any]:
    """Draw previous / next for a Django `Page`; `name` tells several lists on a page apart."""
    return {"page": page, "name": name, "request": context["request"]}
