"""Telegram's HTML as the desk checks it and the sandbox reads it (whose tests go through every tag and refusal)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_contracts.telegram.html import HtmlError, parse_html
from shared_contracts.telegram.text import check_link, to_html, utf16_length

LETTERS = st.text("aё🎉<>&\" \n'=/b", max_size=20)
TAGS = ["b", "i", "u", "s", "code", "tg-spoiler", "blockquote"]
TREES = st.recursive(
    LETTERS.map(lambda text: to_html(text, [])),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", st.sampled_from(TAGS), st.lists(inner)
    ),
    max_leaves=8,
)


@given(TREES)
def test_what_is_escaped_and_nested_parses_and_renders_to_the_same(source: str) -> None:
    text, entities = parse_html(source)
    assert parse_html(to_html(text, entities)) == (text, entities)
    assert all(e["offset"] + e["length"] <= utf16_length(text) for e in entities)


@given(st.text("ab<>/='\" &;#ёspan", max_size=30))
def test_any_text_is_parsed_or_refused_but_never_breaks_the_parser(source: str) -> None:
    try:
        text, _ = parse_html(source)
    except HtmlError:
        return
    assert utf16_length(text) <= utf16_length(source)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("Приходите <b>завтра", 'Can\'t find end tag corresponding to start tag "b"'),
        ("5 < 6 > 4", 'Unsupported start tag "" at byte offset 2'),
        ("Строка<br>", 'Unsupported start tag "br" at byte offset 12'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
    ],
)
def test_a_text_is_refused_in_telegrams_own_words(source: str, reason: str) -> None:
    with pytest.raises(HtmlError) as refused:
        parse_html(source)

    assert str(refused.value) == reason


def test_what_is_shown_again_as_html_holds_nothing_but_telegrams_tags() -> None:
    source = "<b onclick='alert(1)'>x</b> &lt;script&gt; <a href='javascript:alert(1)'>y</a> <a href='t.me/anna'>z</a>"

    shown = to_html(*parse_html(source))

    assert shown == '<b>x</b> &lt;script&gt; y <a href="http://t.me/anna">z</a>'


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://", "localhost", "https://a b.c"])
def test_a_link_that_leads_nowhere_on_a_phone_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        check_link(url)
