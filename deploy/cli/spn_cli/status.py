"""`spn status`: what runs, what lags, what is stuck."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPException
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.table import Table

from spn_cli.stack_commands import socket_directory
from spn_cli.terminal import StackOption, addresses_of, out, plain_errors, stack_paths
from spn_local.addresses import Addresses
from spn_local.control import ask
from spn_local.paths import DEFAULT_STACK

PLATFORM = ("kafka", "postgres", "smtp")
PATIENCE_S = 3.0


@dataclass(frozen=True)
class ServiceStatus:
    """One service over all its replicas. None: no replica tells."""

    service: str
    replicas: int
    up: int
    ready: int
    restarts: int
    leader: str | None
    lag: int | None
    outbox_depth: int | None
    outbox_age_seconds: float | None
    dead_letters_open: int | None
    dead_letters_parked: int | None
    unanswered: int | None


def status(
    stack: StackOption = DEFAULT_STACK,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, to work on with other tools.")] = False,
) -> None:
    """Show lag, outbox and dead letters of each service, and what runs. Exit code 1 when a process is down."""
    with plain_errors():
        described = ask(socket_directory(stack_paths(stack)), "describe", timeout_s=15.0)
        processes: list[dict[str, Any]] = described["processes"]
        addresses = addresses_of(stack) or Addresses(described["environment"])
        statuses = summarise(processes, fetch_all(processes, addresses))
        if as_json:
            out.print_json(json.dumps({"processes": processes, "services": [asdict(one) for one in statuses]}))
        else:
            for table in (_services(statuses), _platform(processes)):
                out.print(table if table.row_count else "No service runs in this stack.")
        if any(process["pid"] is None for process in processes):
            raise typer.Exit(1)


def fetch_all(processes: Iterable[Mapping[str, Any]], addresses: Addresses) -> dict[str, dict[str, Any]]:
    """/status of every replica that answers, by process name."""
    names = [process["name"] for process in processes if process["name"] not in PLATFORM and process["pid"]]
    if not names:
        return {}
    with ThreadPoolExecutor(len(names)) as pool:
        answers = pool.map(lambda name: _fetch(addresses.http_url(*_service_and_slot(name))), names)
        return {name: answer for name, answer in zip(names, answers, strict=True) if answer is not None}


def _fetch(url: str) -> dict[str, Any] | None:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/status")
        response = connection.getresponse()
        found = json.loads(response.read()) if response.status == 200 else None
    except (OSError, HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return found if isinstance(found, dict) else None


def summarise(processes: Sequence[Mapping[str, Any]], told: Mapping[str, Mapping[str, Any]]) -> list[ServiceStatus]:
    """One line per service from what the supervisor and the replicas tell."""
    names = dict.fromkeys(_service_and_slot(p["name"])[0] for p in processes if p["name"] not in PLATFORM)
    return [_summary(name, [p for p in processes if p["name"].rpartition("-")[0] == name], told) for name in names]


def _summary(
    service: str, replicas: Sequence[Mapping[str, Any]], told: Mapping[str, Mapping[str, Any]]
) -> ServiceStatus:
    answers = [told[replica["name"]] for replica in replicas if replica["name"] in told]
    # The database is one: every replica reads the same depth, and a moment's difference is no sum.
    return ServiceStatus(
        service=service,
        replicas=len(replicas),
        up=sum(replica["pid"] is not None for replica in replicas),
        ready=len(answers),
        restarts=sum(replica["restarts"] for replica in replicas),
        leader=next((answer.get("slot") for answer in answers if answer.get("leader")), None),
        lag=_lag(answers),
        outbox_depth=_most(answers, "outbox", "depth"),
        outbox_age_seconds=_most(answers, "outbox", "age_seconds"),
        dead_letters_open=_most(answers, "dead_letters", "open"),
        dead_letters_parked=_most(answers, "dead_letters", "parked"),
        unanswered=_most(answers, "unanswered"),
    )


def _lag(answers: Sequence[Mapping[str, Any]]) -> int | None:
    """Each replica tells the lag of its own partitions: together they are the service's."""
    if not answers:
        return None
    return sum(topic.get("lag") or 0 for answer in answers for topic in answer.get("topics", {}).values())


def _most(answers: Sequence[Mapping[str, Any]], *path: str) -> Any:
    found = []
    for answer in answers:
        value: Any = answer
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is not None:
            found.append(value)
    return max(found, default=None)


def _service_and_slot(name: str) -> tuple[str, int]:
    service, _, slot = name.rpartition("-")
    return service, int(slot)


def _empty(title: str, *headings: str) -> Table:
    """A table that stays whole at 80 columns: the first column holds names, the others numbers."""
    table = Table(
        title=title, title_justify="left", title_style="bold", header_style="dim", box=None, padding=(0, 1, 0, 0)
    )
    for position, heading in enumerate(headings):
        table.add_column(heading, justify="right" if position else "left", no_wrap=True)
    return table


def _services(statuses: Sequence[ServiceStatus]) -> Table:
    headings = ("up", "leader", "lag", "outbox", "oldest", "dead", "parked", "unanswered", "restarts")
    table = _empty("Services", "service", *headings)
    for one in statuses:
        age = None if one.outbox_age_seconds is None else f"{one.outbox_age_seconds:.1f}s"
        table.add_row(
            one.service,
            f"[{'green' if one.ready == one.replicas else 'red'}]{one.ready}/{one.replicas}[/]",
            *(_cell(value) for value in (one.leader, one.lag, one.outbox_depth, age)),
            *(_alarming(value) for value in (one.dead_letters_open, one.dead_letters_parked)),
            _cell(one.unanswered),
            _alarming(one.restarts),
        )
    return table


def _platform(processes: Iterable[Mapping[str, Any]]) -> Table:
    table = _empty("Platform", "process", "pid", "up for", "restarts")
    for process in processes:
        if process["name"] in PLATFORM:
            seconds = process["up_seconds"]
            up_for = "[red]down[/]" if seconds is None else f"{seconds:.0f} s"
            table.add_row(process["name"], _cell(process["pid"]), up_for, _alarming(process["restarts"]))
    return table


def _cell(value: object) -> str:
    return "-" if value is None else str(value)


def _alarming(value: int | None) -> str:
    return f"[bold red]{value}[/]" if value else _cell(value)
