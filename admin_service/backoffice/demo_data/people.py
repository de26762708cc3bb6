"""What a first start shows: two cities, three recruiters, two interview events with slots, twenty candidates.

One event is open; the other, the recruiting flow, waits for staff to open it.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backoffice.demo_data.recruiting import make_recruiting
from broadcasts.models import AnnouncementChat
from broadcasts.services.chats import save_chat
from common import clock
from common.mongo import in_transaction
from people.models import Candidate, City, ContactSettings, Recruiter
from people.services.people import save_candidate, save_city, save_contact, save_recruiter
from scheduling.models import InterviewEvent
from scheduling.services.slots import SlotDraft, create_slots, save_event

ACTOR = "demo"
CHAT_TITLE = "Slotdesk · Announcements"
FIRST_TELEGRAM_ID = 1001
DAYS = 7

_PEOPLE = [
    ("Алина", "Соколова", "alina_sokolova"),
    ("Дмитрий", "Кузнецов", "dkuznetsov"),
    ("Мария", "Лебедева", "masha_lebedeva"),
    ("Артём", "Новиков", "artem_novikov"),
    ("Екатерина", "Морозова", "kate_morozova"),
    ("Иван", "Волков", "ivan_volkov"),
    ("Ольга", "Павлова", ""),
    ("Никита", "Семёнов", "nik_semenov"),
    ("Полина", "Егорова", "polina_egorova"),
    ("Сергей", "Козлов", "skozlov"),
    ("Анастасия", "Степанова", "nastya_step"),
    ("Максим", "Николаев", "max_nikolaev"),
    ("Виктория", "Орлова", "vika_orlova"),
    ("Георгий", "Андреев", ""),
    ("Юлия", "Макарова", "julia_makarova"),
    ("Павел", "Захаров", "pavel_zakharov"),
    ("Дарья", "Зайцева", "dasha_zaytseva"),
    ("Роман", "Соловьёв", "roman_solovyev"),
    ("Ксения", "Борисова", "ksenia_borisova"),
    ("Тимур", "Яковлев", "timur_yakovlev"),
]
_MOSCOW_PLACES = [
    ("Офис на Тверской, 7", "Переговорная 2"),
    ("Офис на Тверской, 7", "Переговорная 5"),
    ("Коворкинг на Бауманской, 33", "Зал «Лофт»"),
]
_VLADIVOSTOK_PLACE = ("Офис на Светланской, 33", "Кабинет 301")
_MOSCOW_TIMES = [time(10, 0), time(11, 30), time(14, 0), time(16, 30)]
_VLADIVOSTOK_TIMES = [time(17, 0), time(18, 30)]  # 10:00 and 11:30 in Moscow


def make_demo(chat_id: int) -> bool:
    """Make the demo data in one transaction, unless there is an interview event already.

    Args:
        chat_id: of the group that announcements go to.

    Returns:
        Whether anything was made.
    """
    if InterviewEvent.objects.exists():
        return False
    in_transaction(lambda: _make(chat_id))
    return True


def _make(chat_id: int) -> None:
    moscow = City(name="Москва", timezone="Europe/Moscow", contact_url="https://t.me/slotdesk_moscow")
    vladivostok = City(name="Владивосток", timezone="Asia/Vladivostok", contact_url="")
    for city in (moscow, vladivostok):
        save_city(city, actor=ACTOR)
    save_contact(ContactSettings(contact_url="https://t.me/slotdesk_help"), actor=ACTOR)
    recruiters = [
        Recruiter(name="Анна Ветрова", city=moscow, contact_url="https://t.me/anna_vetrova_hr", telegram_id=2001),
        Recruiter(name="Борис Ильин", city=moscow, contact_url="https://t.me/boris_ilyin_hr", telegram_id=2002),
        Recruiter(name="Вера Ким", city=vladivostok, contact_url="https://t.me/vera_kim_hr"),
    ]
    for recruiter in recruiters:
        save_recruiter(recruiter, actor=ACTOR)
    event = InterviewEvent(
        title="Специалист поддержки",
        description="Знакомимся, говорим о работе и отвечаем на вопросы.",
        description_en="We get to know each other, talk about the job and answer your questions.",
        bring="паспорт",
        bring_en="your passport",
    )
    save_event(event, actor=ACTOR)
    create_slots(str(event.pk), list(_slots(moscow, vladivostok, recruiters)), actor=ACTOR)
    make_recruiting(recruiters, _days(), actor=ACTOR)
    for number, (first_name, last_name, username) in enumerate(_PEOPLE):
        candidate = Candidate(
            telegram_id=FIRST_TELEGRAM_ID + number,
            first_name=first_name,
            last_name=last_name,
            username=username,
            city=vladivostok if number % 5 == 4 else moscow,  # noqa: PLR2004
        )
        save_candidate(candidate, actor=ACTOR)
    save_chat(AnnouncementChat(title=CHAT_TITLE, chat_id=chat_id), actor=ACTOR)


def _slots(moscow: City, vladivostok: City, recruiters: list[Recruiter]) -> Iterator[SlotDraft]:
    anna, boris, vera = recruiters
    for number, day in enumerate(_days()):
        for index, start in enumerate(_MOSCOW_TIMES):
            place = _MOSCOW_PLACES[(number + index) % len(_MOSCOW_PLACES)]
            yield _draft(moscow, anna if index % 2 else boris, day, start, number + index, place)
        for index, start in enumerate(_VLADIVOSTOK_TIMES):
            yield _draft(vladivostok, vera, day, start, number + index, _VLADIVOSTOK_PLACE)


def _days() -> list[date]:
    tomorrow = clock.now().astimezone(ZoneInfo("Asia/Vladivostok")).date() + timedelta(days=1)
    return [tomorrow + timedelta(days=number) for number in range(DAYS)]


def _draft(city: City, recruiter: Recruiter, day: date, start: time, number: int, place: tuple[str, str]) -> SlotDraft:
    return SlotDraft(
        starts_at=datetime.combine(day, start, ZoneInfo(city.timezone)),
        duration_minutes=20,
        max_users=number % 5 + 1,
        venue={"location": place[0], "room": place[1]},
        recruiter_id=str(recruiter.pk),
        city_id=str(city.pk),
    )
