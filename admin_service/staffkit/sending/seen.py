"""The values that a page showed travel with its form, so that saving it never undoes what was saved meanwhile.

Field by field: what nobody else changed is saved; where someone did, nothing is, and the form comes back with the
person's own input and the stored value beside it. Only the fields that this person changed are written.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Any

from bson import ObjectId
from django import forms
from django.core import signing
from django.db import models
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from common import clock
from common.refusals import RefusedError
from staffkit.sending.news import note
from staffkit.sending.values import as_sent, as_shown, put

FIELD = "_seen"
_SALT = "desk.seen"


class StaleError(Exception):
    """Someone saved the document between the look at it and the write. Nothing was written: look again."""


class SeenForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form of a stored document that knows what its page showed.

    ``news`` names the fields that someone else changed since; ``quiet`` those whose news nobody needs to read where
    this person left them alone. ``refusal``: why what it asked for was not done, if it was tried.
    """

    quiet: frozenset[str] = frozenset()
    refusal: RefusedError | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.news: list[str] = []
        self._stored = {} if self.instance._state.adding else self.shown(self.instance)
        self.initial = {**self.initial, **self._stored}

    def shown(self, instance: models.Model) -> dict[str, Any]:
        """The fields' values as the page shows those of a stored document."""
        return model_to_dict(instance, list(self.fields))

    def trail_of(self) -> ObjectId:
        """The document whose audit trail tells who changed this one."""
        return ObjectId(str(self.instance.pk))

    @property
    def changed_data(self) -> list[str]:
        """What saving would change: what is sent, or what the model makes of it, and differs from what is stored."""
        if self.instance._state.adding:
            return list(super().changed_data)
        made = self.shown(self.instance)
        return [name for name in self._watched() if self._sent(name) != self._kept(name) or self._is_other(name, made)]

    def vouched(self) -> dict[str, str]:
        """The marks of what this page shows, to travel with it."""
        return {name: _mark(self._kept(name)) for name in self._watched()}

    def renewed(self) -> Any:
        """The document as it is stored now, with this person's changes; for the transaction that writes it.

        Raises:
            StaleError: it is not what the form was compared with.
        """
        now = type(self.instance)._default_manager.filter(pk=self.instance.pk).first()
        if now is None or any(self._kept(name, self.shown(now)) != self._kept(name) for name in self._watched()):
            raise StaleError
        for name in set(self.changed_data) & {field.name for field in now._meta.concrete_fields}:
            key = now._meta.get_field(name).attname
            setattr(now, key, getattr(self.instance, key))
        return now

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.instance._state.adding:
            self._compare()
        for field, message in (self.refusal.errors if self.refusal else {}).items():
            self.add_error(field if field in self.fields else None, message)

    def _compare(self) -> None:
        """Hold what is sent against what was seen and what is stored; note what someone else changed."""
        shown_at, marks = _read(self.data.get(FIELD, ""), self.instance)
        for name in self._watched():
            sent, kept = self._sent(name), self._kept(name)
            if sent == kept or marks.get(name) == _mark(kept):
                continue
            untouched = marks.get(name) == _mark(sent)
            if untouched:
                self.data = put(self.data, self[name], self._stored.get(name))
            if not (untouched and name in self.quiet):
                self.news.append(name)
                told = note(self[name], self._stored.get(name), self.trail_of(), shown_at, untouched=untouched)
                hidden = self[name].is_hidden or name in self.quiet
                self.add_error(None if hidden else name, told)
        if not marks:
            self.add_error(None, _("This page did not say what it showed, so nothing is saved. Look, then save again."))
        elif self.news and not self.prefix:
            self.add_error(None, stale_text())

    def _is_other(self, name: str, made: dict[str, Any]) -> bool:
        """Whether the model has put right a value that was stored past it."""
        kept = self._stored[name]
        return (kept is None) != (made.get(name) is None) or self._kept(name, made) != self._kept(name)

    def _watched(self) -> list[str]:
        return [name for name in self._stored if name in self.fields and not self.fields[name].disabled]

    def _sent(self, name: str) -> str:
        return as_sent(self[name])

    def _kept(self, name: str, values: dict[str, Any] | None = None) -> str:
        return as_shown(self[name], (self._stored if values is None else values).get(name))


def stale_text() -> str:
    """What is said above a form that someone else was faster with."""
    return _("Someone changed the fields marked below while this page was open. Nothing is saved yet: look, then save.")


def seen_token(every: Iterable[forms.BaseForm]) -> str:
    """The hidden field of a page: what its forms of stored documents show."""
    stored = [form for form in every if isinstance(form, SeenForm) and not form.instance._state.adding]
    marks = {_key(form.instance): form.vouched() for form in stored}
    return signing.dumps([clock.now().isoformat(), marks], salt=_SALT, compress=True)


def _read(token: Any, instance: models.Model) -> tuple[datetime | None, dict[str, str]]:
    """When the page was shown, and its marks for a document; none where the token says nothing about it."""
    try:
        shown_at, marks = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None, {}
    return datetime.fromisoformat(shown_at), marks.get(_key(instance), {})


def _key(instance: models.Model) -> str:
    return f"{instance._meta.label_lower}:{instance.pk}"


def _mark(value: str) -> str:
    return blake2b(value.encode(), digest_size=8).hexdigest()
