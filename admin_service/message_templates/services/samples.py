"""Made-up values for checking and previewing templates."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import override

from common import clock
from common.zones import MOSCOW
from people.models import City, Recruiter
from people.services.links import default_contact
from shared_contracts.notification import NotificationKind
from shared_contracts.venue import LONGEST_LINE

_DAYS_AHEAD = 3
_START = time(11, 30)
_WORDS = {
    "ru": {
        "name": "Мария",
        "event": "Специалист поддержки",
        "place": "улица Садовая, 7, переговорная 2",
        "recruiter": "Ольга Смирнова",
        "reason": "в этот день переговорная занята",
    },
    "en": {
        "name": "Maria",
        "event": "Support specialist",
        "place": "7 Sadovaya Street, meeting room 2",
        "recruiter": "Olga Smirnova",
        "reason": "the meeting room is taken that day",
    },
}
_GLAD = frozenset({NotificationKind.BOOKING_MADE, NotificationKind.BOOKING_APPROVED})
_GLAD_REASON = {"ru": "возьмите с собой паспорт", "en": "please bring your passport"}
_MOMENT = {"ru": "l, j E, H:i", "en": "l, j F, H:i"}
_DEADLINE = {"ru": "j E, H:i", "en": "j F, H:i"}
_DAY = {"ru": "l, j E", "en": "l, j F"}
_RECRUITER_LINK, _CONTACT_LINK = "https://t.me/olga_smirnova_hr", "https://t.me/slotdesk_help"

LONGEST = {
    "name": "Ж" * 129,
    "event": "Ж" * 120,
    "date": "воскресенье, 30 сентября",
    "time": f"23:30 ({'Ж' * 64})",
    "minutes": "1440",
    "place": "Ж" * LONGEST_LINE,
    "city": "Ж" * 100,
    "recruiter": "Ж" * 100,
    "recruiter_link": f"https://t.me/{'x' * 187}",
    "contact_link": f"https://t.me/{'x' * 187}",
    "reason": "Ж" * 1_000,
    "wanted": f"воскресенье, 30 сентября, 23:30 ({'Ж' * 64})",
    "until": f"30 сентября, 23:30 ({'Ж' * 64})",
}
"""As long as the desk lets each be."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a made-up interview takes place. ``city`` is a name, ``zone`` an IANA time zone."""

    city: str
    zone: str = MOSCOW
    recruiter: str = ""
    recruiter_link: str = _RECRUITER_LINK
    contact_link: str = _CONTACT_LINK


def setting_in(city: City | None, language: str) -> Setting:
    """The city's own zone, contact and first recruiter; Moscow's where there is none."""
    if city is None:
        return Setting("Москва" if language == "ru" else "Moscow")
    recruiter = Recruiter.objects.filter(city_id=city.pk, is_active=True).order_by("name").first()
    contact = city.contact_url or default_contact() or ""
    if recruiter is None:
        return Setting(city.name, city.timezone, contact_link=contact)
    return Setting(city.name, city.timezone, recruiter.name, recruiter.contact_url, contact)


def sample_values(language: str, setting: Setting, kind: NotificationKind | None = None) -> dict[str, str]:
    """A value for each variable, in the language and to suit the kind of message.

    Times are in the setting's zone, which is named where not Moscow's.
    """
    zone = ZoneInfo(setting.zone)
    start = datetime.combine(clock.now().astimezone(zone).date() + timedelta(days=_DAYS_AHEAD), _START, zone)
    named = "" if setting.zone == MOSCOW else f" ({setting.city})"

    def moment(when: datetime, pattern: dict[str, str], tail: str = named) -> str:
        with override(language):
            text = date_format(when, pattern[language])
        return f"{text.lower() if language == 'ru' else text}{tail}"

    words = _WORDS[language]
    return {
        **words,
        "reason": _GLAD_REASON[language] if kind in _GLAD else words["reason"],
        "recruiter": setting.recruiter or words["recruiter"],
        "date": moment(start, _DAY, ""),
        "time": f"{start:%H:%M}{named}",
        "minutes": "20",
        "city": setting.city,
        "recruiter_link": setting.recruiter_link,
        "contact_link": setting.contact_link,
        "wanted": moment(start + timedelta(days=1, hours=3), _MOMENT),
        "until": moment(start - timedelta(days=1), _DEADLINE),
    }


def plain_values() -> dict[str, str]:
    """A value for each variable, of no city in particular."""
    return sample_values("ru", Setting("Москва"))
