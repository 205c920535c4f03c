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
OPEN: Mapping[str, Any] = {"edition_id": EDITION}
CLOSE: Mapping[str, Any] = {"edition_id": EDITION}

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
