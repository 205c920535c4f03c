from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from spn_demo.answers import Answer, NoAnswerError
from spn_demo.visiting.forms import PageError
from spn_demo.visiting.page import read_page
from spn_demo.visiting.visitors import Visitors

URL = "http://pages.example"
REQUEST = {"edition_id": "ln27", "participant": {"name": "Ann", "language": "nl"}, "payer": {}}
FORM = """<h1>Inschrijven</h1><form method="post" action="{}">
<input type="hidden" name="ticket" value="t1"><input name="participant.name"><textarea name="reason"></textarea>
<input type="radio" name="participant.language" value="nl" checked></form>"""
DONE = '<div class="answer done"><h1>Geplaatst</h1><p class="lead">U neemt deel.</p></div>'
PENDING = '<h1>Nog even</h1><p class="lead">Uw aanvraag is onderweg.</p>'
MAIL = (
    "To: Ann <{}>\r\nSubject: x\r\nDate: Thu, 14 Jan 2027 08:00:06 +0000\r\nMessage-ID: <m@x>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n"
)


class Site(httpx.MockTransport):
    """Pages by their address, each in its turn and the last one for ever; a form leads to /answer."""

    def __init__(self, **pages: str | list[str]) -> None:
        self.pages = {
            f"/{name.replace('__', '/')}": [page] if isinstance(page, str) else page for name, page in pages.items()
        }
        self.sent: list[tuple[str, str]] = []
        super().__init__(self.handle)

    def handle(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.sent.append((request.url.path, request.content.decode()))
            return httpx.Response(303, headers={"location": "/answer"})
        pages = self.pages[request.url.path]
        return httpx.Response(200, text=pages.pop(0) if len(pages) > 1 else pages[0])


def visitors(site: httpx.MockTransport, mails: Path, patience_s: float = 5.0) -> Visitors:
    return Visitors(URL, mails, patience_s, site)


def keep(mails: Path, number: int, address: str, text: str) -> None:
    (mails / f"{number:04d}.eml").write_text(MAIL.format(address, text))


def test_a_form_is_sent_with_its_ticket_and_the_answer_is_read_where_it_leads(tmp_path: Path) -> None:
    site = Site(inschrijven__ln27=FORM.format("/inschrijven/ln27"), answer=DONE)
    assert visitors(site, tmp_path).enrol(REQUEST) == Answer("done", "U neemt deel.")
    assert site.sent == [("/inschrijven/ln27", "ticket=t1&participant.name=Ann&reason=&participant.language=nl")]


def test_the_same_form_sent_twice_is_the_same_ticket_twice(tmp_path: Path) -> None:
    site = Site(inschrijven__ln27=FORM.format("/inschrijven/ln27"), answer=DONE)
    assert visitors(site, tmp_path).enrol(REQUEST, times=2).outcome == "done"
    assert len(site.sent) == 2
    assert len(set(site.sent)) == 1


def test_one_form_with_two_answers_is_a_fault(tmp_path: Path) -> None:
    again = '<div class="answer unchanged"><p class="lead">U was al ingeschreven.</p></div>'
    site = Site(inschrijven__ln27=FORM.format("/inschrijven/ln27"), answer=[DONE, again])
    with pytest.raises(PageError, match="sent 2 times, has more than one answer"):
        visitors(site, tmp_path).enrol(REQUEST, times=2)


def test_an_answer_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    site = Site(inschrijven__ln27=FORM.format("/inschrijven/ln27"), answer=[PENDING, PENDING, DONE])
    assert visitors(site, tmp_path).enrol(REQUEST).outcome == "done"


def test_an_answer_that_never_comes_is_said_with_what_the_page_says(tmp_path: Path) -> None:
    site = Site(inschrijven__ln27=FORM.format("/inschrijven/ln27"), answer=PENDING)
    with pytest.raises(NoAnswerError, match=r"within 0 s\. The page says: Nog even Uw aanvraag is onderweg"):
        visitors(site, tmp_path, 0.0).enrol(REQUEST)


def test_a_form_that_comes_back_says_why(tmp_path: Path) -> None:
    wrong = '<h1>Inschrijven</h1><div role="alert"><h2>Er is 1 fout</h2><ul><li>Vul een naam in.</li></ul></div>'

    def handle(request: httpx.Request) -> httpx.Response:
        page = FORM.format("/inschrijven/ln27") if request.method == "GET" else wrong
        return httpx.Response(200 if request.method == "GET" else 422, text=page)

    with pytest.raises(PageError, match=r"not taken \(422\): Inschrijven Er is 1 fout Vul een naam in\."):
        visitors(httpx.MockTransport(handle), tmp_path).enrol(REQUEST)


def test_before_the_opening_there_is_no_form(tmp_path: Path) -> None:
    site = Site(inschrijven__ln27='<h1>Nog niet open</h1><p class="lead">Vanaf 14 januari.</p>')
    with pytest.raises(PageError, match=r"no form for /inschrijven/ln27 on the page\. It says: Nog niet open Vanaf"):
        visitors(site, tmp_path).enrol(REQUEST)


def test_who_withdraws_follows_the_newest_link_in_their_mail_and_sees_the_cost_first(tmp_path: Path) -> None:
    keep(tmp_path, 1, "ann@x.example", f"uw inschrijving ({URL}/mijn/old) of bel ons")
    keep(tmp_path, 2, "ann@x.example", f"uw inschrijving ({URL}/mijn/n-_3w) of bel ons")
    keep(tmp_path, 3, "ann@x.example", "an entry for your calendar")
    keep(tmp_path, 4, "bob@x.example", f"your enrolment ({URL}/en/my/b0b) or call us")
    action = "/mijn/n-_3w/terugtrekken"
    pages = {"mijn__n-_3w": f'<a href="{action}">Terugtrekken</a>', "mijn__n-_3w__terugtrekken": FORM.format(action)}
    site = Site(**pages, answer=DONE)
    assert visitors(site, tmp_path).withdraw("ann@x.example", "Een ander vak").outcome == "done"
    ((path, body),) = site.sent
    assert path == action
    assert "ticket=t1&" in body
    assert "reason=Een+ander+vak" in body


def test_who_has_no_mail_cannot_withdraw(tmp_path: Path) -> None:
    keep(tmp_path, 1, "bob@x.example", f"your enrolment ({URL}/en/my/b0b)")
    with pytest.raises(PageError, match=r"No mail to ann@x\.example holds a link"):
        visitors(Site(), tmp_path).withdraw("ann@x.example", "")


def test_who_finds_an_offer_on_the_own_page_takes_it(tmp_path: Path) -> None:
    keep(tmp_path, 1, "bob@x.example", f"your enrolment ({URL}/en/my/b0b)")
    keep(tmp_path, 2, "ann@x.example", f"uw inschrijving ({URL}/mijn/4nn)")
    site = Site(mijn__4nn="<h1>Vervallen</h1>", en__my__b0b=FORM.format("/en/my/b0b/accept"), answer=DONE)
    assert visitors(site, tmp_path).accept_offer().outcome == "done"
    assert [path for path, _ in site.sent] == ["/en/my/b0b/accept"]


def test_when_nobody_finds_an_offer_it_is_said_what_they_found(tmp_path: Path) -> None:
    keep(tmp_path, 1, "ann@x.example", f"uw inschrijving ({URL}/mijn/4nn)")
    with pytest.raises(PageError, match=r"Nobody finds an offer on the own page\. ann@x\.example: Vervallen"):
        visitors(Site(mijn__4nn="<h1>Vervallen</h1>"), tmp_path).accept_offer()


def test_pages_that_cannot_be_reached_are_said_to_be_so(tmp_path: Path) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(NoAnswerError, match="could not be reached: ConnectError"):
        visitors(httpx.MockTransport(handle), tmp_path).enrol(REQUEST)


def test_only_the_page_of_an_answer_is_an_answer() -> None:
    assert read_page(PENDING).answer is None
    refused = read_page('<div class="answer refused"><h1>Nee</h1><p class="lead">Te\n laat &amp; vol.</p></div>')
    assert refused.answer == Answer("refused", "Te laat & vol.")
