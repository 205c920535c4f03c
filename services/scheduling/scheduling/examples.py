"""A whole season of the lerend netwerk, as examples of what scheduling is asked and tells: five themes, eight days."""

from __future__ import annotations

from typing import Any

EDITION = "lerend-netwerk-2027"

_DAYS: tuple[tuple[str, str, str, str, str, str, str], ...] = (
    (
        "veranderend-1", "changing", "Veranderend leiderschap 1: de bibliotheek in beweging",
        "Changing leadership 1: the library in motion",
        "2027-03-11T08:30:00Z", "2027-03-11T15:30:00Z", "Bibliotheek Neude, Neude 11, 3512 AE Utrecht",
    ),
    (
        "veranderend-2", "changing", "Veranderend leiderschap 2: mensen meekrijgen",
        "Changing leadership 2: bringing people along",
        "2027-04-08T07:30:00Z", "2027-04-08T14:30:00Z", "LocHal, Burgemeester Brokxlaan 1000, 5041 SG Tilburg",
    ),
    (
        "regisserend-1", "directing", "Regisserend leiderschap 1: spelen in een netwerk",
        "Directing leadership 1: playing in a network",
        "2027-05-20T07:30:00Z", "2027-05-20T14:30:00Z", "Rozet, Kortestraat 16, 6811 EP Arnhem",
    ),
    (
        "regisserend-2", "directing", "Regisserend leiderschap 2: samen met gemeente en onderwijs",
        "Directing leadership 2: with municipality and schools",
        "2027-06-10T07:30:00Z", "2027-06-10T14:30:00Z", "Forum, Nieuwe Markt 1, 9712 KN Groningen",
    ),
    (
        "richtinggevend-1", "direction-giving", "Richtinggevend leiderschap: van visie naar keuze",
        "Direction-giving leadership: from vision to choice",
        "2027-07-01T07:30:00Z", "2027-07-01T14:30:00Z", "dbieb, Blokhuisplein 40, 8911 LJ Leeuwarden",
    ),
    (
        "verhalend-1", "narrative", "Verhalend leiderschap: het verhaal van jouw bibliotheek",
        "Narrative leadership: the story of your library",
        "2027-09-09T07:30:00Z", "2027-09-09T14:30:00Z", "OBA Oosterdok, Oosterdokskade 143, 1011 DL Amsterdam",
    ),
    (
        "persoonlijk-1", "personal", "Persoonlijk leiderschap 1: wat drijft je",
        "Personal leadership 1: what drives you",
        "2027-10-07T07:30:00Z", "2027-10-07T14:30:00Z", "DOK, Vesteplein 100, 2611 WG Delft",
    ),
    (
        "persoonlijk-2", "personal", "Persoonlijk leiderschap 2: oogst en vervolg",
        "Personal leadership 2: harvest and what comes next",
        "2027-11-11T08:30:00Z", "2027-11-11T15:30:00Z", "Bibliotheek Neude, Neude 11, 3512 AE Utrecht",
    ),
)  # fmt: skip

SESSIONS: tuple[dict[str, Any], ...] = tuple(
    {
        "session_id": f"ln27-{name}",
        "theme_id": theme,
        "title_nl": title_nl,
        "title_en": title_en,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "venue": venue,
    }
    for name, theme, title_nl, title_en, starts_at, ends_at, venue in _DAYS
)
"""The sessions as a plan names them; session ids are the edition's own, so that no other edition has them."""

MOVED: dict[str, Any] = {
    **SESSIONS[2],
    "starts_at": "2027-05-27T07:30:00Z",
    "ends_at": "2027-05-27T14:30:00Z",
    "venue": "Musiskwartier, Bentinckstraat 4, 6811 AA Arnhem",
}
"""The third day, a week later and in another house."""

ATTENDEES: tuple[dict[str, str], ...] = (
    {
        "person_id": "1f0e6f1c-6f0b-5f0e-9a55-0d6c5b1f7a01",
        "enrolment_id": "7b1d6a52-3c55-5d0e-8d11-3f6d1f0a9b01",
        "status": "confirmed",
    },
    {
        "person_id": "5c2b8a34-0f5d-5f43-b1b7-6a1f6f0c4e02",
        "enrolment_id": "9e6a0c18-8a7e-5b0e-9f3c-2b7c1d5e8f02",
        "status": "confirmed",
    },
    {
        "person_id": "a3d4e5f6-1b2c-5d3e-8f4a-5b6c7d8e9f03",
        "enrolment_id": "c4b1f7d2-5e6f-5a1b-8c2d-3e4f5a6b7c03",
        "status": "withdrawn",
    },
)
"""Who is expected: two, and one who withdrew."""
