"""One node of Apache Kafka (KRaft: broker and controller in one) on loopback ports, closed to whoever has no right."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from spn_local.access import KafkaAccess
from spn_local.children import Program, run_to_end
from spn_local.java import find_java
from spn_local.kafka_jars import kafka_classpath
from spn_local.paths import StackPaths
from spn_local.ports import LOOPBACK
from spn_local.state import StackState, write_private

ADMIN = "admin"
CONTROLLER = "controller"
NODE_ID = 1
FORMAT_PATIENCE_S = 60.0
# The least memory and the quickest start of what was measured, for a broker of this size.
JVM = ("-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
SCRAM_LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule required"
PLAIN_LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
FORMATTED = "meta.properties"
LOGGING = """\
Configuration:
  Appenders:
    Console:
      name: out
      PatternLayout: {pattern: "%d %p %m (%c)%n"}
  Loggers:
    Root: {level: WARN, AppenderRef: {ref: out}}
    Logger:
      # Started, stopped, and each denied right. At INFO the rest tells of each file of each partition.
      - {name: kafka.server.KafkaRaftServer, level: INFO}
      - {name: kafka.server.BrokerServer, level: INFO}
      - {name: kafka.authorizer.logger, level: INFO}
"""


def cluster_id() -> str:
    """A name for a new cluster: 22 characters of base64, as Kafka's own, and like those never with a dash in front.

    The tool that formats would take a dash for the next option.
    """
    return secrets.token_hex(11)


@dataclass(frozen=True)
class KafkaServer:
    """The broker of one stack. Its data outlives a restart; its ports come from the stack's state."""

    paths: StackPaths
    state: StackState

    @property
    def access(self) -> KafkaAccess:
        """The administrator's way in."""
        address = f"{LOOPBACK}:{self.state.ports['kafka']}"
        return KafkaAccess(address, "SASL_PLAINTEXT", ADMIN, self.state.password(f"kafka:{ADMIN}"))

    async def prepare(self) -> None:
        """Fetch what is missing, write the settings, and format the storage at the first start."""
        await asyncio.to_thread(kafka_classpath)
        write_private(self._settings, self._properties())
        write_private(self._logging, LOGGING)
        if not (self._data / FORMATTED).exists():
            await self._format()

    def program(self) -> Program:
        """The broker itself."""
        return Program(self._java(*JVM, "kafka.Kafka", str(self._settings)), self.paths.logs / "kafka.log")

    async def _format(self) -> None:
        # What a format that was cut short left behind is worth nothing: no broker ever ran on it.
        shutil.rmtree(self._data, ignore_errors=True)
        user = f"SCRAM-SHA-512=[name={ADMIN},password={self.state.password(f'kafka:{ADMIN}')}]"
        tool = ("kafka.tools.StorageTool", "format", "--config", str(self._settings))
        command = self._java(*JVM, *tool, "--cluster-id", cluster_id(), "--add-scram", user)
        await run_to_end(Program(command, self.paths.logs / "kafka-format.log"), FORMAT_PATIENCE_S)

    def _java(self, *arguments: str) -> list[str]:
        classpath = ":".join(str(jar) for jar in kafka_classpath())
        logging = f"-Dlog4j2.configurationFile={self._logging.as_uri()}"
        return [str(find_java()), "-cp", classpath, logging, *arguments]

    @property
    def _settings(self) -> Path:
        return self.paths.kafka / "server.properties"

    @property
    def _logging(self) -> Path:
        return self.paths.kafka / "log4j2.yaml"

    @property
    def _data(self) -> Path:
        return self.paths.kafka / "data"

    def _properties(self) -> str:
        port, controller = self.state.ports["kafka"], self.state.ports["kafka-controller"]
        admin, word = self.state.password(f"kafka:{ADMIN}"), self.state.password(f"kafka:{CONTROLLER}")
        settings = {
            "process.roles": "broker,controller",
            "node.id": NODE_ID,
            "log.dirs": self._data,
            "controller.quorum.voters": f"{NODE_ID}@{LOOPBACK}:{controller}",
            "listeners": f"CLIENTS://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller}",
            "advertised.listeners": f"CLIENTS://{LOOPBACK}:{port}",
            "listener.security.protocol.map": "CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
            "inter.broker.listener.name": "CLIENTS",
            "controller.listener.names": "CONTROLLER",
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
            "sasl.mechanism.controller.protocol": "PLAIN",
            "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.clients.scram-sha-512.sasl.jaas.config": (
                f'{SCRAM_LOGIN} username="{ADMIN}" password="{admin}";'
            ),
            "listener.name.controller.plain.sasl.jaas.config": (
                f'{PLAIN_LOGIN} username="{CONTROLLER}" password="{word}" user_{CONTROLLER}="{word}";'
            ),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "false",
            "super.users": f"User:{ADMIN};User:{CONTROLLER}",
            **SMALL_AND_QUICK,
        }
        return "".join(f"{name}={value}\n" for name, value in settings.items())


SMALL_AND_QUICK: dict[str, str | int] = {
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": 0,
    # After a kill -9 the broker waits until its own old registration has expired: 2 s instead of 9.
    "broker.session.timeout.ms": 2000,
    "broker.heartbeat.interval.ms": 400,
    "default.replication.factor": 1,
    "min.insync.replicas": 1,
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "log.cleaner.dedupe.buffer.size": 4_194_304,
    # Each partition keeps one preallocated index of this size open, and there are more than a hundred.
    "log.index.size.max.bytes": 1_048_576,
}
