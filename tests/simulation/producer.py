"""A model of the relay's producer: idempotent, so per partition what is taken is a beginning of what was sent."""

from __future__ import annotations

import asyncio
from typing import Any

from aiokafka.errors import KafkaTimeoutError, TopicAuthorizationFailedError, UnknownProducerId

from tests.simulation.broker import Broker
from tests.simulation.faults import Faults


class _Accumulator:
    def __init__(self) -> None:
        self._batches: dict[object, list[object]] = {}

    def fail_all(self, _error: Exception) -> None:
        """What it held is for its successor to send."""


class _Client:
    async def close(self) -> None:
        """There is no connection."""


class Producer:
    """Each record that is sent is a step: ``cut`` loses it and whatever follows it on its partition.

    ``deadlock``: it is taken, and the answer is lost. ``refuse``: it is not taken, and said so.
    """

    def __init__(self, broker: Broker, faults: Faults) -> None:
        self._broker = broker
        self._faults = faults
        self._broken: set[tuple[str, int]] = set()
        self._message_accumulator = _Accumulator()
        self.client = _Client()

    async def start(self) -> None:
        """Nothing to connect to."""

    async def stop(self) -> None:
        """Nothing to flush."""

    async def partitions_for(self, topic: str) -> set[int]:
        return set(range(self._broker.count(topic)))

    async def send(
        self,
        topic: str,
        *,
        value: bytes | None,
        key: bytes | None,
        headers: list[tuple[str, bytes]],
        partition: int | None,
    ) -> asyncio.Future[Any]:
        sent: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        place = topic, self._broker.home(topic, key)
        assert partition in (None, place[1]), f"{topic}: {key!r} belongs on {place[1]}"
        fault = await self._faults.step(f"send to {topic}")
        if fault == "refuse":
            raise TopicAuthorizationFailedError(topic)
        if fault == "cut":
            self._broken.add(place)
        if place in self._broken:
            sent.set_exception(UnknownProducerId("simulated"))
            return sent
        entry = self._broker.append(topic, key, value, tuple(headers))
        if fault == "deadlock":
            self._broken.add(place)
            sent.set_exception(KafkaTimeoutError("simulated"))
        else:
            sent.set_result(entry)
        return sent
