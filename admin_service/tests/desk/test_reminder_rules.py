"""When automatic messages go out: seen and changed in the desk, never in quiet hours (R8)."""

import threading
from datetime import time, timedelta
from typing import Any

import pytest
from bson import ObjectId
from django.db import IntegrityError
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from common.mongo import collection
from common.refusals import RefusedError
from people.models import City
from reminders.domain.kinds import SPECS, ReminderKind
from reminders.domain.timing import Timing
from reminders.models import ReminderRule
from reminders.services.rules import remove_rule, save_rule
from reminders.services.timings import read_timings
from scheduling.models import InterviewEvent
from tests.desk.conftest import Text
from tests.scheduling.test_races import together

LIST = "admin:reminders_reminderrule_changelist"
ADD = "admin:reminders_reminderrule_add"
LIMITS = {kind: spec.limits for kind, spec in SPECS.items() if spec.limits}


def add(desk: Client, kind: str, **fields: Any) -> str:
    """What the desk answers to a new rule."""
    order = {"kind": kind, "event": "", "city": "", "is_on": "on", **fields}
    response = desk.post(f"{reverse(ADD)}?kind={kind}", order, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def page_of(rule: ReminderRule, action: str = "change") -> str:
    return reverse(f"admin:reminders_reminderrule_{action}", args=[rule.pk])


def made(**fields: Any) -> ReminderRule:
    rule = ReminderRule(**{"kind": "day_of", "at": "10:00", **fields})
    save_rule(rule, actor="anna")
    return rule


def planned_anew() -> None:
    """The job has gone through the bookings that the rules concern."""
    collection("reminder_rules").update_many({}, {"$set": {"replan": False}})


def test_one_page_tells_what_is_sent_when_and_where_it_differs(text: Text, moscow: City, event: InterviewEvent) -> None:
    made(city=moscow, at="09:30")
    made(kind="two_hours", event=event, at="", minutes=150)
    made(kind="change", is_on=False)
    page = " ".join(text(reverse(LIST)).split()).replace('<b class="desk-nowrap">', "")
    for kind in ReminderKind:
        assert f'id="kind-{kind}"' in page
    assert "at 11:00" in page and "2 h before the start" in page and "right after the end" in page
    assert "Москва</a>: at 09:30" in page
    assert f"{event.title}</a>: 2 h 30 min before the start" in page
    assert "everywhere</a>: is not sent" in page


def test_the_names_of_events_and_cities_are_shown_as_they_were_typed(text: Text) -> None:
    """Guard: escapes, on the page of all rules, on a rule's own and on the one that asks before it goes."""
    event = InterviewEvent.objects.create(title="<b>Продажи</b>")
    city = City.objects.create(name="<i>Тверь</i>")
    rule = made(event=event, city=city)
    for url in (reverse(LIST), page_of(rule), page_of(rule, "remove")):
        page = text(url)
        assert "&lt;b&gt;Продажи&lt;/b&gt; · &lt;i&gt;Тверь&lt;/i&gt;" in page, url
        assert "<b>Продажи" not in page and "<i>Тверь" not in page, url


@pytest.mark.parametrize("kind", list(ReminderKind))
def test_the_form_asks_only_what_the_kind_has(text: Text, kind: ReminderKind) -> None:
    page = text(f"{reverse(ADD)}?kind={kind}")
    by_the_clock = isinstance(SPECS[kind].usual, time)
    assert ('name="at"' in page) is by_the_clock
    assert ('name="minutes"' in page) is not by_the_clock
    assert ('name="event"' in page) is (kind not in {ReminderKind.TOMORROW, ReminderKind.STAFF_SUMMARY})
    assert ('name="city"' in page) is (kind is not ReminderKind.STAFF_SUMMARY)


def test_every_kind_is_either_by_the_clock_or_has_limits() -> None:
    assert {kind for kind in ReminderKind if isinstance(SPECS[kind].usual, timedelta)} == set(LIMITS)


@pytest.mark.parametrize("query", ["", "?kind=nonsense"])
def test_a_rule_about_nothing_begins_on_the_page_of_all_kinds(desk: Client, query: str) -> None:
    assert desk.get(reverse(ADD) + query).headers["Location"] == reverse(LIST)


@pytest.mark.parametrize("kind", ["day_of", "evening_before", "tomorrow", "staff_summary"])
@pytest.mark.parametrize("at", ["22:00", "23:30", "00:00", "07:59"])
def test_nothing_is_set_into_quiet_hours(desk: Client, kind: str, at: str) -> None:
    """R8: and the page says so, beside the field."""
    assert "We don&#x27;t write from 22:00 to 08:00" in add(desk, kind, at=at)
    assert not ReminderRule.objects.exists()


@pytest.mark.parametrize("at", ["08:00", "21:59"])
def test_quiet_hours_end_at_8_and_begin_at_22(desk: Client, at: str) -> None:
    add(desk, "day_of", at=at)
    assert ReminderRule.objects.get().at == at


@pytest.mark.parametrize(("kind", "limits"), LIMITS.items())
def test_minutes_stay_within_sense(desk: Client, kind: str, limits: tuple[int, int]) -> None:
    least, most = limits
    for wrong in (least - 1, most + 1):
        page = add(desk, kind, minutes=wrong)
        assert f"Give a number of minutes from {least} to {most}" in page or "greater than or equal to 0" in page, wrong
    assert not ReminderRule.objects.exists()
    add(desk, kind, minutes=most)
    assert ReminderRule.objects.get().minutes == most


@pytest.mark.parametrize(
    "order", [{"at": "25:00"}, {"at": "noon"}, {"event": "x"}, {"city": "6b0210a10ebbd9947507d2a0"}]
)
def test_garbled_input_makes_no_rule(desk: Client, order: dict[str, str]) -> None:
    add(desk, "day_of", **order)
    assert not ReminderRule.objects.exists()


def test_what_is_about_all_interviews_is_for_no_event_or_city(event: InterviewEvent, moscow: City) -> None:
    for wrong in ({"kind": "tomorrow", "event": event}, {"kind": "staff_summary", "city": moscow}):
        with pytest.raises(RefusedError):
            made(**wrong)


def test_a_second_rule_for_the_same_is_refused_kindly(desk: Client, moscow: City) -> None:
    made(city=moscow)
    assert "There is a rule for this already" in add(desk, "day_of", city=str(moscow.pk), at="12:00")
    add(desk, "day_of", at="12:00")
    assert ReminderRule.objects.count() == 2


def test_two_rules_saved_at_once_are_still_one(
    moscow: City, event: InterviewEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second wall: the key is unique, and says event, city and kind. Each of two looks before the other saves."""
    meet = threading.Barrier(2)
    look = QuerySet.exists

    def together_they_look(rules: QuerySet[ReminderRule]) -> bool:
        found = look(rules)
        meet.wait(timeout=60)
        return found

    def one() -> str:
        try:
            return made(city=moscow, event=event).key
        except IntegrityError:
            return "refused"

    with monkeypatch.context() as racing:
        racing.setattr(QuerySet, "exists", together_they_look)
        ends = together(one, one)
    assert sorted(ends) == sorted(["refused", f"day_of.{event.pk}.{moscow.pk}"])
    assert ReminderRule.objects.count() == 1


def test_a_rule_is_for_its_own_kind_event_and_city(moscow: City, event: InterviewEvent) -> None:
    """The key tells them all apart."""
    for fields in ({}, {"city": moscow}, {"event": event}, {"event": event, "city": moscow}):
        made(**fields)
        made(kind="evening_before", at="17:00", **fields)
    assert ReminderRule.objects.count() == 8


def test_who_may_not_change_rules_is_not_even_asked_whether_to_remove_one(coordinator: Client) -> None:
    """Guard: the action's permission, by itself."""
    rule = made()
    url = page_of(rule, "remove")
    assert "Remove the rule" not in coordinator.get(page_of(rule)).content.decode()
    assert coordinator.get(url).status_code == 403
    assert coordinator.post(url, {"_confirm": "1"}).status_code == 403
    assert ReminderRule.objects.filter(pk=rule.pk, is_removed=False).exists()


def test_a_rule_is_in_force_once_saved_and_bookings_are_planned_anew(desk: Client, moscow: City) -> None:
    add(desk, "two_hours", city=str(moscow.pk), minutes=90)
    rule = ReminderRule.objects.get()
    assert rule.replan
    assert read_timings().of(None, str(moscow.pk)).of(ReminderKind.TWO_HOURS) is not None
    planned_anew()
    desk.post(page_of(rule), {"kind": "two_hours", "minutes": "90"}, follow=True)  # the switch is not sent: off
    rule.refresh_from_db()
    assert (rule.is_on, rule.minutes, rule.replan) == (False, None, True)
    assert read_timings().of(None, str(moscow.pk)).of(ReminderKind.TWO_HOURS) is None


def test_who_changed_a_rule_is_written_down(desk: Client, text: Text) -> None:
    """I7."""
    add(desk, "day_of", at="10:00")
    rule = ReminderRule.objects.get()
    desk.post(page_of(rule), {"kind": "day_of", "is_on": "on", "at": "10:30"})
    remove_rule(str(rule.pk), actor="anna")
    entries = list(collection("audit_entries").find({"subject_id": rule.pk}).sort("_id", 1))
    assert [(row["action"], row["actor"]) for row in entries] == [
        ("created", "staff:anna"),
        ("changed", "staff:anna"),
        ("deleted", "staff:anna"),
    ]
    assert (entries[1]["before"]["at"], entries[1]["after"]["at"]) == ("10:00", "10:30")
    page = text(reverse("admin:common_auditentry_changelist"))
    assert "reminder rule" in page and "Reminder on the day" in page


def test_without_a_rule_the_next_less_particular_one_counts(desk: Client, moscow: City) -> None:
    made(at="10:00")
    own = made(city=moscow, at="12:00")
    planned_anew()
    assert "has been removed" in desk.post(page_of(own, "remove"), {"_confirm": "1"}, follow=True).content.decode()
    assert read_timings().of(None, str(moscow.pk)).of(ReminderKind.DAY_OF) == time(10)
    kept = collection("reminder_rules").find_one({"_id": own.pk})
    assert kept and kept["replan"] and kept["city_id"] == moscow.pk, "its bookings are to be planned anew"


def test_a_removed_rule_is_seen_no_more_and_can_be_made_again(desk: Client, text: Text, moscow: City) -> None:
    rule = made(city=moscow)
    remove_rule(str(rule.pk), actor="anna")
    assert "Москва</a>" not in text(reverse(LIST))
    assert desk.get(page_of(rule)).status_code == 404
    again = made(city=moscow, at="12:00")
    planned_anew()
    remove_rule(str(again.pk), actor="anna")
    assert collection("reminder_rules").count_documents({}) == 1, "what was planned anew since is gone"


def test_a_page_opened_before_a_rule_was_removed_brings_nothing_back(desk: Client) -> None:
    rule = made()
    opened = ReminderRule.objects.get()
    remove_rule(str(rule.pk), actor="anna")
    opened.at = "12:00"
    with pytest.raises(RefusedError):
        save_rule(opened, actor="daria")
    with pytest.raises(RefusedError):
        remove_rule(str(rule.pk), actor="daria")
    assert read_timings().of(None, None) == Timing()
    stored = collection("reminder_rules").find_one({"_id": rule.pk})
    assert stored and stored["at"] == "10:00"
    assert collection("audit_entries").count_documents({"subject_id": rule.pk}) == 2


def test_coordinators_read_the_rules_and_administrators_set_them(
    coordinator: Client, administrator: Client, nobody: ObjectId
) -> None:
    rule = made()
    order = {"kind": "day_of", "is_on": "on", "at": "12:00"}
    assert coordinator.get(reverse(LIST)).status_code == 200
    assert "Add a rule" not in coordinator.get(reverse(LIST)).content.decode()
    assert coordinator.get(page_of(rule)).status_code == 200
    assert coordinator.get(reverse(ADD) + "?kind=day_of").status_code == 403
    for url in (page_of(rule), page_of(rule, "remove")):
        assert coordinator.post(url, order).status_code == 403
    assert administrator.get(reverse("admin:reminders_reminderrule_remove", args=[nobody])).status_code == 404
    assert administrator.post(page_of(rule), order).status_code == 302
    assert ReminderRule.objects.get().at == "12:00"


def test_staffs_chat_is_one_document_that_opens_as_a_form(desk: Client, text: Text) -> None:
    first = reverse("admin:reminders_staffchat_changelist")
    assert "Groups have negative ids" in text(first)
    add_page = reverse("admin:reminders_staffchat_add")
    desk.post(add_page, {"chat_id": "-100123", "thread_id": "https://t.me/c/123/7", "language": "en"})
    (row,) = collection("staff_chat").find()
    assert (row["chat_id"], row["thread_id"], row["language"]) == (-100123, 7, "en")
    assert desk.get(add_page).status_code == 403
    assert "-100123" in text(first)
    desk.post(reverse("admin:reminders_staffchat_change", args=[row["_id"]]), {"chat_id": "", "language": "ru"})
    (row,) = collection("staff_chat").find()
    assert row["chat_id"] is None
    actions = [entry["action"] for entry in collection("audit_entries").find({"subject": "staff_chat"}).sort("_id", 1)]
    assert actions == ["created", "changed"]


def test_only_administrators_say_where_the_summary_goes(coordinator: Client, administrator: Client) -> None:
    url, order = reverse("admin:reminders_staffchat_add"), {"chat_id": "-5", "language": "ru"}
    assert coordinator.post(url, order).status_code == 403
    assert administrator.post(url, order).status_code == 302
