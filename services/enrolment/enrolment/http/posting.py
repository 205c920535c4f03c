"""How a command about enrolments comes in over HTTP: in whose name, and held against what they saw."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from enrolment.commands.editions import EditionCommand
from enrolment.commands.enrolments import EnrolmentCommand
from enrolment.commands.fields import Author
from enrolment.events_out.models import CommandAnswered
from enrolment.rights import POSTERS, READERS
from spn.messaging.contract import Command
from spn.posting import Posting
from spn.problems import ProblemError
from spn.rights.roles import Principal, Role

_AUTHOR: TypeAdapter[str] = TypeAdapter(Author)


def named(command: Command, who: Principal) -> Command:
    """The command in the name of who posts it; the platform may speak for somebody else.

    :raises ProblemError: it is posted in another's name, or by a subject that no command can hold.
    """
    if "by" not in type(command).model_fields:
        return command
    given: str | None = getattr(command, "by")  # noqa: B009 - which of the kinds it is makes no difference
    if given is not None and Role.PLATFORM in who.roles:
        return command
    try:
        own = _AUTHOR.validate_python(who.subject)
    except ValidationError:
        raise ProblemError(403, "unfit-subject", "The subject of this token names nobody") from None
    if given not in (None, own):
        mistake = {"pointer": "#/by", "detail": "Leave it out: who posts a command is named in it"}
        raise ProblemError(403, "another-name", "A command is posted in one's own name", errors=[mistake])
    return command.model_copy(update={"by": own})


POSTING = Posting(
    posters=POSTERS,
    readers=READERS,
    answer=CommandAnswered,
    dress=named,
    conditions={EnrolmentCommand: "if_entry", EditionCommand: "if_revision"},
    statuses={"changed-meanwhile": 412},
)
