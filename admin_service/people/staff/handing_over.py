"""Links are shown once, to who made them: what makes them is in no database, but travels with the redirect."""

import base64
from collections.abc import Callable, Sequence
from typing import NamedTuple

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.zones import MOSCOW
from people.models import Invitation, InvitationState
from people.services.invitations import Invited
from people.services.links import invitation_link
from people.services.tokens import Tokens, digest
from staffkit.clocks import format_moment
from staffkit.sending.once import Done
from staffkit.tables.writing import lines
from staffkit.views import may

MAY_INVITE = "people.add_invitation"
LIST = "admin:people_invitation_changelist"
_COOKIE = "made_links"
_SECONDS = 120
"""For the redirect to be followed; the page that shows the links ends it."""


class MadeLink(NamedTuple):
    """A link that can be shown this once."""

    invitation: Invitation
    link: str

    @property
    def copyable(self) -> str:
        """With a button that copies it."""
        return copyable(self.link)

    @property
    def picture(self) -> SafeString:
        """Its QR code as SVG, to be scanned from a screen, or from the sheet that is printed."""
        drawn = segno.make(self.link, error="m").svg_inline(border=4, dark="#000", light="#fff", omitsize=True)
        return mark_safe(drawn)

    @property
    def until(self) -> str:
        """How long it can be used, on Moscow's clocks."""
        return format_moment(self.invitation.expires_at, MOSCOW)


def handing_over(tokens: Tokens) -> Callable[[HttpResponse], None]:
    """What lets the page that an answer leads to show what was just made."""

    def hand_over(answer: HttpResponse) -> None:
        answer.set_cookie(
            _COOKIE,
            tokens.seed,
            max_age=_SECONDS,
            path=reverse("admin:index"),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )

    return hand_over


def handed_over(request: HttpRequest) -> Tokens | None:
    """What was made a moment ago in this browser, until it is shown."""
    seed = request.COOKIES.get(_COOKIE)
    return Tokens(seed) if seed else None


def shown(response: HttpResponseBase) -> None:
    """That was the once."""
    response.delete_cookie(_COOKIE, path=reverse("admin:index"), samesite="Strict")


def links_of(request: HttpRequest, invitations: Sequence[Invitation]) -> list[MadeLink]:
    """Those of the invitations that were made a moment ago in this browser and can still be used."""
    tokens = handed_over(request)
    if tokens is None:
        return []
    return [
        MadeLink(invitation, invitation_link(token))
        for invitation in invitations
        if invitation.state is InvitationState.WAITING
        and digest(token := tokens.of(invitation.pk)) == invitation.token_hash
    ]


def as_table(made: Sequence[MadeLink]) -> str:
    """The links as a CSV file in an address of its own: asked for a second time, no server would have them."""
    titles = [str(_("Name")), str(_("Link"))]
    text = "".join(lines([titles, *([item.invitation.name, item.link] for item in made)]))
    return f"data:text/csv;charset=utf-8;base64,{base64.b64encode(text.encode()).decode()}" if made else ""


def copyable(link: str) -> str:
    """A link with a button that copies it."""
    return format_html(
        '<span class="desk-copy"><input readonly value="{}" aria-label="{}">'
        '<button type="button" data-copy title="{}"><span class="material-symbols-outlined">content_copy</span>'
        "</button></span>",
        link,
        _("Link"),
        _("Copy"),
    )


def may_invite(request: HttpRequest) -> bool:
    """Whether links may be made, and so seen."""
    return may(request, MAY_INVITE)


def made(invited: Invited) -> Done:
    """The list of the links just made."""
    text = ngettext("%(count)s link made.", "%(count)s links made.", invited.links) % {"count": invited.links}
    return Done(f"{reverse(LIST)}?batch={invited.batch}", text, handing_over(invited.tokens))
