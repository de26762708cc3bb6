"""What people look for on the screen, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What people look for on the screen."""

    welcome: str
    name: str
    city: str
    age: str
    number: str
    experience: str
    other_field: str
    clarify: str
    schedule: str
    shifts: str
    remote: str
    more: str
    skip: str
    recruiters: str
    choose: str
    sure: str
    confirm: str
    waits: str
    card: str
    card_move: str
    asked: str
    other_time: str
    when_instead: str
    sure_to_move: str
    ask_instead: str
    sure_to_ask: str
    approve: str
    approved: str
    congratulations: str
    decline: str
    what_to_decline: str
    decline_time: str
    why: str
    reason: str
    declined: str
    sorry: str
    today: str
    soon: str
    thanks: str
    how_was_it: str
    will_come: str
    came: str
    has_come: str
    passed_on: str
    notice_of_another_time: str
    offer: str
    offered: str
    suits: str
    moved: str
    late: str
    your_booking: str
    ten_minutes: str
    over_15_minutes: str
    how_late: str
    noted: str
    notice_of_delay: str
    late_by_ten: str
    late_by_more: str
    too_late_to_say: str
    move: str
    move_when: str
    list_changed: str
    new_time: str
    none_today: str
    by_day: str
    booked: str
    to_calendar: str
    move_waits: str
    move_card: str
    withdraw: str
    kept: str
    taken_back: str
    without_reason: str
    not_moved: str
    move_rejected: str
    choose_time: str
    call_off: str
    call_off_slot: str
    call_off_and_withdraw: str
    call_off_why: str
    off_sick: str
    called_off: str
    had_to_cancel: str
    news_of_booking: str
    line_booked: str
    line_moved: str
    line_move_asked: str


