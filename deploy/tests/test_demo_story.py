from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from deploy.tests.recorded import published_examples, small_season, told
from spn_demo.journal import Told
from spn_demo.story.lines import Line, Name
from spn_demo.story.weaving import NAMES_PATIENCE_S, SILENCE_S, Weaver, line_of

KNOWN = ("person", "organisation", "edition")
EXAMPLES = list(published_examples())
EVERYBODY = [one for one in EXAMPLES if one.type.split(".")[0] in KNOWN and not one.is_command]


def lines_of(messages: Iterable[Told]) -> list[Line]:
    weaver = Weaver()
    for one in messages:
        weaver.hear(one)
    return weaver.rest()


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: one.type)
def test_every_published_message_has_a_sentence_of_its_own(one: Told) -> None:
    # A second message, as single answers that something was done are not worth a line.
    told_again = replace(one, id="another", offset=1, sequence=one.sequence + 1)
    lines = [line for line in lines_of([*EVERYBODY, one, told_again]) if any(p.told is one for p in line.pieces)]
    assert lines, f"{one.type} is not told"
    for line in lines:
        assert one.type not in line.text, f"{one.type} is told by its type only: {line.text}"


def test_all_places_of_a_person_are_one_line() -> None:
    season = small_season()
    session = season[7]
    second = replace(session, id="x", subject="s2", data={**session.data, "session_id": "s2", "title_nl": "Dag 2"})
    said = [line.text for line in lines_of([*season[:7], session, second])]
    assert "gives Ann a place in all 2 sessions" in said


def test_who_loses_a_place_when_another_gets_it_is_told_too() -> None:
    season = small_season()
    session = season[7]
    places = [{"person_id": "ann", "status": "withdrawn"}, {"person_id": "bob", "status": "confirmed"}]
    news = replace(session, id="y", sequence=99, type="scheduling.place-given.v1")
    news = replace(news, data={**session.data, "attendees": places})
    bob = told("person.registered.v1", "spn.enrolment.people", "bob", {"name": "Bob", "email": "bob@example.org"})
    said = [line.text for line in lines_of([*season, bob, news])]
    assert "takes the place of Ann in “Dag 1” back" in said
    assert "gives Bob a place in “Dag 1”" in said


def test_an_event_that_is_told_twice_is_one_piece_of_news() -> None:
    season = small_season()
    (line,) = (line for line in lines_of([*season, season[-1]]) if line.actor == "notifications")
    assert len(line.pieces) == 1


def test_commands_that_come_twice_and_people_who_ask_twice_are_counted_apart() -> None:
    def ask(name: str, place: int, command_id: str) -> Told:
        data = {"participant": {"name": name, "email": name}, "library": {"legal_name": "Stichting B"}}
        message = told("enrolment.request.v1", "spn.enrolment.commands", "ln", data, source="platform", place=place)
        return replace(message, id=command_id)

    (line,) = lines_of([ask("ann", 0, "1"), ask("ann", 0, "1"), ask("bob", 1, "2"), ask("bob", 2, "3")])
    assert line.text == (
        "2 directors have asked for a seat within 2.0 s, in 4 messages (1 message came twice, 1 person asked twice)"
    )


def test_who_asks_by_a_page_and_who_is_asked_for_by_the_platform_are_told_apart() -> None:
    def ask(name: str, source: str) -> Told:
        data: dict[str, object] = {
            "participant": {"name": name, "email": name},
            "library": {"legal_name": "Stichting B"},
        }
        data |= {"by": "form"} if source == "enrolment" else {}
        return told("enrolment.request.v1", "spn.enrolment.commands", "ln", data, source=source)

    lines = lines_of([ask("ann", "enrolment"), ask("bob", "platform"), ask("cas", "enrolment")])
    assert [(line.actor, line.tone, line.text) for line in lines] == [
        ("visitor", "plain", "2 directors have asked for a seat within 0.0 s, in 2 messages"),
        ("platform", "plain", "bob of B asks for a seat"),
    ]


def test_what_stood_on_the_topics_before_is_known_but_not_told() -> None:
    season = [replace(one, is_news=False) for one in small_season()[:3]]
    weaver = Weaver()
    for one in season:
        weaver.hear(one)
    assert weaver.rest() == []
    assert weaver.names.person("ann") == "Ann"


def test_a_line_waits_for_a_name_but_not_for_ever() -> None:
    season = small_season()
    accepted = replace(season[3], heard=100.0)
    weaver = Weaver()
    weaver.hear(accepted)
    assert weaver.lines(100.0 + SILENCE_S) == []
    (line,) = weaver.lines(100.1 + NAMES_PATIENCE_S)
    assert "person ann" in line.text


def test_a_line_is_not_told_while_it_still_grows() -> None:
    mailed = small_season()[-1]
    weaver = Weaver()
    for place in range(3):
        weaver.hear(replace(mailed, id=str(place), heard=place * SILENCE_S * 0.9))
    assert weaver.lines(SILENCE_S * 2) == []


def test_part_of_a_line_is_told_to_whom_it_concerns() -> None:
    asked = [one for one in EXAMPLES if one.type == "enrolment.request.v1"]
    weaver = Weaver()
    for one in EVERYBODY:
        weaver.hear(one)
    bob = {**asked[0].data, "participant": {"name": "Bob", "email": "bob@example.org", "language": "nl"}}
    weaver.hear(asked[0])
    weaver.hear(replace(asked[0], id="bob", data=bob))
    (line,) = (line for line in weaver.rest() if line.actor == "platform")
    own = line_of([piece for piece in line.pieces if "bob@example.org" in piece.concerns], weaver.names)
    assert line.text.startswith("2 directors")
    assert own is not None
    assert own.sentence[0] == Name("Bob")


@pytest.mark.parametrize("data", [None, [], "text", {}, {"purpose": "accepted"}, {"attendees": 7}])
def test_nothing_in_a_message_stops_the_story(data: object) -> None:
    for kind in ("enrolment.accepted.v1", "scheduling.place-given.v1", "notifications.message-sent.v1", "", "x.y.v9"):
        for topic in ("spn.enrolment.events", "spn.enrolment.commands", "spn.billing.dead-letters"):
            assert len(lines_of([told(kind, topic, "subject", data)])) == 1
