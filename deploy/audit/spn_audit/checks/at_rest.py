"""Whether the system is at rest: read to the end, told to the end, nothing due, nothing waiting, one publisher."""

from __future__ import annotations

from collections import Counter

from spn_audit.evidence import NO_TOPICS, Evidence
from spn_audit.result import Check, Findings, skipped

BEAT_SECONDS_MAX = 5.0


def read_to_the_end(seen: Evidence) -> Check:
    """Lag 0."""
    name, sentence = "read-to-the-end", "Every service has read its topics to their end."
    if seen.log is None:
        return skipped(name, sentence, NO_TOPICS)
    found, behind, examined = Findings(), 0, 0
    for (topic, partition), end in sorted(seen.log.ends.items()):
        for service in seen.readers.get(topic, ()):
            examined += 1
            at = seen.mechanisms[service].positions.get((topic, partition))
            start = seen.log.lows.get((topic, partition), 0)
            if (at if at is not None else start) < end:
                behind += end - (at or start)
                found.add(
                    f"{service} is at {at} of {end} in {topic}, partition {partition}",
                    f"database of {service}, table consumer_offsets",
                    "spn status",
                    key=f"{service} {topic} {partition} {at}",
                )
    return Check(name, sentence, {"partitions": examined, "records behind": behind}, found.all(), examined, True)


def outbox_empty(seen: Evidence) -> Check:
    """Nothing decided and not yet told."""
    found, rows = Findings(), 0
    for service, mechanism in seen.mechanisms.items():
        for row in mechanism.outbox:
            rows += 1
            found.add(
                f"{row.type or 'a record'} {row.message_id} of {service} was decided and is not told",
                f"database of {service}, table outbox, id {row.id}",
                "spn status",
                key=f"{service} {row.id}",
            )
    sentence = "Everything that was decided was told: the outboxes are empty."
    return Check("outbox-empty", sentence, {"rows waiting": rows}, found.all(), len(seen.mechanisms), True)


def deadlines_kept(seen: Evidence) -> Check:
    """Nothing overdue."""
    found, examined = Findings(), 0
    for service, mechanism in seen.mechanisms.items():
        examined += mechanism.deadlines
        for kind, root, subject, due_at in mechanism.overdue:
            found.add(
                f"{kind} of {subject or root} was due at {due_at:%Y-%m-%d %H:%M:%S} UTC and nothing was done",
                f"database of {service}, table deadlines, root {root}",
                "spn status",
                key=f"{service} {kind} {root} {subject} {due_at}",
            )
    sentence = "No deadline is overdue."
    return Check("deadlines-kept", sentence, {"deadlines stored": examined}, found.all(), examined, True)


def http_answered(seen: Evidence) -> Check:
    """Nobody waits at the HTTP edge."""
    found, examined = Findings(), 0
    for service, mechanism in seen.mechanisms.items():
        examined += mechanism.http_commands
        for command in mechanism.unanswered:
            where = f"database of {service}, table http_commands, command_id {command}"
            found.add(f"the command {command} came in over HTTP and has no answer", where, "spn status")
    sentence = "Every command that came in over HTTP has its answer."
    return Check("http-answered", sentence, {"commands": examined}, found.all(), examined, True)


def work_done(seen: Evidence) -> Check:
    """No document waits for its number, no mail to be sent.

    Who waits in a line that moves is on the way: with each document issued, and each mail sent, it is another finding.
    """
    found = Findings()
    issued = len(seen.billing.documents)
    for draft, row in seen.billing.drafts.items():
        why = "failed" if row.attempts else "is ready" if row.ready else "waits for an address or a language"
        found.add(
            f"a draft for enrolment {row.enrolment} has no number yet: it {why}",
            f"database of billing, table drafts, draft_id {draft}",
            "spn status",
            key=f"draft {draft} {row.attempts}, {issued} issued",
        )
    states = Counter(m.state for some in seen.notifications.messages.values() for m in some)
    for (person, about), messages in seen.notifications.messages.items():
        for message in messages:
            where = f"database of notifications, table messages, id {message.id}"
            said = f"the mail '{message.purpose}' about {about} to person {person}"
            if message.state in ("waiting", "sending"):
                key = f"message {message.id} {message.state}, {states['sent']} sent"
                found.add(f"{said} is not sent yet", where, "spn status", key=key)
            elif message.state in ("unknown", "failed"):
                why = "may or may not have arrived" if message.state == "unknown" else "could not be sent"
                key = f"message {message.id} {message.state}"
                found.add(f"{said} {why}: a person decides", where, key=key, severity="attention")
    counted = {"drafts": len(seen.billing.drafts)}
    counted |= {f"mails {state}": states[state] for state in ("waiting", "sending", "unknown", "failed")}
    sentence = "No document waits for its number and no mail to be sent."
    return Check("work-done", sentence, counted, found.all(), issued + states.total(), True)


def one_publisher(seen: Evidence) -> Check:
    """Whoever publishes holds the lock that gives the right to."""
    found, beating = Findings(), 0
    for service, mechanism in seen.mechanisms.items():
        lead = mechanism.lead
        if lead is None or lead.age_seconds > BEAT_SECONDS_MAX:
            continue
        beating += 1
        if lead.backend not in lead.holders:
            found.add(
                f"replica {lead.slot} of {service} says that it publishes, and does not hold the lock for it",
                f"database of {service}, table relay_lead (backend {lead.backend}), view pg_locks",
                "spn status",
                key=f"{service} publishes without the lock",
            )
    sentence = "Of each service one replica publishes, and it holds the lock for it."
    return Check("one-publisher", sentence, {"publishing": beating}, found.all(), beating, True)
