"""Where each page is, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enrolment.pages.words import Language

ACTIONS: Final[Mapping[str, Mapping[Language, str]]] = {
    "accept": {"nl": "aannemen", "en": "accept"},
    "decline": {"nl": "afwijzen", "en": "decline"},
    "leave": {"nl": "verlaten", "en": "leave"},
    "withdraw": {"nl": "terugtrekken", "en": "withdraw"},
    "fresh": {"nl": "nieuwe-link", "en": "fresh-link"},
    "come": {"nl": "ik-kom", "en": "i-come"},
    "stay": {"nl": "ik-kom-niet", "en": "i-do-not-come"},
}
"""What may be done on a personal page, and how its address calls it."""

ADDRESSES: Final[Mapping[str, Mapping[Language, str]]] = {
    "form": {"nl": "/inschrijven/{edition_id}", "en": "/en/enrol/{edition_id}"},
    "answer": {"nl": "/inschrijven/{edition_id}/antwoord/{name}", "en": "/en/enrol/{edition_id}/answer/{name}"},
    "personal": {"nl": "/mijn/{code}", "en": "/en/my/{code}"},
    "personal_answer": {"nl": "/mijn/{code}/antwoord/{name}", "en": "/en/my/{code}/answer/{name}"},
    "personal_data": {"nl": "/mijn/{code}/gegevens", "en": "/en/my/{code}/data"},
    "personal_calendar": {"nl": "/mijn/{code}/agenda.ics", "en": "/en/my/{code}/calendar.ics"},
    "personal_needs": {"nl": "/mijn/{code}/doelen-en-wensen", "en": "/en/my/{code}/goals-and-needs"},
    "personal_guests": {"nl": "/mijn/{code}/gasten", "en": "/en/my/{code}/guests"},
    "personal_substitute": {"nl": "/mijn/{code}/laten-overnemen", "en": "/en/my/{code}/hand-over"},
    "personal_details": {"nl": "/mijn/{code}/gegevens-wijzigen", "en": "/en/my/{code}/correct-data"},
    "personal_erase": {"nl": "/mijn/{code}/wissen", "en": "/en/my/{code}/erase"},
    "personal_track": {"nl": "/mijn/{code}/leerlijn", "en": "/en/my/{code}/learning-track"},
    "personal_part": {"nl": "/mijn/{code}/leerlijn/{part}", "en": "/en/my/{code}/learning-track/{part}"},
    "personal_action": {"nl": "/mijn/{code}/{action}", "en": "/en/my/{code}/{action}"},
    "coach": {"nl": "/coach/{code}", "en": "/en/coach/{code}"},
    "guest": {"nl": "/uitnodiging/{code}", "en": "/en/invitation/{code}"},
    "guest_answer": {"nl": "/uitnodiging/{code}/antwoord/{name}", "en": "/en/invitation/{code}/answer/{name}"},
    "guest_action": {"nl": "/uitnodiging/{code}/{action}", "en": "/en/invitation/{code}/{action}"},
}
ASSETS: Final = "/pages/{name}"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of some pages: a pattern per page and language, and each language's own word for each action."""

    pages: Mapping[str, Mapping[Language, str]]
    actions: Mapping[str, Mapping[Language, str]]

    def to(self, page: str, language: Language, **parts: str) -> str:
        """The address of a page. An action is named as in the code; the address has the language's own word for it."""
        if "action" in parts:
            parts["action"] = self.actions[parts["action"]][language]
        return self.pages[page][language].format(**parts)

    def action_called(self, word: str, language: Language) -> str | None:
        """The action that this language's addresses call so."""
        return next((action for action, words in self.actions.items() if words[language] == word), None)


PUBLIC: Final = Addresses(ADDRESSES, ACTIONS)
address = PUBLIC.to
action_called = PUBLIC.action_called


def other(language: Language) -> Language:
    """The language to switch to."""
    return "en" if language == "nl" else "nl"
