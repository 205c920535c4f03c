"""The part of the story that people play: payers, guests, the line, other terms, a choice, an end, an erasure."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tests.faults import season

if TYPE_CHECKING:
    from tests.mutants.story import Story

GUESTS_PER_LIBRARY = 1
THEME = "personal"
MUNICIPALITY = {
    "legal_name": "Gemeente Veenrijk",
    "kvk": "41999999",
    "street": "Raadhuisplein 1",
    "postcode": "5701 AC",
    "city": "Veenrijk",
}


def terms(edition: str, seats: int, **more: Any) -> dict[str, Any]:
    """The data of an edition.publish.v1: with guests, and for up to two payers."""
    data = season.edition(edition, seats, -1.0)
    themes = [{**theme, "guests_per_library": GUESTS_PER_LIBRARY} for theme in data["themes"]]
    return {**data, "themes": themes, "payers_max": 2, **more}


def request(edition: str, number: int) -> dict[str, Any]:
    """The data of an enrolment.request.v1; of every third one somebody else pays a part."""
    data = season.request(edition, number)
    return data if number % 3 else {**data, "further_payers": [_further(data, percent=30)]}


def _further(data: dict[str, Any], **share: int) -> dict[str, Any]:
    return {**data["payer"], "organisation": MUNICIPALITY, "share": share}


def line_and_seats(story: Story) -> None:
    """The last in line is moved to the front, there is a seat more, and who pays for one is corrected."""
    for edition in story.editions:
        for enrolment in story.with_status(edition, "waiting")[-1:]:
            story.about(edition, "enrolment.reorder.v1", enrolment, position=1, reason="Afspraak met de POI")
        for enrolment in story.with_status(edition, "accepted")[-1:]:
            data = season.request(edition, 0)
            more = {"payer": data["payer"], "further_payers": [_further(data, amount_cents=123_457)]}
            story.about(edition, "enrolment.correct.v1", enrolment, reason="De gemeente betaalt mee", **more)
        amended = {**story.terms[edition], "seats": int(str(story.terms[edition]["seats"])) + 1}
        story.send("edition.amend.v1", edition, {**amended, "reason": "Er is een plaats bij"})
    story.settle()


def guests(story: Story) -> None:
    """Of a library one guest declines, one confirms, and one more is refused: the quota is reached.

    Who invites them has a fresh personal link sent.
    """
    for edition in story.editions:
        for enrolment in story.with_status(edition, "accepted")[:1]:
            story.about(edition, "enrolment.send-link.v1", enrolment, twice=True)
            for number, answer in ((1, "decline"), (2, "confirm"), (3, "confirm")):
                before = set(story.guests[edition])
                guest = season.person(80_000 + number)
                story.about(edition, "enrolment.invite-guest.v1", enrolment, theme_id=THEME, guest=guest)
                story.settle()
                for id_ in story.guests[edition].keys() - before:
                    story.send(f"enrolment.{answer}-guest.v1", edition, {"edition_id": edition, "guest_id": id_})
                story.settle()


def selection(story: Story, edition: str) -> None:
    """Four ask for one seat and are chosen from; after the closing one is offered it by hand; then all is off."""
    story.send("edition.publish.v1", edition, terms(edition, 1, selection=True))
    for number in range(4):
        story.send("enrolment.request.v1", edition, request(edition, 300 + number))
    story.settle()
    asked = story.with_status(edition, "requested")
    for enrolment in asked[:1]:
        story.about(edition, "enrolment.reject.v1", enrolment, reason="Te weinig motivatie")
    # The one who asked last is chosen first and has the seat; the others come into the line as they asked.
    for enrolment in reversed(asked[1:]):
        story.about(edition, "enrolment.approve.v1", enrolment, reason="Past bij de groep")
    story.settle()
    story.send("edition.close.v1", edition, {"edition_id": edition})
    for enrolment in story.with_status(edition, "accepted"):
        story.about(edition, "enrolment.withdraw.v1", enrolment)
    for enrolment in story.with_status(edition, "waiting")[-1:]:
        story.about(edition, "enrolment.offer-seat.v1", enrolment, reason="Kan als enige nog")
        story.about(edition, "enrolment.accept-offer.v1", enrolment)
    story.settle()
    story.send("edition.cancel.v1", edition, {"edition_id": edition, "reason": "Te weinig deelnemers"})
    story.settle()


def erasure(story: Story) -> None:
    """Somebody with a seat wants to be erased: the seat is given up by its rules, and goes to the first in line."""
    edition = story.editions[-1]
    for enrolment in story.with_status(edition, "accepted")[-1:]:
        person = story.people[enrolment]
        story.send("person.erase.v1", person, {"person_id": person, "reason": "Verzoek van de betrokkene"})
        story.settle()
        story.until(partial(_ended, story, edition, enrolment))


def _ended(story: Story, edition: str, enrolment: str) -> bool:
    return story.status[edition][enrolment] == "withdrawn"
