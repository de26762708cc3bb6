"""Which texts can be saved as templates (R5): those that will be sent whole, whatever is known of the booking."""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import combinations

from django.utils.translation import gettext as _

from common.refusals import RefusedError
from message_templates.domain.catalogue import MESSAGE_KINDS
from message_templates.services.variables import ALWAYS_KNOWN, LONGEST, plain_values
from shared_contracts.notification import NotificationKind
from shared_contracts.telegram.html import HtmlError, parse_html
from shared_contracts.telegram.text import MAX_TEXT, utf16_length
from shared_contracts.texts.message_templates import VARIABLES, TemplateError, check, render, variables_of


def check_text(kind: NotificationKind, text: str) -> None:
    """Refuse a text that could not be sent, or could lose what the reader needs.

    Raises:
        RefusedError: on ``text``, with the variables' names or Telegram's reason.
    """
    required = MESSAGE_KINDS[kind].required
    try:
        check(text, required)
    except TemplateError as error:
        raise _refused(_problem(error)) from None
    certain = ALWAYS_KNOWN | required
    _check_lines(text, required, certain)
    values = plain_values()
    for missing in _what_may_be_missing(variables_of(text) - certain):
        known = {name: value for name, value in values.items() if name not in missing}
        _check_message(render(text, known), missing)
    _check_length(render(text, LONGEST))


def _what_may_be_missing(names: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Every choice of variables, none first: lines that are left out may take a tag along."""
    for count in range(len(names) + 1):
        yield from combinations(sorted(names), count)


def _check_lines(text: str, required: frozenset[str], certain: Collection[str]) -> None:
    """What must be named stands in a line that is never left out."""
    kept = [names for line in text.splitlines() if (names := variables_of(line)) <= set(certain)]
    lost = required - frozenset().union(*kept)
    if lost:
        raise _refused(
            _("%(names)s: give it a line of its own. A line is left out when one of its variables is empty.")
            % {"names": braced(lost)}
        )


def _check_message(message: str, missing: Collection[str]) -> None:
    try:
        parse_html(message)
    except HtmlError as error:
        told = _("Telegram would refuse it: %(reason)s.")
        if missing:
            told = _("Without %(names)s, whose lines are then left out, Telegram would refuse it: %(reason)s.")
        told %= {"names": braced(missing), "reason": _located(str(error), message)}
        raise _refused(told) from None


def _check_length(message: str) -> None:
    length = utf16_length(parse_html(message)[0])
    if length > MAX_TEXT:
        told = _("With long names and a long reason it has %(length)s characters; Telegram takes %(most)s.")
        raise _refused(told % {"length": length, "most": MAX_TEXT})


def _located(reason: str, message: str) -> str:
    """Telegram's reason with a line for people in place of its byte offset."""
    found = re.search(r" at byte offset (\d+)", reason)
    if not found:
        return reason
    line = message.encode()[: int(found[1])].count(b"\n") + 1
    return _("line %(line)s: %(reason)s") % {"line": line, "reason": reason.replace(found[0], "")}


def _problem(error: TemplateError) -> str:
    told: Mapping[str, str] = {
        "braces": _("A brace has no pair, or there is more than a name between two. To show a brace, write it twice."),
        "unknown": _("There is no such variable: %(names)s. There are: %(known)s."),
        "missing": _("The reader would miss %(names)s: name it in the text."),
    }
    return told[error.problem] % {"names": braced(error.names), "known": braced(VARIABLES)}


def braced(names: Collection[str]) -> str:
    """``{date}, {time}``."""
    return ", ".join(f"{{{name}}}" for name in sorted(names))


def _refused(message: str) -> RefusedError:
    return RefusedError({"text": message})
