"""Words that an organization edits in several languages, kept as {"en": "…", "ar": "…"}."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import translation


def in_language(words: Mapping[str, str], language: str | None = None) -> str:
    """Return the words in `language` (default: the current one), else the site's, else any."""
    language = (language or translation.get_language() or settings.LANGUAGE_CODE).split("-")[0]
    chosen = words.get(language) or words.get(settings.LANGUAGE_CODE)
    return chosen or next((text for text in words.values() if text), "")


def in_every_language(lazy: Any) -> dict[str, str]:
    """Return a lazy text (a gettext promise) in each language of the site."""
    words = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words[code] = str(lazy)
    return words
