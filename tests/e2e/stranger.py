"""Someone with an AsyncAPI document, a user with a password, and a plain Kafka client: nothing of this repository."""

from __future__ import annotations

import copy
import json
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from confluent_kafka import Consumer, Message, Producer

Document: TypeAlias = dict[str, Any]
ANSWER_SECONDS = 30.0


class Stranger:
    """Works by one document, as one user."""

    def __init__(self, file: Path, bootstrap: str, user: str, password: str) -> None:
        self.document: Document = yaml.safe_load(file.read_text())
        scheme = self.resolved(self.document["servers"]["local"]["security"][0]["$ref"])
        assert scheme["type"] == "scramSha512"
        self._user = user
        self._config: dict[str, str | int | float | bool] = {
            "bootstrap.servers": bootstrap,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": user,
            "sasl.password": password,
        }

    def resolved(self, reference: str) -> Any:
        """What a reference leads to, further references followed."""
        found: Any = self.document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        return self.resolved(found["$ref"]) if isinstance(found, dict) and "$ref" in found else found

    def example(self, type_: str) -> Any:
        """The payload of the first example of a message, to change."""
        return copy.deepcopy(self.document["components"]["messages"][type_]["examples"][0]["payload"])

    def ask(self, type_: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Put a command, and find its answer."""
        asking = next(o for o in self.document["operations"].values() if o["action"] == "receive" and "reply" in o)
        message = self.resolved(next(m["$ref"] for m in asking["messages"] if m["$ref"].endswith(f"/{type_}")))
        reply = asking["reply"]
        answer_type = self.resolved(reply["messages"][0]["$ref"])["name"]
        command_id = str(uuid.uuid4())
        self._produce(self.resolved(asking["channel"]["$ref"])["address"], message, command_id, payload)
        for headers, value in self.read(self.resolved(reply["channel"]["$ref"])["address"]):
            if headers["ce_type"] == answer_type and headers["ce_subject"] == command_id:
                answer: dict[str, Any] = json.loads(value)
                return answer
        raise AssertionError(f"no answer to {type_} {command_id} within {ANSWER_SECONDS:g} s")

    def _produce(self, topic: str, message: Document, command_id: str, payload: Mapping[str, Any]) -> None:
        required = [h for part in message["headers"]["allOf"] for h in self.resolved(part["$ref"])["required"]]
        shown = message["examples"][0]["headers"] | {"ce_id": command_id}
        field = message["bindings"]["kafka"]["key"]["description"].rpartition("the value of ")[2].partition(".")[0]
        producer = Producer({**self._config, "partitioner": "murmur2_random", "acks": "all"})
        producer.produce(
            topic,
            key=str(payload[field]).encode(),
            value=json.dumps(payload).encode(),
            headers=[(header, shown[header]) for header in required],
        )
        assert producer.flush(ANSWER_SECONDS) == 0

    def read(self, *topics: str, seconds: float = ANSWER_SECONDS) -> Iterator[tuple[dict[str, str], bytes]]:
        """Headers and values from the earliest record on, for so long."""
        group = f"{self._user}.{uuid.uuid4().hex}"
        consumer = Consumer({**self._config, "group.id": group, "auto.offset.reset": "earliest"})
        consumer.subscribe(list(topics))
        deadline = time.monotonic() + seconds
        try:
            while time.monotonic() < deadline:
                message: Message | None = consumer.poll(0.2)
                if message is not None and not message.error():
                    yield {name: text.decode() for name, text in message.headers() or []}, message.value() or b""
        finally:
            consumer.close()
