// The calendar: EventCalendar draws the grid, drags and selects; what is in it and what comes of a drag says the desk.
document.addEventListener("DOMContentLoaded", () => {
  const grid = document.getElementById("calendar");
  if (!grid || !window.EventCalendar) return;
  const asked = grid.dataset;
  const narrow = window.matchMedia("(max-width: 640px)").matches;
  if (narrow && !new URLSearchParams(location.search).has("view")) {
    location.replace(document.getElementById("view-day").href);
    return;
  }
  const said = document.getElementById("calendar-said");
  const dialog = document.getElementById("calendar-move");
  const FRESH_MS = 5000, ROOM_FOR_MORE_MS = 20 * 60 * 1000, ROOM_BELOW = 160;
  let stamp = "", columns = [], busy = false, held = false, calendar;

  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const say = (text) => { said.textContent = text; };
  const minutes = (moment) => moment.toISOString().slice(0, 16);  // EventCalendar keeps the digits of a zone as if UTC

  function content({ event }) {
    if (event.display === "background") return event.extendedProps.words;
    const slot = event.extendedProps;
    const link = element("a", "", "calendar-slot");
    link.href = `${slot.link}?${asked.origin}`;
    link.draggable = false;  // the grid drags the slot, the browser not its address
    link.append(element("span", `${slot.when}: `, "sr-only"), element("b", slot.time));
    link.append(element("span", slot.words, "calendar-words"));
    for (const told of [slot.waiting, slot.elsewhere, slot.clash]) if (told) link.append(element("span", told, "calendar-asked"));
    if (event.end - event.start >= ROOM_FOR_MORE_MS) link.append(element("span", narrow ? slot.about : slot.about_here, "calendar-about"));
    return { domNodes: [link] };
  }

  function describe({ el, event }) {
    const slot = event.extendedProps;
    if (event.display !== "background") el.dataset.slot = event.id;
    el.title = [slot.when, slot.words, slot.waiting, slot.elsewhere, slot.clash, slot.about].filter(Boolean).join("\n");
    for (const name of ["role", "tabindex"]) el.removeAttribute(name);  // the link inside is what is reached
  }

  // The grid calls itself a table, which may not hold what this one holds; the table with the same is below.
  const ROLES = ["table", "row", "rowgroup", "cell", "columnheader"].map((role) => `[role=${role}]`).join();
  const OF_TABLES = ["aria-colindex", "aria-colspan"];
  const strip = () => {
    for (const part of grid.querySelectorAll(ROLES)) part.removeAttribute("role");
    for (const name of OF_TABLES) for (const part of grid.querySelectorAll(`[${name}]`)) part.removeAttribute(name);
  };
  new MutationObserver(strip).observe(grid, { childList: true, subtree: true, attributeFilter: OF_TABLES });

  function shown(slot) {
    return {
      id: slot.id, start: slot.start, end: slot.end, resourceIds: [slot.column], title: slot.time,
      classNames: [
        `calendar-${slot.state}`, slot.waiting && "calendar-waits", slot.elsewhere && "calendar-overlaps",
        slot.clash && "calendar-clashes",
      ].filter(Boolean),
      editable: slot.movable, startEditable: slot.movable, durationEditable: false, extendedProps: slot,
    };
  }

  function busyTime(piece) {
    return {
      id: `busy ${piece.column} ${piece.start}`, start: piece.start, end: piece.end, resourceIds: [piece.column],
      display: "background", classNames: ["calendar-elsewhere"], extendedProps: piece,
    };
  }

  function put(data) {
    stamp = data.stamp;
    columns = data.columns;
    const width = widthOf(columns.length);
    calendar.setOption("columnWidth", width);
    document.getElementById("calendar-wide").hidden = !width;
    calendar.setOption("resources", columns.map(({ id, title }) => ({ id, title })));
    calendar.setOption("events", [...data.busy.map(busyTime), ...data.slots.map(shown)]);
    calendar.setOption("selectable", Boolean(asked.add));
    note("calendar-cut", data.cut);
    note("calendar-troubles", data.troubles.join("\n"));
    pointLater(data.later);
    offer(data.choices);
    list(data.slots, data.busy);
  }

  function note(id, text) {
    const shown = document.getElementById(id);
    shown.textContent = text;
    shown.hidden = !text;
  }

  function pointLater(later) {
    const shown = document.getElementById("calendar-later"), [words, link] = shown.children;
    words.textContent = later ? later.words : "";
    link.textContent = later ? later.day : "";
    link.href = later ? later.link : "";
    link.hidden = !link.textContent;
    shown.hidden = !later;
  }

  // Of a week with many columns the days before today are to the left, to be scrolled back to.
  function showToday() {
    const main = grid.querySelector(".ec-main"), today = grid.querySelector(".ec-body .ec-today");
    const clocks = grid.querySelector(".ec-sidebar");
    if (!main || !today) return;
    const edge = main.getBoundingClientRect().left + (clocks ? clocks.offsetWidth : 0);
    main.scrollLeft += today.getBoundingClientRect().left - edge;
  }

  // Down to the first slot that is still to come, where it begins below what the window shows.
  function showFirst() {
    const every = [...grid.querySelectorAll("[data-slot]")];
    const coming = every.filter((one) => !one.classList.contains("calendar-over"));
    const top = (one) => one.getBoundingClientRect().top;
    const first = (coming.length ? coming : every).sort((one, other) => top(one) - top(other))[0];
    if (first && (top(first) < 0 || top(first) > window.innerHeight - ROOM_BELOW)) {
      first.scrollIntoView({ block: "start", inline: "nearest" });
    }
  }

  function widthOf(count) {
    const least = narrow ? 110 : 88;
    const days = asked.view === "day" ? 1 : 7;
    return count * days * least > grid.clientWidth - 60 ? `${least}px` : undefined;
  }

  function offer(choices) {
    const select = document.querySelector(".calendar-asks [name=only]");
    if (document.activeElement === select) return;
    select.replaceChildren(select.options[0], ...choices.map(([id, title]) => new Option(title, id, false, id === asked.only)));
  }

  function row(when, sign, also, about) {
    const made = document.createElement("tr"), cells = [element("td"), element("td"), element("td", about)];
    cells[0].append(when);
    cells[1].append(sign, element("span", also.filter(Boolean).map((told) => ` ${told}`).join("")));
    made.append(...cells);
    return made;
  }

  function list(slots, busy) {
    const rows = slots.map((slot) => {
      const link = element("a", slot.when), sign = element("span", slot.words, "calendar-sign");
      link.href = `${slot.link}?${asked.origin}`;
      sign.dataset.state = slot.state;
      return row(link, sign, [slot.waiting, slot.elsewhere, slot.clash], slot.about);
    });
    for (const piece of busy) {
      rows.push(row(piece.when, element("span", piece.words, "calendar-sign calendar-elsewhere"), [], piece.about));
    }
    document.querySelector("#calendar-list tbody").replaceChildren(...rows);
    document.querySelector(".calendar-none").hidden = rows.length > 0;
  }

  async function refresh(anew) {
    if (held || (busy && !anew)) { if (anew) stamp = ""; return; }
    try {
      const answer = await fetch(`${asked.slots}&stamp=${anew ? "" : stamp}`, { headers: { Accept: "application/json" } });
      if (answer.redirected) { location.reload(); return; }  // logged out
      if (held || (busy && !anew)) { if (anew) stamp = ""; return; }
      if (answer.status === 204) return;
      if (!answer.ok) throw new Error(String(answer.status));
      put(await answer.json());
      if (said.dataset.lost) { say(""); delete said.dataset.lost; }
    } catch {
      if (!said.textContent) { say(asked.lost); said.dataset.lost = "1"; }
    }
  }

  async function dropped(info) {
    busy = true;
    say("");
    const slot = info.event.extendedProps;
    const column = info.newResource && columns.find(({ id }) => id === info.newResource.id);
    const moves = { ...(column ? column.gives : {}), to: minutes(info.event.start), seen: slot.seen };
    try {
      const answer = await fetch(`${slot.link}?${new URLSearchParams(moves)}&${asked.origin}`);
      if (answer.status === 409) { snapBack(info, (await answer.json()).why); return; }
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      dialog.innerHTML = await answer.text();
    } catch {
      snapBack(info, asked.lost);
      return;
    }
    const form = dialog.querySelector("form");
    if (form.dataset.booked !== "0" && !("clashes" in form.dataset)) { say(asked.booked); form.requestSubmit(); return; }
    dialog.addEventListener("close", () => snapBack(info, ""), { once: true });
    dialog.showModal();
  }

  function snapBack(info, why) {
    info.revert();
    busy = false;
    say(why);
    refresh(true);
  }

  // Nothing is drawn anew under a hand that drags or selects: the grid would lose what it has hold of.
  grid.addEventListener("pointerdown", () => { held = true; });
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => { held = false; });

  // A drag that ends on the slot's link is no press of it; a press is the grid's to tell (eventClick).
  grid.addEventListener("click", (event) => {
    if (event.target.closest("a.calendar-slot") && !event.ctrlKey && !event.metaKey) event.preventDefault();
  });

  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-leave]")) dialog.close();
  });

  function mayDrop({ event, newResource }) {
    if (!newResource) return true;
    const column = columns.find(({ id }) => id === newResource.id);
    return Boolean(column && column.gives) && !(asked.by === "place" && event.extendedProps.online);
  }

  function add({ start, end, resource }) {
    const column = columns.find(({ id }) => id === (resource && resource.id));
    const query = new URLSearchParams({ ...(column ? column.adds : {}), starts_at: minutes(start) });
    const length = Math.round((end - start) / 60000);
    if (length > 10) query.set("duration_minutes", length);
    location.assign(`${asked.add}?${query}&${asked.origin}`);
  }

  calendar = window.EventCalendar.create(grid, {
    view: asked.view === "day" ? "resourceTimeGridDay" : "resourceTimeGridWeek",
    date: asked.date, locale: document.documentElement.lang, firstDay: 1, datesAboveResources: true,
    headerToolbar: { start: "", center: "", end: "" }, allDaySlot: false, nowIndicator: false,
    slotMinTime: "09:00", slotMaxTime: "19:00", flexibleSlotTimeLimits: true, scrollTime: "09:00",
    slotDuration: "00:30", slotHeight: 48, snapDuration: "00:05", slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    dayHeaderFormat: { weekday: "short", day: "numeric", month: "short" },
    editable: false, eventStartEditable: false, eventDurationEditable: false, longPressDelay: 500,
    selectable: false, selectMinDistance: 4, resources: [], events: [],
    eventContent: content, eventDidMount: describe, dragConstraint: mayDrop,
    eventDragStart: () => { busy = true; }, eventDragStop: () => { busy = dialog.open; },
    eventClick: ({ event, jsEvent }) => {
      if (jsEvent.ctrlKey || jsEvent.metaKey) return;
      location.assign(`${event.extendedProps.link}?${asked.origin}`);
    },
    eventDrop: dropped, select: add, dateClick: asked.add ? ({ date, resource }) => add({ start: date, end: date, resource }) : undefined,
  });
  refresh(true).then(() => requestAnimationFrame(() => { showToday(); showFirst(); }));
  // A page that the browser has kept shows a slot where it was dropped, whatever has become of that.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  setInterval(() => { if (document.visibilityState === "visible") refresh(false); }, FRESH_MS);
});
