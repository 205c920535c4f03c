"""The website on 14 January: puts commands on their topic as fast as its client can."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from confluent_kafka import Producer

from spn_demo.platform import Command
from spn_local.access import KafkaAccess

DELIVERY_SECONDS_MAX = 60.0


class Putter:
    """One producer with the partitioner that the contract names."""

    def __init__(self, access: KafkaAccess, prefix: str = "") -> None:
        config = {"partitioner": "murmur2_random", "enable.idempotence": True, "linger.ms": 0}
        self._producer = Producer({**access.client_config(), **config})
        self._prefix = prefix

    def put(self, commands: Sequence[Command]) -> float:
        """Put them all; the real time just before the first one was handed over. All are acknowledged on return."""
        ready = [
            (self._prefix + c.topic, c.key.encode(), json.dumps(c.data).encode(), c.headers(datetime.now(UTC)))
            for c in commands
        ]
        refused: list[str] = []
        began = time.time()
        for topic, key, value, headers in ready:
            while True:
                try:
                    self._producer.produce(
                        topic,
                        value,
                        key,
                        headers=headers,
                        on_delivery=lambda error, _: refused.append(str(error)) if error else None,
                    )
                    break
                except BufferError:
                    self._producer.poll(0.05)
            self._producer.poll(0)
        left = self._producer.flush(DELIVERY_SECONDS_MAX)
        if left or refused:
            raise RuntimeError(f"Kafka did not take {left or len(refused)} commands: {refused[:1]}")
        return began
