"""A member of staff at the desk, with a real browser."""

import re

from playwright.sync_api import Browser, Page, Playwright

from acceptance.driving import PATIENCE_SECONDS
from local.stack import Stack

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class Desk:
    """Pages of the admin service, in English."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self._url = page, url

    def log_in(self, user: str, password: str) -> None:
        """Log in at the front door."""
        self.page.goto(self._url)
        self.page.fill("#id_username", user)
        self.page.fill("#id_password", password)
        self.page.click("button[type=submit]")
        self.page.wait_for_url("**/admin/")

    def save_announcement_chat(self, title: str, chat_id: int = 0, *, is_active: bool = True) -> None:
        """Add a group, or with no id change the one of that title."""
        self._open("broadcasts/announcementchat/add/" if chat_id else "broadcasts/announcementchat/")
        if chat_id:
            self.page.fill("#id_title", title)
            self.page.fill("#id_chat_id", str(chat_id))
        else:
            self.page.click(f"#result_list tbody a:has-text('{title}')")
        self.page.set_checked("#id_is_active", is_active)
        self.page.click("button[name=_save]")
        self.page.wait_for_url("**/broadcasts/announcementchat/")

    def broadcast(self, text: str, *, to_everyone: bool, to_chat: str = "") -> None:
        """Press Broadcast on the open interview event, the first of the list, fill the page in and send it.

        ``to_chat``: the title of the group, where there are several.
        """
        self.write_broadcast(text, to_everyone=to_everyone, to_chat=to_chat)
        self.send_broadcast()

    def write_broadcast(self, text: str, *, to_everyone: bool, to_chat: str = "") -> None:
        """The same without sending it. Who reads English gets the same text."""
        self._open("scheduling/interviewevent/")
        self.page.click("#result_list tbody a >> nth=0")
        self.page.click("a[href*='/interviewevent/'][href$='/broadcast/']")
        self.page.fill("textarea[name=text]", text)
        self.page.fill("textarea[name=text_en]", "")
        if to_chat:
            self.page.get_by_label(to_chat).check()
        if to_everyone:
            self.page.check("input[name=audience][value=all]")

    def previewed(self, words: str) -> tuple[str, str, int]:
        """The message as the page shows it once it has these words: text, button, how many people get it."""
        previews = self.page.locator("#console-previews")
        previews.locator(".wording-bubble", has_text=words).first.wait_for()
        people = self.page.locator("#console-people")
        people.wait_for()
        text, button = previews.locator(".wording-bubble").first, previews.locator(".console-button").first
        return text.inner_text(), button.inner_text(), int(people.get_attribute("data-count") or 0)

    def send_broadcast(self) -> None:
        """Send what is written; its page follows it from then on."""
        self._press("Send")
        self.page.wait_for_url("**/broadcasts/broadcast/**")

    def press_on_broadcast(self, button: str, becomes: str) -> None:
        """Press a button of the broadcast's page that is open, until it shows what becomes of it, without reloading."""
        self._press(button)
        self.wait_for_broadcast(becomes)

    def wait_for_broadcast(self, status: str) -> None:
        """Wait until the page that is open shows the status."""
        self.page.wait_for_selector(f"#progress[data-status={status}]")

    def wait_for_number(self, name: str, count: int) -> None:
        """Wait until the page that is open shows the number."""
        self.page.wait_for_selector(f"#number-{name}[data-count='{count}']")

    def remove_candidate(self, telegram_id: int, *, keep_bookings: bool) -> None:
        """Take a person off the allow list, from their page."""
        self._open(f"people/candidate/?q={telegram_id}")
        self.page.click("#result_list tbody a >> nth=0")
        self.page.click("a[href$='/remove/']")
        self.page.check(f"input[name=bookings][value={'keep' if keep_bookings else 'cancel'}]")
        self.page.fill("[name=reason]", "Вакансия закрыта")
        self.page.click(".desk-buttons button[type=submit]")
        self._confirm()
        self.page.wait_for_url("**/people/candidate/*")

    def require_approval(self, required: bool) -> None:
        """Say whether requests for the open interview event, the first of the list, wait for a recruiter."""
        self._open("scheduling/interviewevent/")
        self.page.click("#result_list tbody a >> nth=0")
        self.page.set_checked("#id_approval_required", required)
        self._save()
        self.page.wait_for_url("**/scheduling/interviewevent/")

    def change_event(self, title: str, *, is_open: bool, pending_hours: int = 24) -> None:
        """Open an interview event, or close it."""
        self._open("scheduling/interviewevent/")
        self.page.click(f"#result_list tbody a:has-text('{title}')")
        self.page.set_checked("#id_is_open", is_open)
        self.page.fill("#id_pending_hours", str(pending_hours))
        self._save()
        self.page.wait_for_url("**/scheduling/interviewevent/")

    def write_privacy_text(self, ru: str, en: str) -> None:
        """What candidates agree to before they sign up; empty: nothing."""
        self._open("people/privacysettings/")
        self.page.fill("#id_text_ru", ru)
        self.page.fill("#id_text_en", en)
        self.page.click("button[name=_save]")
        self.page.wait_for_load_state()

    def add_event(self, title: str) -> None:
        """A new interview event, open at once."""
        self._open("scheduling/interviewevent/add/")
        self.page.fill("#id_title", title)
        self.page.click("button[name=_save]")
        self.page.wait_for_url("**/scheduling/interviewevent/")

    def add_slot(self, event: str, day: str, time: str, *, city: str, **venue: str) -> None:
        """One slot of an event, by the page that makes many; ``venue``: location and room, or office, or video link."""
        self.preview_slot(event, day, time, city=city, **venue)
        self.page.click("button[name=create]")
        self.page.wait_for_load_state()

    def preview_slot(self, event: str, day: str, time: str, *, city: str, **venue: str) -> None:
        """The same without making it; ``venue`` may name the recruiter, too."""
        self._open("scheduling/interviewevent/")
        self.page.click(f"#result_list tbody a:has-text('{event}')")
        self.page.click("a[href$='/add-slots/']")
        self.page.select_option("select[name=city]", label=city)
        for name in ("first_day", "last_day"):
            self.page.fill(f"input[name={name}]", day)
        self.page.fill("[name=times]", time)
        self.page.fill("[name=max_users]", "1")
        for name in {"office", "recruiter"} & set(venue):
            choice = self.page.locator(f"select[name={name}]")
            option = choice.locator("option", has_text=venue.pop(name))  # with a word of who is not in chat
            choice.select_option(option.get_attribute("value"))
        for name, value in venue.items():
            self.page.fill(f"[name={name}]", value)
        self.page.click("button[name=preview]")
        self.page.wait_for_load_state()

    def change_room(self, slot_id: str, room: str) -> None:
        """Give a slot another room, on its page."""
        self._open(f"scheduling/interviewslot/{slot_id}/change/")
        self.page.fill("[name=room]", room)
        self._save()
        self.page.wait_for_url(re.compile(r"/scheduling/interviewslot/(\?.*)?$"))

    def save_office(self, city: str, name: str, **fields: str) -> None:
        """Make an office, or change the one of that name."""
        self._open(f"people/office/?q={name}")
        if self.page.query_selector("#result_list tbody a"):
            self.page.click("#result_list tbody a >> nth=0")
        else:
            self._open("people/office/add/")
            self.page.select_option("#id_city", label=city)
        for field, value in {"name": name, **fields}.items():
            self.page.fill(f"#id_{field}", value)
        self._save()
        self.page.wait_for_url(re.compile(r"/people/office/(\?.*)?$"))  # back in the list, found or whole

    def invite_candidate(self, first_name: str) -> str:
        """Put somebody on the allow list by name alone, and make their personal link."""
        self._open("people/candidate/add/")
        self.page.fill("#id_first_name", first_name)
        self.page.click("button[name=_continue]")
        self.page.wait_for_url("**/people/candidate/*/change/")
        return self._invite()

    def add_login(self, user: str, role: str, password: str, *, city: str = "") -> None:
        """A login of a role, for one city or for all where that matters."""
        self._open("backoffice/stafflogin/add/")
        self.page.fill("#id_username", user)
        self.page.check(f"input[name=role][value={role}]")
        if city:
            self.page.get_by_label(city, exact=True).check()
        elif role in {"coordinator", "read_only"}:
            self.page.set_checked("#id_all_cities", True)
        self.page.fill("[name=password]", password)
        self.page.click("button[name=_save]")
        self.page.wait_for_url("**/backoffice/stafflogin/*/change/")

    def add_recruiter(self, name: str) -> None:
        """A recruiter known by name only."""
        self._open("people/recruiter/add/")
        self.page.fill("#id_name", name)
        self.page.click("button[name=_save]")
        self.page.wait_for_url("**/people/recruiter/")

    def invite_recruiter(self, name: str) -> str:
        """Make the personal link of a recruiter who is there already."""
        self._open(f"people/recruiter/?q={name}")
        self.page.click("#result_list tbody a >> nth=0")
        return self._invite()

    def revoke_invitation(self, name: str) -> None:
        """Take back the newest link of a person."""
        self._open(f"people/invitation/?q={name}")
        self.page.click("#result_list tbody a >> nth=0")
        self.page.click("a[href$='/revoke/']")
        self._press("Revoke")
        self.page.wait_for_load_state()

    def _invite(self) -> str:
        self.page.click("a[href$='/invite/']")
        self._press("Make a link")
        self.page.wait_for_url("**/people/invitation/*/change/")
        return self.page.input_value(".desk-copy input")

    def decide_request(self, booking_id: object, decision: str, reason: str) -> None:
        """Press Approve or Reject (the person) on a request's page, and again on the page that asks."""
        self._open(f"scheduling/booking/{booking_id}/{decision.lower()}/")
        self.page.fill("[name=reason]", reason)
        if decision == "Reject":
            self.page.check("[name=rejection][value=person]")
        self._press(decision)
        self.page.wait_for_url("**/change/")

    def book_for(self, telegram_id: int, slot_id: str, reason: str) -> None:
        """Book somebody into a slot, from the slot's page."""
        self._open(f"scheduling/interviewslot/{slot_id}/book/")
        self.page.fill("[name=called]", str(telegram_id))
        self.page.fill("[name=reason]", reason)
        self._press("Book")
        self.page.wait_for_url("**/change/")

    def cancel_booking(self, booking_id: object, reason: str) -> None:
        """Cancel a booking from its page."""
        self._open(f"scheduling/booking/{booking_id}/cancel/")
        self.page.fill("[name=reason]", reason)
        self._press("Cancel the booking")
        self.page.wait_for_url("**/change/")

    def open_text(self, kind: str, language: str) -> str:
        """Open a message template's default; the answer is its text."""
        self._open("wording/messagetemplate/")
        self.page.click(f"#templates tr:has-text('{kind}') a:has-text('{language}') >> nth=0")
        return self.page.input_value("[name=text]")

    def save_text(self, text: str) -> str:
        """Save another text on the page that is open; the answer is the page that follows."""
        self.page.fill("[name=text]", text)
        self.page.click("button[name=_save]")
        self.page.wait_for_load_state()
        return self.page.inner_text("body")

    def restore_text(self, number: int) -> None:
        """Make an earlier version of the text that is open the newest."""
        self.page.click("a[href$='/versions/']")
        self.page.click(f"button[name=number][value='{number}']")
        self.page.wait_for_load_state()

    def bookings_list(self, telegram_id: int) -> str:
        """The bookings of a person, as the list shows them."""
        self._open(f"scheduling/booking/?q={telegram_id}")
        return self.page.inner_text("#result_list")

    def booking_page(self, booking_id: object) -> str:
        """A booking's page, with what happened to it."""
        self._open(f"scheduling/booking/{booking_id}/change/")
        return self.page.inner_text("body")

    def broadcast_page(self) -> str:
        """The newest broadcast's page."""
        self._open("broadcasts/broadcast/")
        self.page.click("#result_list tbody a >> nth=0")
        self.page.wait_for_load_state()
        return self.page.inner_text("body")

    def menu(self) -> list[str]:
        """The lists that the menu leads to."""
        self._open("")
        links = self.page.locator("a[href^='/admin/']").evaluate_all("links => links.map(a => a.getAttribute('href'))")
        return sorted({link.split("/")[3] for link in links if link.count("/") > 3 and link.endswith("/")})

    def status_of(self, path: str) -> int:
        """How the desk answers to an address."""
        answer = self.page.goto(f"{self._url}/admin/{path}")
        return answer.status if answer else 0

    def rows_of(self, path: str) -> str:
        """A list, as it is shown."""
        self._open(path)
        return self.page.inner_text("#changelist")

    def close_login(self, username: str) -> str:
        """Deactivate a login; the answer is what the desk says."""
        self._open(f"backoffice/stafflogin/?q={username}")
        self.page.click("#result_list tbody a >> nth=0")
        self.page.click("a[href$='/close/']")
        self._press("Deactivate")
        self.page.wait_for_load_state()
        return self.page.inner_text("body")

    def _save(self) -> None:
        """Save the form, and go on where a page says first whom it concerns."""
        self.page.click("button[name=_save]")
        self._confirm()

    def _confirm(self) -> None:
        """Where a page says whom it concerns, go on."""
        self.page.wait_for_load_state()
        if self.page.query_selector("[name=_foreseen]"):
            self.page.click("form:has([name=_foreseen]) button[type=submit]")

    def _open(self, path: str) -> None:
        self.page.goto(f"{self._url}/admin/{path}")

    def _press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()


def open_browser(playwright: Playwright) -> Browser:
    """Debian's Chromium, without a screen."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


def open_desk(
    browser: Browser, stack: Stack, user: str = "", password: str = "", *, locale: str = "en-US", width: int = 1280
) -> Desk:
    """A member of staff who has logged in: with the stack's own login unless another is given."""
    page = browser.new_context(locale=locale, viewport={"width": width, "height": 844}).new_page()
    page.set_default_timeout(PATIENCE_SECONDS * 1_000)
    desk = Desk(page, stack.env["ADMIN_URL"])
    desk.log_in(user or stack.env["ADMIN_USER"], password or stack.env["ADMIN_PASSWORD"])
    return desk
