"""What stands on a document: read back from the PDF as its reader would get it."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
import typst
from pypdf import PdfReader

from billing.documents.paper import paper
from billing.documents.texts import TEXTS
from billing.documents.typesetting import Typesetter
from billing.domain.account import Account, Draft, Language
from billing.domain.issue import final_document, next_place
from services.billing.tests.builders import (
    ADDRESS,
    ENROLMENT,
    LIBRARY,
    SELLER,
    TODAY,
    VAT,
    all_numbered,
    last_place,
    settled,
)

# The library pays half of the coaching.
INVOICED = settled(Account(ENROLMENT), {LIBRARY: {"course": 350_000, "coaching": 75_000}}, 1)
CREDITED = settled(all_numbered(INVOICED), {LIBRARY: {"course": 350_000, "coaching": 0}}, 2)


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter()


def content(account: Account, language: Language, draft: Draft | None = None) -> dict[str, Any]:
    place = next_place("LN", TODAY, last_place(account))
    document = final_document(account, draft or account.drafts[0], place, language=language, vat=VAT, payment_days=30)
    return paper(account, document, SELLER, ADDRESS)


def text_of(pdf: bytes) -> str:
    """The text, with every kind of space made plain."""
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    return re.sub(r"\s+", " ", " ".join(pages))


SELLER_TEXTS = ("Stichting SPN (voorbeeld)", "Voorbeeldstraat 1", "1234 AB Voorbeeldstad", "NL000099998B57", "12345678")
BUYER_TEXTS = ("Stichting Openbare Bibliotheek Rivierenland", "Kerkstraat 12", "4001 AB Tiel", "41012345", "PO-118")


def test_a_dutch_invoice_carries_all_that_the_law_asks(typesetter: Typesetter) -> None:
    text = text_of(typesetter.pdf(content(INVOICED, "nl")))

    for expected in (
        *SELLER_TEXTS,
        *BUYER_TEXTS,
        "Factuur",
        "LN-2027-0001",
        "Datum 14 januari 2027",
        "Te betalen vóór of op 13 februari 2027",
        "Periode 3 maart 2027 t/m 7 oktober 2027",
        "Lerend netwerk 2027",
        "Inschrijving 17",
        "Regel course 1 € 3.500,00 vrij € 3.500,00",
        "Regel coaching deel van € 1.500,00 1 € 750,00 21% € 750,00",
        "Totaal exclusief btw € 4.250,00",
        "21% btw over € 750,00 € 157,50",
        "Vrijgesteld van btw, over € 3.500,00 € 0,00",
        "Te betalen € 4.407,50",
        "art. 11 lid 1 onder o Wet OB 1968",
        "NL04 VOOR 0123 4567 89",
        "onder vermelding van LN-2027-0001",
    ):
        assert expected in text


def test_an_english_invoice_carries_the_same(typesetter: Typesetter) -> None:
    text = text_of(typesetter.pdf(content(INVOICED, "en")))

    for expected in (
        *SELLER_TEXTS,
        *BUYER_TEXTS,
        "Invoice",
        "Date 14 January 2027",
        "Payable by 13 February 2027",
        "Period 3 March 2027 to 7 October 2027",
        "Learning network 2027",
        "Enrolment 17",
        "Line course 1 €3,500.00 exempt €3,500.00",
        "Line coaching part of €1,500.00 1 €750.00 21% €750.00",
        "Total excluding VAT €4,250.00",
        "21% VAT on €750.00 €157.50",
        "Exempt from VAT, on €3,500.00 €0.00",
        "Amount due €4,407.50",
        "art. 11(1)(o) Dutch VAT Act 1968",
        "Please pay €4,407.50 by 13 February 2027",
    ):
        assert expected in text
    assert "Regel" not in text


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("nl", ("Creditnota", "Bij factuur LN-2027-0001 van 14 januari 2027", "Te ontvangen € 907,50")),
        ("en", ("Credit note", "For invoice LN-2027-0001 of 14 January 2027", "Amount credited €907.50")),
    ],
)
def test_a_credit_note_names_the_invoice_and_asks_no_payment(
    typesetter: Typesetter, language: Language, expected: tuple[str, ...]
) -> None:
    text = text_of(typesetter.pdf(content(CREDITED, language)))

    for one in (*SELLER_TEXTS, *BUYER_TEXTS, "LN-2027-0002", *expected):
        assert one in text
    assert "13 februari" not in text
    assert "13 February" not in text
    assert "-" not in re.sub(r"[A-Z]+-[-0-9]+", "", text), "amounts are positive on a credit note"


def test_the_file_says_that_it_is_pdf_a_3a_and_pdf_ua_1_in_its_language(typesetter: Typesetter) -> None:
    reader = PdfReader(BytesIO(typesetter.pdf(content(INVOICED, "en"))))
    root: Any = reader.root_object

    metadata = root["/Metadata"].get_object().get_data().decode()
    for expected in ("<pdfaid:part>3<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"):
        assert expected in metadata
    assert root["/Lang"] == "en"
    assert reader.metadata is not None
    assert reader.metadata.title == "Invoice LN-2027-0001"
    assert reader.metadata.creation_date == datetime(2027, 1, 14, tzinfo=UTC), "its date is that of the document"


def test_the_same_paper_gives_the_same_bytes(typesetter: Typesetter) -> None:
    assert typesetter.pdf(content(INVOICED, "nl")) == Typesetter().pdf(content(INVOICED, "nl"))


def test_what_a_payer_writes_is_shown_and_never_run(typesetter: Typesetter) -> None:
    wicked = '#panic("no") $x^2$ *bold* _it_ = Heading @label <b> \\ "quoted"'
    said = content(INVOICED, "nl") | {"reference": wicked}
    said["buyer"] = said["buyer"] | {"legal_name": f"Bibliotheek {wicked}", "oin": "00000001234567890000"}

    text = text_of(typesetter.pdf(said))
    assert wicked in text
    assert f"Bibliotheek {wicked}" in text
    assert "OIN 00000001234567890000" in text


def test_a_long_invoice_goes_on_on_a_next_page_with_the_columns_named_again(typesetter: Typesetter) -> None:
    said = content(INVOICED, "nl")
    said["lines"] = said["lines"] * 14

    pages = [page.extract_text() for page in PdfReader(BytesIO(typesetter.pdf(said))).pages]
    assert len(pages) == 2
    assert all("Omschrijving" in page for page in pages)
    assert "Pagina 2 van 2" in re.sub(r"\s+", " ", pages[1])


def test_a_word_longer_than_its_column_breaks_instead_of_covering_its_neighbours(typesetter: Typesetter) -> None:
    said = content(INVOICED, "nl") | {"reference": "K" * 120}
    said["buyer"] = said["buyer"] | {"legal_name": "Bibliotheek" * 20}

    lines = [
        line for page in PdfReader(BytesIO(typesetter.pdf(said))).pages for line in page.extract_text().split("\n")
    ]
    assert "K" * 25 not in "\n".join(lines)
    assert max(len(word) for line in lines for word in line.split()) < 50, "a word as wide as the page would cover all"
    assert "".join(lines).count("K") > 120


def test_a_buyer_abroad_has_its_country_in_the_address(typesetter: Typesetter) -> None:
    said = content(INVOICED, "nl")
    said["buyer"] = said["buyer"] | {"country": "BE", "kvk": None}
    text = text_of(typesetter.pdf(said))
    assert "4001 AB Tiel BE" in text
    assert "41012345" not in text


def test_a_letter_that_no_font_has_is_an_error_and_not_a_gap(typesetter: Typesetter) -> None:
    said = content(INVOICED, "nl") | {"reference": "\U00013000"}
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        typesetter.pdf(said)


def test_both_languages_have_the_same_texts_with_the_same_fields() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert TEXTS["nl"].keys() == TEXTS["en"].keys()
    for key in TEXTS["nl"]:
        assert fields(TEXTS["nl"][key]) == fields(TEXTS["en"][key]), key
