"""The proof of the waiting list: sound as it was told, and found out wherever a hand was in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from enrolment.commands import (
    AcceptOffer,
    DeclineOffer,
    LapseOffer,
    LeaveList,
    OfferSeat,
    PassMilestone,
    ReorderLine,
    WithdrawEnrolment,
)
from enrolment.domain.facts import EnrolmentFact
from enrolment.domain.journal import SEAL_OF_NOTHING, Entry
from enrolment.proof.examine import Row, Stored, Told, Verdict, examine
from enrolment.proof.reading import told_in_lines
from services.enrolment.tests.season import CLOSES, EDITION, OFFER_HOURS, STARTS, Season

BECAUSE = {"reason": "Door een fout van ons te laat ingeschreven.", "by": "organisator-7"}


def a_season() -> Season:
    """Everything a line can go through: moved by hand, offered, declined, lapsed, left, offered by hand, closed."""
    season = Season(seats=1)
    for who in ("anna", "bram", "cora", "dirk", "emma", "fenna", "gijs"):
        season.request(who)
    season.ask(ReorderLine, "emma", position=1, **BECAUSE)
    season.ask(WithdrawEnrolment, "anna", reason="Andere baan.", by="platform")
    season.ask(DeclineOffer, "emma")
    season.later(hours=OFFER_HOURS).ask(LapseOffer, "bram")
    season.ask(LeaveList, "dirk")
    season.ask(AcceptOffer, "cora")
    season.at(CLOSES).ask(WithdrawEnrolment, "cora")
    season.ask(OfferSeat, "gijs", **BECAUSE)
    season.ask(AcceptOffer, "gijs")
    season.at(STARTS).wake(PassMilestone, milestone="start")
    return season


def stored(season: Season) -> Stored:
    journal = season.edition.journal
    rows = {e.enrolment_id: Row(e.number, e.status, e.place) for e in season.edition.enrolments.values()}
    return Stored(EDITION, journal.fresh, journal.entries, journal.head, rows)


def told(season: Season) -> list[Told]:
    facts = [f for _, _, came in season.log for f in getattr(came, "facts", ()) if isinstance(f, EnrolmentFact)]
    return [Told(f.entry.number, f.entry.seal, f"offset {n}") for n, f in enumerate(facts)]


def sealed_anew(stored: Stored, entries: list[Entry]) -> Stored:
    """What somebody with the database and this program can do: work out every later seal anew."""
    before, fresh = SEAL_OF_NOTHING, []
    for entry in entries:
        fresh.append(entry.sealed(EDITION, before))
        before = fresh[-1].seal
    return replace(stored, entries=fresh, journal_entries=len(fresh), journal_head=before)


def test_a_season_is_sound_and_says_why_each_who_passed_another_did() -> None:
    season = a_season()
    verdict = examine(stored(season), told(season))
    assert verdict.wrong == []
    assert verdict.told == verdict.entries == len(season.edition.journal.fresh)
    said = "\n".join(verdict.passed)
    assert "request 5, before request 2 waits: request 5 was moved at entry 8 by organisator-7 (Door een fout" in said
    assert "request 3, before request 2 let its offer lapse" in said
    assert "request 7, before request 4 left the line" in said
    assert "request 7, before request 6 waits: the seat was offered by hand" in said
    assert "request 3, before request 1 gave its seat up" in said


TAMPERINGS: dict[str, Callable[[Entry], Entry]] = {
    "the moment of a request": lambda e: replace(e, moment=e.moment.replace(hour=1)),
    "the offset of a request": lambda e: replace(e, offset=7),
    "the number of a request": lambda e: replace(e, request=1),
    "the position in line": lambda e: replace(e, position=1),
    "what happened": lambda e: replace(e, what="accepted", position=None),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_an_entry_that_was_changed_is_found_by_its_seal(what: str) -> None:
    season = a_season()
    entries = list(season.edition.journal.fresh)
    entries[2] = TAMPERINGS[what](entries[2])
    wrong = examine(replace(stored(season), entries=entries), told(season)).wrong
    assert any("entry 3 does not carry the seal" in one for one in wrong)


@pytest.mark.parametrize("what", TAMPERINGS)
def test_it_is_found_also_when_all_later_seals_are_made_anew_since_they_have_gone_out(what: str) -> None:
    season = a_season()
    entries = list(season.edition.journal.fresh)
    entries[2] = TAMPERINGS[what](entries[2])
    verdict = examine(sealed_anew(stored(season), entries), told(season))
    assert any("entry 3 was told with another seal" in one for one in verdict.wrong)
    assert not any("does not carry the seal" in one for one in verdict.wrong)


def test_the_beginning_of_one_seal_from_a_mail_is_enough() -> None:
    season = a_season()
    entry = season.edition.journal.fresh[-1]
    assert examine(stored(season), [Told(entry.number, entry.seal[:16], "mail")]).wrong == []
    tampered = [
        replace(e, moment=e.moment.replace(hour=1)) if e.number == 3 else e for e in season.edition.journal.fresh
    ]
    changed = sealed_anew(stored(season), tampered)
    assert examine(changed, [Told(entry.number, entry.seal[:16], "mail")]).wrong


def without_last(stored: Stored) -> Stored:
    *entries, _ = stored.entries
    return replace(stored, entries=entries, journal_entries=len(entries), journal_head=entries[-1].seal)


def without_third(stored: Stored) -> Stored:
    return replace(stored, entries=[e for e in stored.entries if e.number != 3])


def with_other(field: str, value: Any, request: int = 6) -> Callable[[Stored], Stored]:
    def change(stored: Stored) -> Stored:
        rows = {i: replace(r, **{field: value}) if r.request == request else r for i, r in stored.enrolments.items()}
        return replace(stored, enrolments=rows)

    return change


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (without_last, "is not in the journal"),
        (without_third, "entry 3 is missing"),
        (with_other("status", "accepted"), "request 6 is accepted in its table and closed by the journal"),
        (lambda s: replace(s, journal_head="x"), "another last seal"),
        (
            lambda s: replace(s, enrolments=dict(list(s.enrolments.items())[1:])),
            "is in the journal and not in its table",
        ),
    ],
)
def test_whatever_else_is_changed_by_hand_is_found(change: Callable[[Stored], Stored], found: str) -> None:
    season = a_season()
    assert any(found in one for one in examine(change(stored(season)), told(season)).wrong)


def test_another_place_in_line_than_by_the_journal_is_found() -> None:
    season = Season(seats=1)
    for who in ("anna", "bram", "cora"):
        season.request(who)
    assert examine(stored(season), []).wrong == []
    wrong = examine(with_other("place", 1, request=3)(stored(season)), []).wrong
    assert wrong == ["request 3 has another place in line than by the journal"]


def test_a_reason_that_was_changed_is_found_and_one_that_was_erased_is_not_missed() -> None:
    season = a_season()
    entries = list(season.edition.journal.fresh)
    at = next(n for n, e in enumerate(entries) if e.what == "reordered")
    changed = [*entries[:at], replace(entries[at], reason="Een andere reden."), *entries[at + 1 :]]
    assert any("what was sealed" in one for one in examine(replace(stored(season), entries=changed), []).wrong)
    erased = [*entries[:at], replace(entries[at], reason=None, who=None, command_id=None), *entries[at + 1 :]]
    verdict = examine(replace(stored(season), entries=erased), told(season))
    assert verdict.wrong == []
    assert any("the reason was erased" in one for one in verdict.passed)


def test_a_line_that_was_passed_without_a_reason_is_found_though_its_seals_are_right() -> None:
    season = Season(seats=1)
    for who in ("anna", "bram", "cora"):
        season.request(who)
    season.ask(WithdrawEnrolment, "anna")
    entries = list(season.edition.journal.fresh)
    one, other = entries[-1], entries[2]
    unfair = replace(one, enrolment_id=other.enrolment_id, request=other.request)
    wrong = examine(sealed_anew(stored(season), [*entries[:-1], unfair]), []).wrong
    assert any("request 3 was offered a seat before request 2, the first in line, for no reason" in w for w in wrong)


def test_a_seat_given_at_once_while_others_waited_is_found() -> None:
    season = Season(seats=1)
    for who in ("anna", "bram", "cora"):
        season.request(who)
    entries = list(season.edition.journal.fresh)
    entries[2] = replace(entries[2], what="accepted", position=None)
    wrong = examine(sealed_anew(stored(season), entries), []).wrong
    assert any("request 3 got a seat at once while 1 waited" in w for w in wrong)


def test_enrolments_that_are_older_than_the_journal_are_counted_and_not_blamed() -> None:
    season = Season(seats=2)
    season.request("anna")
    bare = replace(stored(season), entries=[], journal_entries=0, journal_head=SEAL_OF_NOTHING)
    assert examine(bare, []) == Verdict(entries=0, told=0, older=1)


def test_seals_are_read_from_what_tail_prints() -> None:
    found = {"edition_id": EDITION, "journal_entry": 4, "journal_seal": "ab"}
    records = [
        {"topic": "spn.enrolment.events", "partition": 3, "offset": 9, "value": found},
        {"value": {"edition_id": EDITION}},
        {"value": {**found, "edition_id": "another"}},
    ]
    lines = [*(json.dumps(record) for record in records), ""]
    assert list(told_in_lines(lines, EDITION)) == [Told(4, "ab", "spn.enrolment.events 3/9")]
    with pytest.raises(ValueError, match="line 1 is no JSON object"):
        list(told_in_lines(["[]"], EDITION))
