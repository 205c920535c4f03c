"""A session is one entry in a calendar, whichever service it came from."""

from __future__ import annotations

import enrolment.domain.sessions
import notifications.domain
from scheduling import examples


def test_the_file_of_the_personal_page_has_the_uids_of_the_mails() -> None:
    for session in examples.SESSIONS:
        id_ = session["session_id"]
        assert enrolment.domain.sessions.calendar_uid(id_) == notifications.domain.calendar_uid(id_)
