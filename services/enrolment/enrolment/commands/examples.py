"""A complete and valid example of each command: what a sender may copy. People and numbers are invented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

EDITION = "lerend-netwerk-2027"
ENROLMENT = "0b8f3c52-6a3e-5d0c-9d0e-3f7c1f0a4b11"

PUBLISH: Mapping[str, Any] = {
    "edition_id": EDITION,
    "title_nl": "Lerend netwerk 2027",
    "title_en": "Learning network 2027",
    "seats": 12,
    "opens_at": "2027-01-14T10:00:00+01:00",
    "closes_at": "2027-02-27T17:00:00+01:00",
    "starts_on": "2027-03-12",
    "ends_on": "2027-10-08",
    "offer_hours": 72,
    "currency": "EUR",
    "themes": [
        {"theme_id": "changing", "title_nl": "Veranderend leiderschap", "title_en": "Changing leadership"},
        {"theme_id": "directing", "title_nl": "Regisserend leiderschap", "title_en": "Directing leadership"},
        {
            "theme_id": "direction-giving",
            "title_nl": "Richtinggevend leiderschap",
            "title_en": "Direction-giving leadership",
        },
        {"theme_id": "narrative", "title_nl": "Verhalend leiderschap", "title_en": "Narrative leadership"},
        {"theme_id": "personal", "title_nl": "Persoonlijk leiderschap", "title_en": "Personal leadership"},
    ],
    "lines": [
        {
            "line_id": "programme",
            "description_nl": "Programma van acht dagen in vijf thema's",
            "description_en": "Programme of eight days in five themes",
            "nature": "course",
            "unit_price_cents": 395_000,
        },
        {
            "line_id": "coaching",
            "description_nl": "Vier gesprekken met een coach",
            "description_en": "Four conversations with a coach",
            "nature": "coaching",
            "unit_price_cents": 80_000,
        },
        {
            "line_id": "materials",
            "description_nl": "Boeken en werkmap",
            "description_en": "Books and workbook",
            "nature": "materials",
            "unit_price_cents": 25_000,
        },
    ],
    "withdrawal": [
        {"days_before_start": 42, "owed_percent": 0},
        {"days_before_start": 14, "owed_percent": 50},
    ],
}
PUBLISH_WITH_SELECTION: Mapping[str, Any] = {
    **PUBLISH,
    "edition_id": "lerend-netwerk-2028",
    "themes": [{**theme, "guests_per_library": 2} for theme in PUBLISH["themes"]],
    "minimum": 6,
    "selection": True,
    "payers_max": 3,
    "guest_days": 14,
    "languages": ["nl", "en"],
    "asks": ["motivation", "goals", "diet", "access"],
}
AMEND: Mapping[str, Any] = {**PUBLISH, "seats": 14, "reason": "Er is een tweede begeleider gevonden."}
CANCEL: Mapping[str, Any] = {"edition_id": EDITION, "reason": "Te weinig aanmeldingen."}
OPEN: Mapping[str, Any] = {"edition_id": EDITION}
CLOSE: Mapping[str, Any] = {"edition_id": EDITION}
MILESTONE: Mapping[str, Any] = {"edition_id": EDITION, "milestone": "start"}

_PARTICIPANT: Mapping[str, Any] = {
    "name": "Marieke van Dongen",
    "email": "m.vandongen@bibliotheek-veenrijk.example",
    "language": "nl",
}
_LIBRARY: Mapping[str, Any] = {
    "legal_name": "Stichting Bibliotheek Veenrijk",
    "kvk": "41098765",
    "oin": None,
    "street": "Marktplein 4",
    "postcode": "5701 AB",
    "city": "Veenrijk",
    "country": "NL",
    "poi": "Cubiss",
    "province": "Noord-Brabant",
    "holiday_region": "south",
}
REQUEST: Mapping[str, Any] = {
    "edition_id": EDITION,
    "participant": _PARTICIPANT,
    "library": _LIBRARY,
    "payer": {
        "organisation": None,
        "contact_name": "Joris Hendrikx",
        "contact_email": "crediteuren@bibliotheek-veenrijk.example",
        "language": "nl",
        "reference": "INK-2027-0117",
    },
    "two_year_commitment": True,
}
REQUEST_WITH_PAYER: Mapping[str, Any] = {
    **REQUEST,
    "payer": {
        "organisation": {
            "legal_name": "Gemeente Veenrijk",
            "oin": "00000001001299757000",
            "street": "Raadhuisstraat 1",
            "postcode": "5701 BC",
            "city": "Veenrijk",
            "country": "NL",
        },
        "contact_name": "Samira el Idrissi",
        "contact_email": "facturen@gemeente-veenrijk.example",
        "language": "nl",
        "reference": "PO-88213",
    },
}
ABOUT_ONE: Mapping[str, Any] = {"edition_id": EDITION, "enrolment_id": ENROLMENT}
WITHDRAW: Mapping[str, Any] = {**ABOUT_ONE, "reason": "Ik begin in april in een andere functie."}
SUBSTITUTE: Mapping[str, Any] = {
    **ABOUT_ONE,
    "participant": {
        "name": "Pieter-Jan de Wit",
        "email": "pj.dewit@bibliotheek-veenrijk.example",
        "language": "nl",
    },
}
EXTEND: Mapping[str, Any] = {**ABOUT_ONE, "until": "2027-02-19T18:00:00+01:00"}
APPROVE: Mapping[str, Any] = {**ABOUT_ONE, "reason": "Sterke motivatie, en de provincie was nog niet vertegenwoordigd."}
REJECT: Mapping[str, Any] = {**ABOUT_ONE, "reason": "Is pas kort directeur; volgend jaar eerst aan de beurt."}
REORDER: Mapping[str, Any] = {**ABOUT_ONE, "position": 1, "reason": "Door een fout van ons te laat ingeschreven."}
OFFER_SEAT: Mapping[str, Any] = {**ABOUT_ONE, "reason": "Na de sluiting kwam een plaats vrij."}
CORRECT: Mapping[str, Any] = {
    **ABOUT_ONE,
    "payer": REQUEST_WITH_PAYER["payer"],
    "further_payers": [
        {
            "organisation": {
                "legal_name": "Provincie Noord-Brabant",
                "oin": "00000001001856224000",
                "street": "Brabantlaan 1",
                "postcode": "5216 TV",
                "city": "'s-Hertogenbosch",
            },
            "contact_name": "Team Subsidies",
            "contact_email": "subsidies@provincie.example",
            "reference": "SUB-2027-114",
            "share": {"amount_cents": 150_000},
        }
    ],
    "reason": "De gemeente betaalt, met subsidie van de provincie.",
}
GUEST = "7d1c5b0a-0d4e-5c0b-8b41-5d3b8f6a9e22"
ABOUT_GUEST: Mapping[str, Any] = {"edition_id": EDITION, "guest_id": GUEST}
INVITE: Mapping[str, Any] = {
    **ABOUT_ONE,
    "theme_id": "narrative",
    "guest": {"name": "Noor van 't Hof", "email": "n.vanthof@bibliotheek-veenrijk.example", "language": "nl"},
}
ERASE: Mapping[str, Any] = {
    "person_id": "5f0a2f0e-58a4-5b52-8a3a-7f2d4f3f6c01",
    "reason": "Verzoek van de betrokkene (AVG, artikel 17).",
}
