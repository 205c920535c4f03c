"""Where each page of the organisers is, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from enrolment.pages.addresses import Addresses

if TYPE_CHECKING:
    from enrolment.pages.words import Language

HOME: Final = "/organisatie"
PACKAGE: Final = "enrolment.organiser"
"""Where templates, words and files of these pages are."""
_NL, _EN = HOME, "/en/organisers"
_EDITION: Final[Mapping[Language, str]] = {
    "nl": f"{_NL}/edities/{{edition_id}}",
    "en": f"{_EN}/editions/{{edition_id}}",
}
_ENROLMENT: Final[Mapping[Language, str]] = {
    "nl": f"{_NL}/inschrijvingen/{{enrolment_id}}",
    "en": f"{_EN}/enrolments/{{enrolment_id}}",
}
_PERSON: Final[Mapping[Language, str]] = {
    "nl": f"{_NL}/personen/{{person_id}}",
    "en": f"{_EN}/people/{{person_id}}",
}

ACTIONS: Final[Mapping[str, Mapping[Language, str]]] = {
    "open": {"nl": "openen", "en": "open"},
    "close": {"nl": "sluiten", "en": "close"},
    "cancel": {"nl": "annuleren", "en": "cancel"},
    "approve": {"nl": "kiezen", "en": "approve"},
    "reject": {"nl": "niet-kiezen", "en": "reject"},
    "offer": {"nl": "aanbieden", "en": "offer"},
    "reorder": {"nl": "verplaatsen", "en": "reorder"},
    "accept": {"nl": "aannemen", "en": "accept"},
    "decline": {"nl": "afwijzen", "en": "decline"},
    "leave": {"nl": "van-de-lijst", "en": "leave"},
    "withdraw": {"nl": "terugtrekken", "en": "withdraw"},
    "substitute": {"nl": "overnemen", "en": "substitute"},
    "correct": {"nl": "corrigeren", "en": "correct"},
    "correct-library": {"nl": "bibliotheek-corrigeren", "en": "correct-library"},
    "correct-payers": {"nl": "betalers-corrigeren", "en": "correct-payers"},
    "resend": {"nl": "nieuwe-link", "en": "fresh-link"},
    "leave-network": {"nl": "uit-het-netwerk", "en": "leave-network"},
}
"""What may be done to an edition or an enrolment, and how its address calls it."""


def _both(base: Mapping[Language, str], nl: str, en: str) -> Mapping[Language, str]:
    return {"nl": f"{base['nl']}/{nl}", "en": f"{base['en']}/{en}"}


_ROOT: Final[Mapping[Language, str]] = {"nl": _NL, "en": _EN}
ADDRESSES: Final[Mapping[str, Mapping[Language, str]]] = {
    "home": _ROOT,
    "login": _both(_ROOT, "inloggen", "log-in"),
    "new": _both(_ROOT, "nieuw", "new"),
    "edition": _EDITION,
    "edition_answer": _both(_EDITION, "antwoord/{name}", "answer/{name}"),
    "amend": _both(_EDITION, "wijzigen", "amend"),
    "edition_action": _both(_EDITION, "{action}", "{action}"),
    "enrolment": _ENROLMENT,
    "enrolment_answer": _both(_ENROLMENT, "antwoord/{name}", "answer/{name}"),
    "person": _both(_PERSON, "wissen", "erase"),
    "person_answer": _both(_PERSON, "antwoord/{name}", "answer/{name}"),
    "correct-library": _both(_ENROLMENT, "bibliotheek-corrigeren", "correct-library"),
    "correct-payers": _both(_ENROLMENT, "betalers-corrigeren", "correct-payers"),
    "enrolment_action": _both(_ENROLMENT, "{action}", "{action}"),
}
ASSETS: Final = f"{HOME}/bestanden/{{name}}"
OFFICE: Final = Addresses(ADDRESSES, ACTIONS)
