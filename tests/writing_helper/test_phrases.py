"""How a phrase of the glossary is found in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peersupport.writing_helper.phrases import Phrases, parts_of, tokens


def found(phrase, text, language="en"):
    words = tokens(text, language)
    return [
        text[words[first].start : words[last - 1].end]
        for _owner, first, last in Phrases([(phrase, 0)], language).find(words)
    ]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("a bipolar", "He is a Bipolar, they said", ["a Bipolar"]),
        ("a bipolar", "a bipolars", []),
        ("bipolar*", "bipolars and bipolarity", ["bipolars", "bipolarity"]),
        ("[is|was] refusing", "she was refusing; he refuses", ["was refusing"]),
        ("refus* … meds", "refused to take her meds", ["refused to take her meds"]),
        ("refus* … meds", "refused to take any of her meds", []),
        ("refus* … meds", "refused. No meds", []),
        ("non-compliant", "non compliant, Non-Compliant", ["non compliant", "Non-Compliant"]),
        ("isn't [well|right*]", "it isn’t rightly so", ["isn’t rightly"]),
    ],
)
def test_words_endings_choices_and_gaps(phrase, text, expected):
    assert found(phrase, text) == expected


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("مريض", "والمريض قال"),
        ("مريض", "للمريض"),
        ("حالة", "هذه حاله"),
        ("ادارة", "إدارة الحالة"),
        ("مدمن", "مُدْمِن"),
    ],
)
def test_arabic_words_are_found_with_what_is_written_onto_them(phrase, text):
    assert len(found(phrase, text, "ar")) == 1


def test_accents_count():
    assert found("enfermó", "enfermo", "es") == []


@pytest.mark.parametrize("phrase", ["", "…", "* *", "[]", "---", "[|]"])
def test_a_phrase_without_a_word_is_none(phrase):
    assert parts_of(phrase, "en") == () or not found(phrase, "some words of somebody")


@given(st.text(max_size=300), st.text(max_size=40), st.sampled_from(["en", "es", "fr", "ar"]))
def test_any_phrase_and_any_text_are_looked_at_without_harm(text, phrase, language):
    for hit in found(phrase, text, language):
        assert hit in text
