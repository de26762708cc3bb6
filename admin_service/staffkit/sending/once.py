"""A form acts once: its page gave it a key, which is used up in the transaction of what it does.

So two of the same at the same moment, or one sent again after Back, do it once; a form that was refused keeps its key,
and after a crash it either acted or can be sent again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import uuid4

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from pymongo.errors import DuplicateKeyError

from common import clock
from common.mongo import collection, current_session, in_transaction, tried_again
from common.refusals import RefusedError
from staffkit.sending.sealed import FIELD as SEALED
from staffkit.sending.seen import FIELD as SEEN

FIELD = "_once"
VALID_SECONDS = 24 * 60 * 60
"""A page's key can be used for a day; what was used is remembered for two (``common`` migration 0002)."""
_SALT = "desk.once"
_NOT_CONTENT = {"csrfmiddlewaretoken", FIELD, SEALED, SEEN, "_save", "_continue", "_addanother"}


View = Callable[..., HttpResponseBase]


class AlreadySentError(Exception):
    """This form has acted already; ``result`` is the address of what came of it."""

    def __init__(self, result: str) -> None:
        super().__init__(result)
        self.result = result


class Done(NamedTuple):
    """What came of a form: where it can be seen, what to say, and what else to give the answer of who sent it first.

    ``nothing_new``: it was so before, and the text says that.
    """

    address: str
    text: str = ""
    along: Callable[[HttpResponse], None] = lambda _answer: None
    nothing_new: bool = False


@dataclass(frozen=True, slots=True)
class Ticket:
    """A form's one-time key, and what it was sent with. ``key`` is empty where no page of ours gave it one."""

    key: str
    login: str
    page: str
    content: str
    request: HttpRequest

    def use(self, work: Callable[[], str]) -> str:
        """Do ``work``, which returns the address of its result, and use the key up, both or neither.

        Raises:
            RefusedError: by ``work``; or the form has no key, or it acted already with other content.
            AlreadySentError: the same was sent before and has acted.
        """
        if not self.key:
            raise RefusedError({"": _("So that nothing happens twice, please look once more and press again.")})

        def act() -> str:
            now = clock.now()
            sent = {"_id": self.key, "login": self.login, "page": self.page, "content": self.content}
            stamps = {"created_at": now, "updated_at": now}
            collection("sent_forms").insert_one({**sent, **stamps, "result": ""}, session=current_session())
            result = work()
            change = {"$set": {"result": result, "updated_at": now}}
            collection("sent_forms").update_one({"_id": self.key}, change, session=current_session())
            return result

        def act_once() -> str:
            try:
                return in_transaction(act)
            except DuplicateKeyError:
                self._tell_apart()
                raise

        result = tried_again(act_once)
        self.request.has_acted = True  # type: ignore[attr-defined]
        return result

    def _tell_apart(self) -> None:
        first = collection("sent_forms").find_one({"_id": self.key})
        if first is None:
            return  # another key was taken
        if first["content"] != self.content:
            text = _(
                'You have sent this form already, and <a href="{address}">this came of it</a>. '
                "Press again if you want another."
            )
            raise RefusedError({"": format_html(text, address=first["result"])})
        raise AlreadySentError(first["result"])


def new_key(request: HttpRequest, path: str = "") -> str:
    """A key for the page that is being shown, or for another's form on it: for this login and that address."""
    login, here = _bound_to(request)
    return signing.dumps([uuid4().hex, login, path or here], salt=_SALT)


def ticket(request: HttpRequest) -> Ticket:
    """The key that came with a form."""
    login, page = _bound_to(request)
    try:
        key, *bound_to = signing.loads(request.POST.get(FIELD, ""), salt=_SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        key, bound_to = "", []
    return Ticket(key if bound_to == [login, page] else "", login, page, _content(request), request)


def send_once(request: HttpRequest, work: Callable[[], Done]) -> HttpResponseRedirect:
    """Do ``work`` and lead to its result; a form that has acted already leads there, too.

    Raises:
        RefusedError: see ``Ticket.use``; nothing was done.
    """
    came_of_it: list[Done] = []

    def act() -> str:
        came_of_it[:] = [work()]
        return came_of_it[0].address

    try:
        address = ticket(request).use(act)
    except AlreadySentError as error:
        return already_sent(request, error)
    done, answer = came_of_it[0], HttpResponseRedirect(address)
    if done.text:
        messages.add_message(request, messages.WARNING if done.nothing_new else messages.SUCCESS, done.text)
    done.along(answer)
    return answer


def acting_once(view: View) -> View:
    """A page whose forms lead to what came of them when they are sent again, whatever the page would say of it now."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        first = _repeated(request)
        if first is None:
            answered = view(request, *args, **kwargs)
            # While this one was looked at, the other may have acted.
            waits = answered.status_code == HTTPStatus.OK and not getattr(request, "has_acted", False)
            first = _repeated(request) if waits else None
            if first is None:
                return answered
        return already_sent(request, first)

    return answer


def already_sent(request: HttpRequest, error: AlreadySentError) -> HttpResponseRedirect:
    """To what came of the form when it was sent first."""
    messages.info(request, _("This was sent already, so it was done once. Here is what came of it."))
    return HttpResponseRedirect(error.result)


def _repeated(request: HttpRequest) -> AlreadySentError | None:
    """What the same form has done already."""
    given = ticket(request) if request.method == "POST" and FIELD in request.POST else None
    if given is None or not given.key:
        return None
    first = collection("sent_forms").find_one({"_id": given.key, "content": given.content})
    return AlreadySentError(first["result"]) if first else None


def _bound_to(request: HttpRequest) -> list[str]:
    return [request.user.get_username(), request.path]


def _content(request: HttpRequest) -> str:
    """Of what was typed; no form that acts carries a file: that leads to a preview first."""
    digest = sha256()
    for name in sorted(set(request.POST) - _NOT_CONTENT):
        digest.update(repr((name, request.POST.getlist(name))).encode())
    return digest.hexdigest()
