"""How long the desk's pages take to open: every list plainly, by each of its filters, in each order, and searched.

And the first page, the calendar, Ctrl-K, a person with much to tell of, what lists open and how their exports begin. An
administrator and a recruiter ask for them over HTTP from a stack that holds a year's work (``--times 1``) up to a large
agency's of decades (``--times 100``: 1,000,000 bookings, 200,000 candidates, 1,000,000 audit entries); with several
scales one stack grows from each to the next. JSON goes to standard output, a table to standard error.

Where other work shares the machine, the least of the times says what a page costs, and what MongoDB has read for it
depends on no load at all. Bounded: each page is asked for `ROUNDS` times, and once more with MongoDB's profiler on.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
from pymongo import MongoClient
from pymongo.database import Database

from bench.asking import log_in, ways
from bench.deciding import cpu_seconds
from bench.examined import examined, unused_indexes
from bench.filling import Filler, Scale
from local.stack import Stack

ROUNDS = 3
LIMIT_MS = 300
PATIENCE_SECONDS = 120
ASKERS = ("administrator", "recruiter")
OTHERS = ("api", "beat", "bot", "consumer", "relay", "sandbox", "worker")
"""Processes that the desk's pages can do without: they would use the machine, and the database."""
HOME = Path(__file__).resolve().parents[2] / ".local" / "lists"


@dataclass(frozen=True)
class Opened:
    """One page: milliseconds, those of the processors (the desk's and MongoDB's, to ten or so) among them.

    And what MongoDB has read for it, with the operation of it that read most.
    """

    asker: str
    page: str
    what: str
    least_ms: float
    median_ms: float
    max_ms: float
    cpu_ms: float
    documents: int
    keys: int
    operations: int
    most: str


def measure(stack: Stack, database: Database[Any]) -> list[Opened]:
    """Every page of both askers."""
    found, used = [], cpu_of(stack)
    for asker in ASKERS:
        with httpx.Client(base_url=stack.env["ADMIN_URL"], timeout=PATIENCE_SECONDS, trust_env=False) as http:
            log_in(http, asker, stack.env["ADMIN_PASSWORD"])
            found += [timed(http, database, used, asker, page, *way) for page, way in ways(http)]
    return found


def cpu_of(stack: Stack) -> Callable[[], float]:
    """Tells how many seconds of processors the desk and MongoDB have used."""
    roots = [psutil.Process(stack.pid(name)) for name in ("web", "mongod")]
    every = [process for root in roots for process in (root, *root.children(recursive=True))]
    return lambda: sum(map(cpu_seconds, every))


def timed(
    http: httpx.Client,
    database: Database[Any],
    used: Callable[[], float],
    asker: str,
    page: str,
    what: str,
    address: str,
) -> Opened:
    """Ask so often."""
    taken, before = [], used()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = http.get(address)
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status_code < httpx.codes.BAD_REQUEST, (address, answer.status_code)
    least, median, most = (round(it, 1) for it in (min(taken), statistics.median(taken), max(taken)))
    cpu = round((used() - before) * 1000 / ROUNDS, 1)
    read = examined(database, lambda: http.get(address))
    return Opened(asker, page, what, least, median, most, cpu, **asdict(read))


def table(opened: Iterable[Opened]) -> Iterator[str]:
    """Per page the least times: plainly, the median and the slowest of all ways; the most documents and keys."""
    every = list(opened)
    yield f"{'':14}{'':38}{'plain':>8}{'median':>8}{'slowest':>8}{'cpu':>8}{'read':>9}{'keys':>9}"
    for asker, page in dict.fromkeys((it.asker, it.page) for it in every):
        here = [it for it in every if (it.asker, it.page) == (asker, page)]
        slowest = max(here, key=lambda it: it.least_ms)
        middle = statistics.median(it.least_ms for it in here)
        times = f"{here[0].least_ms:8.0f}{middle:8.0f}{slowest.least_ms:8.0f}"
        cpu = f"{statistics.median(it.cpu_ms for it in here):8.0f}"
        read = f"{max(it.documents for it in here):9}{max(it.keys for it in here):9}"
        yield f"{asker:14}{page.removeprefix('/admin'):38}{times}{cpu}{read}  {slowest.what}"
    over = [it for it in every if it.least_ms > LIMIT_MS]
    yield f"{len(every)} ways, over {LIMIT_MS} ms: {len(over)}"
    for it in sorted(over, key=lambda one: -one.least_ms):
        yield f"  {it.least_ms:6.0f} ms {it.asker} {it.page} {it.what}: {it.documents} documents; {it.most}"


def say(text: str) -> None:
    """For whoever watches."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Fill a stack of its own, measure, and take it away; ``--keep`` leaves it running, filled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, nargs="+", default=[1], metavar="N", help="from 1 to 100, rising")
    parser.add_argument("--home", type=Path, default=HOME)
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    stack = Stack(asked.home, free_ports=True, environ={}, say=say)
    stack.stop()
    stack.home.remove_data()
    with stack:
        stack.supervision.stop(OTHERS)
        print(json.dumps(list(run(stack, asked.times)), indent=1, ensure_ascii=False))
        if asked.keep:
            input("Enter stops it.")
    stack.home.remove_data()


def run(stack: Stack, scales: Iterable[int]) -> Iterator[dict[str, Any]]:
    """Each scale's measures."""
    with MongoClient[dict[str, Any]](stack.env["MONGODB_URI"].strip("'"), tz_aware=True) as client:
        database = client[stack.env["MONGODB_DATABASE"]]
        filler = Filler(database)
        for times in scales:
            filler.fill(Scale.of(times), say)
            opened = measure(stack, database)
            say(f"{times}×")
            for line in table(opened):
                say(line)
            yield {"times": times, "opened": [asdict(it) for it in opened]}
    root = f"mongodb://root:{stack.context.credentials.mongodb_root_password}@127.0.0.1:{stack.ports.mongod}"
    with MongoClient[dict[str, Any]](root, directConnection=True) as client:
        unused = unused_indexes(client[stack.env["MONGODB_DATABASE"]])
    say(f"Indexes that no page has used: {', '.join(unused)}")


if __name__ == "__main__":
    main()
