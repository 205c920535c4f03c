"""What is told: the right events for each fact, complete, and without names where none belong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from enrolment import events_out
from enrolment.commands import CloseEdition, LeaveList, WithdrawEnrolment, examples
from enrolment.domain.facts import EnrolmentFact, GuestFact
from enrolment.events_out import models
from enrolment.links import Links, claim_of
from services.enrolment.tests.season import EDITION, Season
from spn.decision import Answer
from spn.messaging.contract import EventType, Outgoing, by_name
from spn.messaging.policies import AnsweredCommand

TYPES = by_name(events_out.EVENTS)


def told(season: Season) -> list[Outgoing]:
    """What the last decision tells."""
    return [outgoing for fact in season.last.facts for outgoing in events_out.tell(fact)]


def names(season: Season) -> list[str]:
    return [outgoing.versions[0][0] for outgoing in told(season)]


def data_of(season: Season, name: str) -> dict[str, Any]:
    (found,) = (dict(o.versions)[name] for o in told(season) if name in dict(o.versions))
    return dict(json.loads(found.model_dump_json()))


@pytest.mark.parametrize("type_", events_out.EVENTS, ids=lambda type_: type_.name)
def test_every_example_is_what_the_type_says_and_survives_the_wire(type_: EventType[events_out.models.Edition]) -> None:
    assert type_.examples
    for example in type_.examples:
        assert isinstance(example, type_.data)
        assert type_.data.model_validate_json(example.model_dump_json()) == example
        outgoing = type_(example)
        assert outgoing.key
        assert outgoing.subject


def test_an_accepted_request_tells_people_first_then_the_enrolment_then_partners() -> None:
    season = Season()
    season.request("anna", payer=examples.REQUEST_WITH_PAYER["payer"])
    assert names(season) == [
        "edition.opened.v1",
        "person.registered.v1",
        "organisation.registered.v1",
        "organisation.registered.v1",
        "person.registered.v1",
        "enrolment.accepted.v1",
        "partner.enrolment-confirmed.v1",
    ]


def test_an_enrolment_is_told_whole() -> None:
    season = Season(seats=1)
    season.request("anna")
    season.request("bram")
    data = data_of(season, "enrolment.waitlisted.v1")
    (payer,) = data.pop("payers")
    assert data == {
        "enrolment_id": str(season.ids["bram"]),
        "edition_id": EDITION,
        "edition_title_nl": "Lerend netwerk 2027",
        "edition_title_en": "Learning network 2027",
        "number": 2,
        "status": "waiting",
        "participant_id": str(season.person("bram")),
        "former_participant_ids": [],
        "organisation_id": "kvk-41098765",
        "requested_at": "2027-01-14T09:00:00Z",
        "position": 1,
        "offer_expires_at": None,
        "starts_on": "2027-03-12",
        "ends_on": "2027-10-08",
        "currency": "EUR",
        "requester_id": None,
        "commitment": None,
        "commitment_ends_on": None,
        "journal_entry": 2,
        "journal_seal": season.edition.journal.head,
        "link_nl": None,
        "link_en": None,
    }
    assert [line["owed_cents"] for line in payer["lines"]] == [0, 0, 0]


def test_what_is_owed_after_a_withdrawal_is_in_the_event() -> None:
    season = Season(withdrawal=[{"days_before_start": 0, "owed_percent": 25}])
    season.request("anna")
    season.ask(WithdrawEnrolment, "anna", reason="Persoonlijk.")
    assert names(season) == ["enrolment.withdrawn.v1", "partner.enrolment-ended.v1"]
    data = data_of(season, "enrolment.withdrawn.v1")
    assert [line["owed_cents"] for line in data["payers"][0]["lines"]] == [98_750, 20_000, 6_250]
    assert "Persoonlijk" not in json.dumps(data)


def test_the_key_is_the_edition_and_the_subject_the_enrolment() -> None:
    season = Season()
    season.request("anna")
    by_type = {outgoing.versions[0][0]: outgoing for outgoing in told(season)}
    for name in ("enrolment.accepted.v1", "partner.enrolment-confirmed.v1"):
        assert (by_type[name].key, by_type[name].subject) == (EDITION, str(season.ids["anna"]))
        assert by_type[name].kept


def test_partners_hear_of_no_one_who_never_had_a_seat() -> None:
    season = Season(seats=1)
    season.request("anna")
    season.request("bram")
    assert not any(outgoing.topic == "spn.partner.enrolment" for outgoing in told(season))
    season.ask(LeaveList, "bram")
    assert names(season) == ["enrolment.left.v1"]


def test_names_and_addresses_travel_on_the_topic_of_people_only() -> None:
    season = Season(seats=1)
    everything: list[Outgoing] = []
    steps: list[Callable[[], Answer]] = [
        lambda: season.request("anna", payer=examples.REQUEST_WITH_PAYER["payer"]),
        lambda: season.request("bram"),
        lambda: season.ask(WithdrawEnrolment, "anna", reason="Marker"),
        lambda: season.substitute("bram", by="cora"),
        lambda: season.wake(CloseEdition),
    ]
    for step in steps:
        step()
        everything += told(season)
    for outgoing in everything:
        text = " ".join(data.model_dump_json() for _, data in outgoing.versions)
        if outgoing.topic != "spn.enrolment.people":
            assert not any(word in text for word in ("Anna", "Bram", "Cora", "Samira", "@", "Marker"))


def test_an_edition_is_told_to_partners_when_it_is_published() -> None:
    season = Season()
    assert names(season) == ["edition.published.v1", "partner.edition-published.v1"]
    assert data_of(season, "edition.published.v1")["state"] == "published"
    season.wake(CloseEdition)
    assert data_of(season, "edition.closed.v1")["state"] == "closed"


def test_every_fact_about_an_enrolment_has_its_event() -> None:
    season = Season()
    season.request("anna")
    enrolment = season.of("anna")
    (entry,) = season.edition.journal.fresh
    kinds = EnrolmentFact.__subclasses__()
    told_types = {
        next(iter(events_out.tell(kind(season.edition.terms, enrolment, None, season.now, entry)))).versions[0][0]
        for kind in kinds
    }
    assert told_types == {name for name in TYPES if name.startswith("enrolment.") and ".guest-" not in name}
    assert len({kind.word for kind in kinds}) == len(kinds) == 18


def test_every_fact_about_a_guest_has_its_event() -> None:
    season = Season(themes=[{**examples.PUBLISH["themes"][0], "guests_per_library": 1}])
    season.request("anna")
    season.invite("anna", "gast", theme="changing")
    (guest,) = season.edition.guests.values()
    kinds = GuestFact.__subclasses__()
    told = [next(iter(events_out.tell(kind(season.edition.terms, guest, season.now)))) for kind in kinds]
    assert {one.versions[0][0] for one in told} == {name for name in TYPES if ".guest-" in name}
    assert {(one.key, one.subject) for one in told} == {(EDITION, str(guest.guest_id))}


def test_a_fact_nobody_knows_is_a_mistake_in_the_program() -> None:
    with pytest.raises(TypeError, match="no event tells"):
        list(events_out.tell(object()))


def test_an_answer_is_told_under_the_key_of_its_command_and_is_not_kept() -> None:
    command_id = uuid4()
    answer = Answer("refused", "invalid", "Klopt niet.", "Not valid.")
    outgoing = events_out.answer(AnsweredCommand(str(command_id), "enrolment.request.v1", "", answer))
    assert (outgoing.key, outgoing.subject, outgoing.kept) == ("", str(command_id), False)
    told = json.loads(outgoing.versions[0][1].model_dump_json())
    assert (told["edition_id"], told["sentence_nl"], told["subject_id"], told["state"]) == (
        None,
        "Klopt niet.",
        None,
        None,
    )
    known = events_out.answer(AnsweredCommand(str(command_id), "enrolment.request.v1", EDITION, answer))
    assert known.key == EDITION


def test_with_links_the_participant_and_the_guest_find_their_pages_and_partners_hear_nothing_of_it() -> None:
    links = Links(["a-secret-of-tests-that-is-long-enough"], "https://lerend-netwerk.example")
    season = Season(themes=[{**examples.PUBLISH["themes"][0], "guests_per_library": 1}])
    season.request("anna")
    told = [one.versions[0][1] for fact in season.last.facts for one in events_out.tell(fact, links)]
    (enrolment,) = [one for one in told if isinstance(one, models.Enrolment)]
    assert enrolment.link_nl
    assert enrolment.link_nl.startswith("https://lerend-netwerk.example/mijn/")
    assert all("link_nl" not in type(one).model_fields for one in told if isinstance(one, models.PartnerEnrolment))
    season.invite("anna", "gast", theme="changing")
    told = [one.versions[0][1] for fact in season.last.facts for one in events_out.tell(fact, links)]
    (guest,) = [one for one in told if isinstance(one, models.Guest)]
    claim = claim_of(str(guest.link_en).rpartition("/")[2])
    assert claim
    assert (claim.kind, claim.subject) == ("guest", season.ids["gast"])
    assert links.is_of(claim, guest.person_id)
