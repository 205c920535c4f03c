"""One season on one stack: start, play, hear, gather, stop."""

from __future__ import annotations

import secrets
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from spn.clock import FileClock, step
from spn_demo.driver import PATIENCE_S, Driver
from spn_demo.guest import drop_databases, guest_service, own_databases
from spn_demo.journal import Journal, Place, Told
from spn_demo.mailbox import Arrived, read_mailbox
from spn_demo.organiser import Organiser
from spn_demo.platform import Platform
from spn_demo.quiet import Stillness
from spn_demo.season import Season
from spn_demo.story.lines import Line
from spn_demo.telling import Teller
from spn_demo.visiting.visitors import Visitors
from spn_local.config import SERVICE_NAMES, ServiceConfig
from spn_local.existing import Existing
from spn_local.kafka import ADMIN
from spn_local.launch import Hear
from spn_local.paths import StackPaths
from spn_local.stack import Stack
from spn_local.topics.table import load_topics

READER = "operator"
SENDER = "platform"
ORGANISER = "organiser"
# The service that has pages and an API.
PAGES = "enrolment"
# What says who is who: read from the beginning also where others were registered before.
WHO_IS_WHO = ("spn.enrolment.people", "spn.enrolment.organisations")


@dataclass(frozen=True)
class Played:
    """What is left of a season when its stack is gone: what was said, sent, told, and where the clock stood."""

    messages: Sequence[Told]
    mails: Sequence[Arrived]
    statuses: Sequence[Mapping[str, Any]]
    lines: Sequence[Line]
    ended_at: datetime


def play(season: Season, root: Path, console: Console, hear: Hear, existing: Existing) -> Played:
    """Play a season and tell it on ``console``; ``hear`` gets the steps of the stack's start.

    On an existing Kafka the topics are not ours alone: what stood there before is not our story.
    """
    paths = StackPaths(root, f"demo-{secrets.token_hex(3)}")
    clock_file = paths.directory / "clock"
    paths.directory.mkdir(parents=True)
    step(clock_file, season.begins_at)
    services = [guest_service(name) if existing.kafka else ServiceConfig(name) for name in SERVICE_NAMES]
    with _running(paths, services, clock_file, hear, existing) as stack, ExitStack() as cleanup:
        topics = list(load_topics(stack.config.topics).topics)
        whole = WHO_IS_WHO if existing.kafka else None
        journal = cleanup.enter_context(Journal(stack.kafka(READER), topics, from_beginning=whole))
        teller = cleanup.enter_context(Teller(journal, console))
        urls = {name: stack.http_url(name) for name in SERVICE_NAMES}
        stillness = cleanup.enter_context(Stillness(urls, stack.kafka(ADMIN), topics, _unread(journal)))
        platform = cleanup.enter_context(Platform(stack.kafka(SENDER), FileClock(clock_file).now))
        pages = urls[PAGES]
        organiser = cleanup.enter_context(Organiser(pages, stack.token(ORGANISER), PATIENCE_S))
        visitors = cleanup.enter_context(Visitors(pages, stack.mail_dir, PATIENCE_S))
        Driver(season, visitors, organiser, platform, stillness, clock_file).play()
        return Played(
            messages=journal.since(0),
            mails=read_mailbox(stack.mail_dir),
            statuses=[told for told in stillness.statuses().values() if told is not None],
            lines=teller.finish(),
            ended_at=FileClock(clock_file).now(),
        )


@contextmanager
def _running(
    paths: StackPaths, services: Sequence[ServiceConfig], clock_file: Path, hear: Hear, existing: Existing
) -> Iterator[Stack]:
    """A stack of its own. While it stops, Ctrl-C does not cut that short: something would be left."""
    stack = Stack(services=services, name=paths.name, root=paths.root, clock_file=clock_file, hear=hear)
    databases: tuple[str, ...] = ()
    try:
        stack.start()
        databases = own_databases(existing, stack)
        yield stack
    finally:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            stack.stop()
            drop_databases(existing, databases)
        finally:
            signal.signal(signal.SIGINT, before)


def _unread(journal: Journal) -> Callable[[Mapping[Place, int]], str | None]:
    return lambda ends: f"the story is {behind} messages behind" if (behind := journal.behind(ends)) else None
