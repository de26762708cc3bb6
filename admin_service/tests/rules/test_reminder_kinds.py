"""The catalogue of reminder kinds is whole: what is left out of an entry would be missed only when it is due."""

from datetime import timedelta

import pytest

from reminders.domain.kinds import SPECS, Audience, ReminderKind, Role
from shared_contracts.card import CardOccasion
from shared_contracts.digest import DigestKind


@pytest.mark.parametrize("kind", list(ReminderKind))
def test_every_kind_names_what_its_reader_gets(kind: ReminderKind) -> None:
    spec = SPECS[kind]
    if spec.audience is Audience.CANDIDATE:
        assert spec.notification
    elif spec.role is Role.LIST:
        assert DigestKind(kind.value)
    elif spec.role is not Role.CHANGE:  # what changed is its own occasion
        assert CardOccasion(kind.value)


@pytest.mark.parametrize("kind", list(ReminderKind))
def test_every_kind_says_when_it_goes_out(kind: ReminderKind) -> None:
    spec = SPECS[kind]
    counts_minutes = isinstance(spec.usual, timedelta)
    assert counts_minutes == ("%(span)s" in spec.span_text) == (spec.limits is not None)
    assert (spec.role is Role.SECOND_CHANCE) == (spec.after is not None)


def test_values_fit_where_they_are_stored() -> None:
    """``AutoMessage.kind``."""
    assert all(len(kind) <= 20 for kind in ReminderKind)