RU = Words(
    welcome="Добро пожаловать",
    name="Как вас зовут?",
    city="В каком городе",
    age="Сколько вам полных лет?",
    number="Цифрами, пожалуйста",
    experience="Вы уже работали с клиентами?",
    other_field="В другой сфере",
    clarify="Расскажите в двух словах",
    schedule="Какой график вам подходит?",
    shifts="Сменный",
    remote="Только удалённо",
    more="Что нам ещё стоит о вас знать?",
    skip="Пропустить",
    recruiters="К какому рекрутеру",
    choose="Выберите удобное время",
    sure="Записать вас на это время?",
    confirm="Подтвердить",
    waits="подтверждает рекрутер",
    card="Ждёт вашего ответа",
    card_move="Перенести",
    asked="просит выбрать другое время",
    other_time="Выбрать другое время",
    when_instead="На какое время перенести?",
    sure_to_move="Перенести вашу запись на это время?",
    ask_instead="Какое время попросить",
    sure_to_ask="Попросить это время",
    approve="Подтвердить",
    approved="Подтверждена",
    congratulations="поздравляем",
    decline="Отклонить",
    what_to_decline="Что не подходит?",
    decline_time="Это время",
    why="Напишите причину",
    reason="Во вторник принимаем только до обеда",
    declined="Отклонена",
    sorry="только в офисе",
    today="сегодня ждём вас",
    soon="скоро увидимся",
    thanks="Спасибо",
    how_was_it="Как прошло собеседование?",
    will_come="Кандидат придёт",
    came="✅",
    has_come="состоялось",
    passed_on="Передали",
    notice_of_another_time="Кандидат просит другое время\n\n",
    offer="Предложить",
    offered="предлагает другое время",
    suits="Подходит",
    moved="Запись перенесена",
    late="Опоздаю",
    your_booking="Ваша запись",
    ten_minutes="10 минут",
    over_15_minutes="Больше 15 минут",
    how_late="На сколько опоздаете?",
    noted="Спасибо, что предупредили",
    notice_of_delay="⏱ Кандидат опоздает",
    late_by_ten="опоздает на 10 минут",
    late_by_more="опоздает больше чем на 15 минут",
    too_late_to_say="прошло больше 15 минут",
    move="Перенести",
    move_when="сообщим кандидату",
    list_changed="Список изменился",
    new_time="новое время",
    none_today="собеседований нет",
    by_day="собеседования по дням",
    booked="Вы записаны!",
    to_calendar="Добавьте в календарь",
    move_card="Перенос ждёт вашего ответа",
    withdraw="Не переносить",
    kept="не переносим",
    taken_back="больше не просит о переносе",
    move_waits="Перенос ждёт рекрутера",
    without_reason="Без причины",
    not_moved="перенести собеседование не получилось",
    move_rejected="Перенос отклонён",
    choose_time="Выбрать время",
    call_off="❌ Отменить",
    call_off_slot="Его время можно снять",
    call_off_and_withdraw="время снять",
    call_off_why="Почему отменяем?",
    off_sick="больничном",
    called_off="Время снято",
    had_to_cancel="пришлось отменить",
    news_of_booking="Новая запись",
    line_booked="Вы записаны: ",
    line_moved="Время изменилось, было",
    line_move_asked="Вы просили перенести запись",
)
EN = Words(
    welcome="Welcome",
    name="What is your name?",
    city="In which city",
    age="How old are you?",
    number="In digits",
    experience="Have you worked with customers before?",
    other_field="In another field",
    clarify="Tell us in a few words",
    schedule="Which schedule suits you?",
    shifts="Shifts",
    remote="Remote only",
    more="What else should we know about you?",
    skip="Skip",
    recruiters="Which recruiter",
    choose="Choose a time that suits you",
    sure="Shall we book this time for you?",
    confirm="Confirm",
    waits="has to approve",
    card="Waiting for your answer",
    card_move="Reschedule",
    asked="asks you to choose another time",
    other_time="Choose another time",
    when_instead="When would you like to come instead?",
    sure_to_move="Shall we move your booking to this time?",
    ask_instead="like to ask for instead?",
    sure_to_ask="Shall we ask for this time instead?",
    approve="Approve",
    approved="Approved",
    congratulations="Congratulations",
    decline="Reject",
    what_to_decline="What does not suit?",
    decline_time="This time",
    why="Write the reason",
    reason="On Tuesday we meet people in the morning only",
    declined="Rejected",
    sorry="in the office only",
    today="at your interview today",
    soon="see you soon",
    thanks="Thank you",
    how_was_it="How did the interview go?",
    will_come="will come",
    came="✅",
    has_come="came",
    passed_on="We have told the recruiter",
    notice_of_another_time="The candidate asks for another time\n\n",
    offer="Offer",
    offered="offers you another time",
    suits="This works",
    moved="Your booking has been moved",
    late="I'll be late",
    your_booking="Your booking",
    ten_minutes="10 minutes",
    over_15_minutes="More than 15 minutes",
    how_late="How late will you be?",
    noted="Thank you for letting us know",
    notice_of_delay="⏱ The candidate will be",
    late_by_ten="10 minutes late",
    late_by_more="more than 15 minutes late",
    too_late_to_say="more than 15 minutes past the start",
    move="Move",
    move_when="the candidate is told",
    list_changed="The list has changed",
    new_time="has a new time",
    none_today="No interviews today",
    by_day="interviews by day",
    booked="You are booked!",
    to_calendar="Add it to your calendar",
    move_card="A move awaits your answer",
    withdraw="Don't move it",
    kept="not moving it",
    taken_back="took the move back",
    move_waits="Your move awaits the recruiter",
    without_reason="No reason",
    not_moved="your interview was not moved",
    move_rejected="The move was rejected",
    choose_time="Choose a time",
    call_off="❌ Cancel",
    call_off_slot="Its time can be taken off",
    call_off_and_withdraw="take the time off",
    call_off_why="Why cancel it?",
    off_sick="off sick",
    called_off="The time is taken off",
    had_to_cancel="had to cancel",
    news_of_booking="A new booking",
    line_booked="You are booked: ",
    line_moved="The time has changed, it was",
    line_move_asked="You asked to move the booking",
)
