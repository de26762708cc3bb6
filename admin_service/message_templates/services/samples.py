"""Made-up interviews, by which templates are checked and previewed."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import override

from common import clock
from common.zones import MOSCOW
from people.models import City, Recruiter
from people.services.links import default_contact

_DAYS_AHEAD = 3
_START = time(11, 30)
_RECRUITER_LINK, _CONTACT_LINK = "https://t.me/olga_smirnova_hr", "https://t.me/slotdesk_help"


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a made-up interview takes place. ``city`` is a name, ``zone`` an IANA time zone."""

    city: str
    zone: str = MOSCOW
    recruiter: str = ""
    recruiter_link: str = _RECRUITER_LINK
    contact_link: str = _CONTACT_LINK


@dataclass(frozen=True, slots=True)
class SampleInterview:
    """An interview in a few days, told in ``language``. ``is_glad``: the message about it is good news."""

    language: str
    setting: Setting
    is_glad: bool = False

    @property
    def start(self) -> datetime:
        """On the clocks of its zone."""
        zone = ZoneInfo(self.setting.zone)
        day = clock.now().astimezone(zone).date() + timedelta(days=_DAYS_AHEAD)
        return datetime.combine(day, _START, zone)

    @property
    def zone_note(self) -> str:
        """The city in brackets, behind times that are not Moscow's."""
        return "" if self.setting.zone == MOSCOW else f" ({self.setting.city})"

    def text(self, *, ru: str, en: str) -> str:
        """The one in its language."""
        return ru if self.language == "ru" else en

    def format_time(self, moment: datetime, *, ru: str, en: str) -> str:
        """A time by the pattern of its language, which is one of Django's."""
        with override(self.language):
            formatted = date_format(moment, self.text(ru=ru, en=en))
        return self.text(ru=formatted.lower(), en=formatted)


def setting_in(city: City | None, language: str) -> Setting:
    """The city's own zone, contact and first recruiter; Moscow's where there is none."""
    if city is None:
        return Setting("Москва" if language == "ru" else "Moscow")
    recruiter = Recruiter.objects.filter(city_id=city.pk, is_active=True).order_by("name").first()
    contact = city.contact_url or default_contact() or ""
    if recruiter is None:
        return Setting(city.name, city.timezone, contact_link=contact)
    return Setting(city.name, city.timezone, recruiter.name, recruiter.contact_url, contact)
