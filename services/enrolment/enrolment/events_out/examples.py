"""One enrolment through a season, as examples of each event. Places are real words; people and numbers are invented."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from enrolment.events_out import models

EDITION_ID = "lerend-netwerk-2027"
ENROLMENT_ID = UUID("0b8f3c52-6a3e-5d0c-9d0e-3f7c1f0a4b11")
MARIEKE_ID = UUID("5f0a2f0e-58a4-5b52-8a3a-7f2d4f3f6c01")
PIETER_JAN_ID = UUID("c1d4b7a9-1a57-5c3c-b7c9-2b0a2c9d8e02")
JORIS_ID = UUID("9e6b1d34-7c0d-5f3f-9b5e-6b1e0b7a5d03")
LIBRARY_ID = "kvk-41098765"
ACCEPTED_AT = datetime(2027, 1, 14, 9, 0, 2, 117000, tzinfo=UTC)
WITHDRAWN_AT = datetime(2027, 2, 16, 13, 20, 45, 902000, tzinfo=UTC)

EDITION = models.Edition(
    edition_id=EDITION_ID,
    title_nl="Lerend netwerk 2027",
    title_en="Learning network 2027",
    state="published",
    seats=12,
    opens_at=datetime(2027, 1, 14, 9, 0, tzinfo=UTC),
    closes_at=datetime(2027, 2, 27, 16, 0, tzinfo=UTC),
    starts_on=date(2027, 3, 12),
    ends_on=date(2027, 10, 8),
    offer_hours=72,
    currency="EUR",
    themes=(
        models.Theme(theme_id="changing", title_nl="Veranderend leiderschap", title_en="Changing leadership"),
        models.Theme(theme_id="directing", title_nl="Regisserend leiderschap", title_en="Directing leadership"),
        models.Theme(
            theme_id="direction-giving",
            title_nl="Richtinggevend leiderschap",
            title_en="Direction-giving leadership",
        ),
        models.Theme(theme_id="narrative", title_nl="Verhalend leiderschap", title_en="Narrative leadership"),
        models.Theme(theme_id="personal", title_nl="Persoonlijk leiderschap", title_en="Personal leadership"),
    ),
    lines=(
        models.PriceLine(
            line_id="programme",
            description_nl="Programma van acht dagen in vijf thema's",
            description_en="Programme of eight days in five themes",
            nature="course",
            unit_price_cents=395_000,
        ),
        models.PriceLine(
            line_id="coaching",
            description_nl="Vier gesprekken met een coach",
            description_en="Four conversations with a coach",
            nature="coaching",
            unit_price_cents=80_000,
        ),
        models.PriceLine(
            line_id="materials",
            description_nl="Boeken en werkmap",
            description_en="Books and workbook",
            nature="materials",
            unit_price_cents=25_000,
        ),
    ),
    withdrawal=(
        models.WithdrawalRule(days_before_start=42, owed_percent=0),
        models.WithdrawalRule(days_before_start=14, owed_percent=50),
    ),
)
EDITION_OPENED = EDITION.model_copy(update={"state": "open"})
EDITION_CLOSED = EDITION.model_copy(update={"state": "closed"})
EDITION_AMENDED = EDITION_OPENED.model_copy(update={"seats": 14})
EDITION_CANCELLED = models.CancelledEdition(**{**EDITION.model_dump(), "state": "cancelled"})

LIBRARY = models.Organisation(
    organisation_id=LIBRARY_ID,
    legal_name="Stichting Bibliotheek Veenrijk",
    kvk="41098765",
    oin=None,
    street="Marktplein 4",
    postcode="5701 AB",
    city="Veenrijk",
    country="NL",
    poi="Cubiss",
    province="Noord-Brabant",
    holiday_region="south",
)
LIBRARY_MOVED = LIBRARY.model_copy(update={"street": "Stationsstraat 21", "postcode": "5701 CK"})
MUNICIPALITY = models.Organisation(
    organisation_id="oin-00000001001299757000",
    legal_name="Gemeente Veenrijk",
    kvk=None,
    oin="00000001001299757000",
    street="Raadhuisstraat 1",
    postcode="5701 BC",
    city="Veenrijk",
    country="NL",
    poi=None,
    province=None,
    holiday_region=None,
)
MARIEKE = models.Person(
    person_id=MARIEKE_ID,
    name="Marieke van Dongen",
    email="m.vandongen@bibliotheek-veenrijk.example",
    language="nl",
)
MARIEKE_IN_ENGLISH = MARIEKE.model_copy(update={"language": "en"})
ERASED = models.ErasedPerson(person_id=MARIEKE_ID)
RECEIPT = models.ErasureReceipt(
    person_id=MARIEKE_ID,
    asked_at=WITHDRAWN_AT,
    erased_at=WITHDRAWN_AT,
    kept=(
        models.Kept(
            what="tombstone",
            why_nl="Een willekeurig nummer, zodat wat later nog binnenkomt niets terugbrengt.",
            why_en="A random number, so that what comes in later brings nothing back.",
        ),
    ),
    topics_until=date(2027, 3, 3),
)


def _payer(percent: int) -> models.Payer:
    lines = tuple(
        models.AgreedLine(**line.model_dump(), owed_cents=line.unit_price_cents * percent // 100)
        for line in EDITION.lines
    )
    return models.Payer(organisation_id=LIBRARY_ID, contact_id=JORIS_ID, reference="INK-2027-0117", lines=lines)


ACCEPTED = models.Enrolment(
    enrolment_id=ENROLMENT_ID,
    edition_id=EDITION_ID,
    edition_title_nl=EDITION.title_nl,
    edition_title_en=EDITION.title_en,
    number=7,
    status="accepted",
    participant_id=MARIEKE_ID,
    former_participant_ids=(),
    organisation_id=LIBRARY_ID,
    requested_at=ACCEPTED_AT,
    position=None,
    offer_expires_at=None,
    starts_on=EDITION.starts_on,
    ends_on=EDITION.ends_on,
    currency="EUR",
    payers=(_payer(100),),
    commitment="running",
    commitment_ends_on=date(2029, 3, 12),
    journal_entry=9,
    journal_seal="b2a5d19f3f6f0f2b3c0e6c1f0a7a5c5e1d2b8b9e4c7a6d3f9e0b1c2d3e4f5a6b",
)
_UNCOMMITTED = {"commitment": None, "commitment_ends_on": None}
_NOTHING_OWED = {"payers": (_payer(0),)}
WAITLISTED = ACCEPTED.model_copy(
    update={"number": 17, "status": "waiting", "position": 5, **_NOTHING_OWED, **_UNCOMMITTED}
)
OFFERED = WAITLISTED.model_copy(
    update={
        "status": "offered",
        "position": None,
        "offer_expires_at": datetime(2027, 2, 19, 13, 20, 45, 902000, tzinfo=UTC),
    }
)
DECLINED = WAITLISTED.model_copy(update={"status": "declined", "position": None})
LAPSED = WAITLISTED.model_copy(update={"status": "lapsed", "position": None})
LEFT = WAITLISTED.model_copy(update={"status": "left", "position": None})
WITHDRAWN = ACCEPTED.model_copy(update={"status": "withdrawn", "payers": (_payer(50),), **_UNCOMMITTED})
SUBSTITUTED = ACCEPTED.model_copy(update={"participant_id": PIETER_JAN_ID, "former_participant_ids": (MARIEKE_ID,)})


def _later(one: models.Enrolment | models.LaterEnrolment, **changes: object) -> models.LaterEnrolment:
    return models.LaterEnrolment.model_validate({**one.model_dump(), **changes})


REQUESTED = _later(WAITLISTED, status="requested", position=None, requester_id=JORIS_ID)
REJECTED = _later(WAITLISTED, status="rejected", position=None)
REORDERED = _later(WAITLISTED, position=1)
EXTENDED = _later(OFFERED, offer_expires_at=datetime(2027, 2, 19, 17, 0, tzinfo=UTC))
CLOSED = _later(WAITLISTED, status="closed", position=None)
CORRECTED = _later(ACCEPTED)
COMPLETED = _later(ACCEPTED, status="completed")
FULFILLED = _later(COMPLETED, commitment="fulfilled")
LINK_SENT = _later(
    ACCEPTED,
    link_nl="https://lerend-netwerk.example/mijn/AAuPPFJqPl0MnQ4_fB8KSxEAAQGGq83vEjRWeJCrze8SNFZ4kA",
    link_en="https://lerend-netwerk.example/en/my/AAuPPFJqPl0MnQ4_fB8KSxEAAQGGq83vEjRWeJCrze8SNFZ4kA",
)
LEFT_EARLY = _later(COMPLETED, commitment="left-early")

GUEST_INVITED = models.Guest(
    guest_id=UUID("7d1c5b0a-0d4e-5c0b-8b41-5d3b8f6a9e22"),
    edition_id=EDITION_ID,
    edition_title_nl=EDITION.title_nl,
    edition_title_en=EDITION.title_en,
    enrolment_id=ENROLMENT_ID,
    organisation_id=LIBRARY_ID,
    theme_id="narrative",
    theme_title_nl="Verhalend leiderschap",
    theme_title_en="Narrative leadership",
    person_id=UUID("2b7c8d11-6c1f-5a0b-9f5e-0c4d6e8f1a33"),
    status="invited",
    expires_at=datetime(2027, 4, 2, 8, 15, 3, 221000, tzinfo=UTC),
    starts_on=EDITION.starts_on,
    ends_on=EDITION.ends_on,
)
GUEST_CONFIRMED = GUEST_INVITED.model_copy(update={"status": "confirmed", "expires_at": None})
GUEST_DECLINED = GUEST_INVITED.model_copy(update={"status": "declined", "expires_at": None})
GUEST_LAPSED = GUEST_INVITED.model_copy(update={"status": "lapsed", "expires_at": None})

ANSWER_DONE = models.CommandAnswered(
    command_id=UUID("2f6d9b5e-0d5e-4e0a-8d53-0c8f7f1b6a10"),
    command_type="enrolment.request.v1",
    outcome="done",
    code="accepted",
    sentence_nl="De inschrijving is aanvaard: er is een plaats.",
    sentence_en="The enrolment is accepted: there is a seat.",
    edition_id=EDITION_ID,
    subject_id=str(ENROLMENT_ID),
    state="accepted",
)
ANSWER_REFUSED = models.CommandAnswered(
    command_id=UUID("7f1c0a55-8a0e-4a36-9b1f-2d0f6b3f9c21"),
    command_type="enrolment.accept-offer.v1",
    outcome="refused",
    code="offer-lapsed",
    sentence_nl="Het aanbod is verlopen; de plaats is vrijgegeven.",
    sentence_en="The offer has lapsed; the seat was released.",
    edition_id=EDITION_ID,
    subject_id=str(ENROLMENT_ID),
    state="lapsed",
)

PARTNER_CONFIRMED = models.PartnerEnrolment(
    edition_id=EDITION_ID,
    enrolment_id=ENROLMENT_ID,
    organisation_id=LIBRARY_ID,
    status="accepted",
    at=ACCEPTED_AT,
    journal_entry=ACCEPTED.journal_entry,
    journal_seal=ACCEPTED.journal_seal,
)
PARTNER_ENDED = PARTNER_CONFIRMED.model_copy(update={"status": "withdrawn", "at": WITHDRAWN_AT})
PARTNER_EDITION = models.PartnerEdition(
    edition_id=EDITION_ID,
    title_nl=EDITION.title_nl,
    title_en=EDITION.title_en,
    starts_on=EDITION.starts_on,
    ends_on=EDITION.ends_on,
    seats=EDITION.seats,
)
