"""The calendar shows each login its own slots, asked for by the wire in any way."""

from django.urls import reverse

from tests.access.world import World
from tests.desk.calendar.tools import SLOTS, shown


def test_a_login_sees_its_own_slots_and_no_name_of_others(world: World) -> None:
    """Over the wire, whatever it asks for. Guard: ``own_rows`` in ``what_is_shown``."""
    here, there = world.here, world.there
    day = here.slot.starts_at.date()
    for role, may_move in (("recruiter", False), ("moscow", True)):
        client = world.client(role)
        for by, foreign in (("recruiter", there.recruiter), ("city", there.city), ("place", there.city)):
            for only in ("", str(foreign.pk) if by != "place" else ""):
                answer = client.get(reverse(SLOTS), {"date": f"{day}", "by": by, "only": only})
                found = answer.json()
                assert {slot["id"] for slot in found["slots"]} <= {str(here.slot.pk)}
                assert "Казань" not in answer.content.decode()
                assert all(slot["movable"] is may_move for slot in found["slots"])
            assert shown(client, day, by=by)["slots"], "its own is there"
    both = {str(place.slot.pk) for place in (here, there)}
    assert {slot["id"] for slot in shown(world.client("read-only"), day)["slots"]} == both


def test_an_address_chooses_for_a_new_slot_only_what_the_login_may_see(world: World) -> None:
    """Guard: ``narrow``: nothing is chosen already in what is not made yet."""
    there, add = world.there, reverse("admin:scheduling_interviewslot_add")
    page = world.client("moscow").get(add, {"recruiter": str(there.recruiter.pk), "city": str(there.city.pk)})
    assert page.status_code == 200 and "Казань" not in page.content.decode()
