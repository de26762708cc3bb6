"""What a person sees: where to go, what runs, what died."""

import re
import time
from collections.abc import Callable

from local.layout import Home
from local.lifecycle import relative
from local.stack import Stack
from local.supervising import processes
from local.supervising.supervision import EVENTS_LOG, Supervision

WATCH_SECONDS = 0.4
LOG_LINES = 15
GAVE_UP = "it does not stay up, so it is no longer restarted"
Say = Callable[[str], None]

# supervisord's own words:
# "exited: bot (terminated by SIGKILL; not expected)" and "gave up: bot entered FATAL state, too many …".
DEATH = re.compile(r"(?:exited|gave up): (?P<name>[\w-]+) (?:\((?P<exit>[^)]*)\)|(?P<fatal>entered FATAL state))")


def welcome(stack: Stack, say: Say = print) -> None:
    """Where to look first."""
    env = stack.env
    say("")
    say(f"  Desk      {env['ADMIN_URL']}/admin/   login {env['ADMIN_USER']}, password {env['ADMIN_PASSWORD']}")
    say(f"            and, with the same password, {env['DEMO_LOGINS'].replace(',', ', ')}: one of each role")
    if "SANDBOX_URL" in env:
        say(f"  Telegram  {env['SANDBOX_URL']}/   (sandbox; candidates 1001 to 1020 are on the list)")
    else:
        say(f"  Telegram  https://t.me/{env['TELEGRAM_BOT_USERNAME']}")
    say(f"  For programs: {relative(stack.home.path / 'stack.env')}")
    say("")


def status(stack: Stack, say: Say = print) -> bool:
    """One line per process; whether all of them run."""
    states = stack.states()
    if not states:
        say("Nothing runs. Start it with: make up")
        return False
    for state in states:
        since = f"for {_duration(time.time() - state.since)}" if state.runs else state.problem
        pid = f"pid {state.pid}" if state.pid else ""
        say(f"  {state.name:<10} {state.state:<9} {pid:<12} {since}".rstrip())
    welcome(stack, say)
    return all(state.runs for state in states)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def watch(home: Home, supervision: Supervision, say: Say = print) -> None:
    """Report every process that dies, with the end of its log, until the supervisor is gone."""
    with home.log(EVENTS_LOG).open(encoding="utf-8") as events:
        events.seek(0, 2)
        while supervision.answers():
            for line in events:
                if death := DEATH.search(line):
                    how = f"it has died ({death['exit']}) and is being restarted" if death["exit"] else GAVE_UP
                    _report_death(home, death["name"], how, say)
            time.sleep(WATCH_SECONDS)


def _report_death(home: Home, name: str, how: str, say: Say) -> None:
    say(f"\n{name}: {how}. The end of {relative(home.log(name))}:")
    for line in processes.tail(home.log(name), LOG_LINES):
        say(f"    {line}")
