"""Telegram's HTML over the wire: what becomes an entity, and what is refused where."""

from typing import Any

import pytest

from tests.sandbox.driver import Driver


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("Hi <div>x</div>", 'Unsupported start tag "div" at byte offset 3'),
        ("Привет <br/>", 'Unsupported start tag "br/" at byte offset 13'),
        ("5 < 6 > 4", 'Unsupported start tag "" at byte offset 2'),
        ("a <", "Unclosed start tag at byte offset 2"),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<b>bold", 'Can\'t find end tag corresponding to start tag "b"'),
        ("ё</b>", "Unexpected end tag at byte offset 2"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>x</b ", "Unclosed end tag at byte offset 4"),
        (
            "<a href>x</a>",
            'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0',
        ),
        ("<a ='x'>x</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href='x>x</a>", "Unclosed start tag at byte offset 0"),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=x/y>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_bad_html_is_refused_with_its_place(sandbox: Driver, source: str, reason: str) -> None:
    anna = sandbox.candidate()
    answer = sandbox.refusal("sendMessage", chat_id=anna, text=source, parse_mode="HTML")
    assert answer == (400, f"Bad Request: can't parse entities: {reason}")


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("<b>x</b>", "bold"),
        ("<strong>x</strong>", "bold"),
        ("<i>x</i>", "italic"),
        ("<em>x</em>", "italic"),
        ("<u>x</u>", "underline"),
        ("<ins>x</ins>", "underline"),
        ("<s>x</s>", "strikethrough"),
        ("<strike>x</strike>", "strikethrough"),
        ("<del>x</del>", "strikethrough"),
        ("<code>x</code>", "code"),
        ("<pre>x</pre>", "pre"),
        ("<pre><code class='language-python'>x</code></pre>", "pre"),
        ("<tg-spoiler>x</tg-spoiler>", "spoiler"),
        ('<span class="tg-spoiler">x</span>', "spoiler"),
        ("<blockquote>x</blockquote>", "blockquote"),
        ("<blockquote expandable>x</blockquote>", "expandable_blockquote"),
    ],
)
def test_every_tag_becomes_its_entity(sandbox: Driver, source: str, kind: str) -> None:
    message = sandbox.ok("sendMessage", chat_id=sandbox.candidate(), text=source, parse_mode="HTML")
    assert message["text"] == "x"
    assert message["entities"] == [{"type": kind, "offset": 0, "length": 1}]


def entities_of(sandbox: Driver, text: str, **fields: Any) -> list[dict[str, Any]]:
    message = sandbox.ok("sendMessage", chat_id=sandbox.candidate(), text=text, **fields)
    found: list[dict[str, Any]] = message.get("entities", [])
    return found


def test_offsets_count_utf16_units(sandbox: Driver) -> None:
    found = entities_of(sandbox, "🎉<b>ё🎉</b>", parse_mode="HTML")
    assert found == [{"type": "bold", "offset": 2, "length": 3}]


def test_nested_entities_come_outer_first(sandbox: Driver) -> None:
    found = entities_of(sandbox, "<b>a<i>b</i></b>", parse_mode="HTML")
    assert [(e["type"], e["offset"], e["length"]) for e in found] == [("bold", 0, 2), ("italic", 1, 1)]


def test_links_are_kept_and_dead_ones_are_plain_text(sandbox: Driver) -> None:
    text = "<a href='https://t.me/anna?a=1&amp;b=2'>one</a> <a href='nowhere'>two</a>"
    assert entities_of(sandbox, text, parse_mode="HTML") == [
        {"type": "text_link", "offset": 0, "length": 3, "url": "https://t.me/anna?a=1&b=2"}
    ]


def test_a_mention_by_id_names_the_person(sandbox: Driver) -> None:
    found = entities_of(sandbox, "<a href='tg://user?id=1001'>Anna</a>", parse_mode="HTML")
    assert found[0]["type"] == "text_mention"
    assert found[0]["user"]["first_name"] == "Anna"


def test_four_named_and_all_numbered_references_are_decoded(sandbox: Driver) -> None:
    source = "&lt;&gt;&amp;&quot; &#1105;&#x451; &nbsp;&laquo; &#0;"
    message = sandbox.ok("sendMessage", chat_id=sandbox.candidate(), text=source, parse_mode="HTML")
    assert message["text"] == '<>&" ёё &nbsp;&laquo; &#0;'


def test_without_a_parse_mode_tags_are_text(sandbox: Driver) -> None:
    assert entities_of(sandbox, "<b>x</b>") == []


def test_white_space_around_a_text_is_cut_and_entities_move(sandbox: Driver) -> None:
    message = sandbox.ok("sendMessage", chat_id=sandbox.candidate(), text="\n <b> x</b> \n", parse_mode="HTML")
    assert message["text"] == "x"
    assert message["entities"] == [{"type": "bold", "offset": 0, "length": 1}]


def test_commands_links_and_mentions_are_found_but_not_in_code(sandbox: Driver) -> None:
    found = entities_of(sandbox, "/cancel, https://example.com. @anna_k <code>/start</code> a/b", parse_mode="HTML")
    assert [(e["type"], e["offset"], e["length"]) for e in found] == [
        ("bot_command", 0, 7),
        ("url", 9, 19),
        ("mention", 30, 7),
        ("code", 38, 6),
    ]


def test_explicit_entities_are_taken(sandbox: Driver) -> None:
    bold = {"type": "bold", "offset": 0, "length": 2}
    assert entities_of(sandbox, "Hi you", entities=[bold]) == [bold]


def test_an_unknown_parse_mode_is_refused(sandbox: Driver) -> None:
    answer = sandbox.refusal("sendMessage", chat_id=sandbox.candidate(), text="x", parse_mode="rst")
    assert answer == (400, "Bad Request: unsupported parse_mode")
