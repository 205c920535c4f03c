"""Puts a paper into words: what stands on the page, in the order in which it stands there. Strings only."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency

from billing.documents.texts import TEXTS

Paper = Mapping[str, Any]
_LOCALES = {"nl": "nl_NL", "en": "en_GB"}
_WORD_MAX = 24
_MAY_BREAK_HERE = "\u200b"


class Words:
    """The words, dates and amounts of one language and currency."""

    def __init__(self, language: str, currency: str) -> None:
        self._texts = TEXTS[language]
        self._locale = _LOCALES[language]
        self._currency = currency

    def text(self, key: str, **fields: str) -> str:
        """A fixed text with its fields filled in."""
        return self._texts[key].format(**fields)

    def money(self, cents: int) -> str:
        """An amount, with a space after the sign of the currency that does not break."""
        return format_currency(Decimal(cents) / 100, self._currency, locale=self._locale)

    def day(self, iso: str) -> str:
        """A date as people write it."""
        return format_date(date.fromisoformat(iso), "d MMMM y", locale=self._locale)


def view(paper: Paper) -> dict[str, Any]:
    """Everything the template shows."""
    words = Words(paper["language"], paper["currency"])
    seller = paper["seller"]
    title = words.text(paper["kind"])
    return {
        "language": paper["language"],
        "title": f"{title} {paper['number']}",
        "heading": title,
        "author": seller["legal_name"],
        "seller": {
            "name": seller["legal_name"],
            "address": [seller["street"], f"{seller['postcode']} {seller['city']}"],
            "contact": [seller["email"]],
            "ids": [
                words.text("kvk", kvk=seller["kvk"]),
                words.text("vat_id", vat_id=seller["vat_id"]),
                words.text("iban", iban=_iban(seller["iban"])),
            ],
        },
        "to": words.text("to"),
        "buyer": _buyer(paper["buyer"], seller["country"], words.text),
        "facts": _facts(paper, words),
        "edition": paper["edition"],
        "columns": [words.text(key) for key in ("description", "quantity", "price", "vat", "amount")],
        "rows": [_row(line, words) for line in paper["lines"]],
        "totals": _totals(paper, words),
        "total": [words.text(f"total_{paper['kind']}"), words.money(paper["total_cents"])],
        "notes": _notes(paper, words),
        # Filled in by the template, which alone knows the pages.
        "page": words.text("page", page="{page}", pages="{pages}"),
    }


def _buyer(buyer: Mapping[str, Any], home: str, text: Callable[..., str]) -> dict[str, Any]:
    address = [buyer["street"], f"{buyer['postcode']} {buyer['city']}"]
    if buyer["country"] != home:
        address.append(buyer["country"])
    ids = [text(key, **{key: buyer[key]}) for key in ("kvk", "oin") if buyer[key]]
    return {"name": _breakable(buyer["legal_name"]), "lines": [_breakable(line) for line in address + ids]}


def _facts(paper: Paper, words: Words) -> list[list[str]]:
    original = paper["original"]
    supply = paper["supply"]
    facts = [
        ("number", paper["number"]),
        ("issued_on", words.day(paper["issued_on"])),
        ("due_on", paper["due_on"] and words.day(paper["due_on"])),
        (
            "original",
            original and words.text("original_value", number=original["number"], date=words.day(original["issued_on"])),
        ),
        ("reference", paper["reference"]),
        ("enrolment", str(paper["enrolment_number"])),
        ("supply", words.text("supply_value", first=words.day(supply["from"]), last=words.day(supply["until"]))),
    ]
    return [[words.text(key), _breakable(value)] for key, value in facts if value]


def _row(line: Mapping[str, Any], words: Words) -> dict[str, str]:
    """One of each: the price is what this payer owes of it, and the note says what it is a part of."""
    amount = words.money(line["amount_cents"])
    whole = line["price_cents"]
    return {
        "description": _breakable(line["description"]),
        "note": words.text("share", price=words.money(whole)) if whole != line["amount_cents"] else "",
        "quantity": "1",
        "price": amount,
        "vat": f"{line['vat_percent']}%" if line["vat_category"] == "S" else words.text("exempt"),
        "amount": amount,
    }


def _totals(paper: Paper, words: Words) -> list[list[str]]:
    rows = [[words.text("net"), words.money(paper["net_cents"])]]
    for one in paper["subtotals"]:
        key = "taxed" if one["vat_category"] == "S" else "untaxed"
        label = words.text(key, percent=str(one["vat_percent"]), net=words.money(one["net_cents"]))
        rows.append([label, words.money(one["vat_cents"])])
    return rows


def _notes(paper: Paper, words: Words) -> list[str]:
    total = words.money(paper["total_cents"])
    seller = paper["seller"]
    if paper["kind"] == "invoice":
        how = words.text(
            "pay",
            total=total,
            due=words.day(paper["due_on"]),
            iban=_iban(seller["iban"]),
            seller=seller["legal_name"],
            number=paper["number"],
        )
        questions = words.text("questions", email=seller["email"])
    else:
        how = words.text("credited", total=total, original=paper["original"]["number"])
        questions = words.text("questions_credit-note", email=seller["email"])
    grounds = [f"{one['ground']}." for one in paper["subtotals"] if one["vat_category"] == "E"]
    return [how, *grounds, questions]


def _breakable(text: str) -> str:
    """A word longer than its column may break, so that it never covers its neighbours."""
    return re.sub(rf"(\S{{{_WORD_MAX}}})(?=\S)", rf"\1{_MAY_BREAK_HERE}", text)


def _iban(iban: str) -> str:
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
