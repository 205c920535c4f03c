"""The journal: every fact of an enrolment once, in order, each entry sealed by the one before it."""

from __future__ import annotations

from dataclasses import replace

from enrolment.commands import AcceptOffer, WithdrawEnrolment
from enrolment.domain.facts import EnrolmentFact
from enrolment.domain.journal import SEAL_OF_NOTHING, said, seal
from services.enrolment.tests.season import EDITION, OFFER_HOURS, Season


def a_season() -> Season:
    season = Season(seats=1)
    for who in ("anna", "bram", "cora"):
        season.request(who)
    season.ask(WithdrawEnrolment, "anna", reason="Andere baan.", by="platform")
    season.later(hours=OFFER_HOURS).ask(AcceptOffer, "cora")
    return season


def test_every_fact_of_an_enrolment_is_an_entry_and_carries_its_seal() -> None:
    season = a_season()
    told = [fact for _, _, came in season.log for fact in getattr(came, "facts", ()) if isinstance(fact, EnrolmentFact)]
    entries = season.edition.journal.fresh
    assert [fact.entry for fact in told] == list(entries)
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.what for entry in entries] == ["accepted", "waitlisted", "waitlisted", "withdrawn", "seat-offered"]
    assert (season.edition.journal.entries, season.edition.journal.head) == (len(entries), entries[-1].seal)


def test_each_seal_follows_from_the_entry_and_the_seal_before_it() -> None:
    before = SEAL_OF_NOTHING
    for entry in a_season().edition.journal.fresh:
        assert entry.seal == seal(EDITION, entry, before)
        before = entry.seal


def test_any_change_of_an_entry_changes_its_seal_but_for_the_words() -> None:
    entry = a_season().edition.journal.fresh[3]
    changes = {
        "number": 9,
        "what": "left",
        "enrolment_id": a_season().ids["bram"],
        "request": 9,
        "position": 9,
        "moment": entry.moment.replace(year=2028),
        "partition": 9,
        "offset": 9,
        "said": "9",
    }
    for name, value in changes.items():
        assert seal(EDITION, replace(entry, **{name: value}), "x") != seal(EDITION, entry, "x"), name  # type: ignore[arg-type]
    for words in ({"reason": None}, {"who": None}, {"command_id": None}):
        assert seal(EDITION, replace(entry, **words), "x") == seal(EDITION, entry, "x")  # type: ignore[arg-type]


def test_the_hash_of_the_words_needs_the_salt_and_tells_nothing_without_it() -> None:
    salt, other = a_season().ids["anna"], a_season().ids["bram"]
    assert said(salt, "a", "b") != said(other, "a", "b")
    assert said(salt, None, None) == ""
    entry = a_season().edition.journal.fresh[3]
    assert (entry.who, entry.reason) == ("platform", "Andere baan.")
    assert "Andere" not in entry.said
