"""What a sender is told about a command that does not keep to its form."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from enrolment.commands import examples
from spn.messaging.contract import Command
from spn.messaging.parsing import problems


def refusal(model: type[Command], data: dict[str, Any]) -> str:
    """What is wrong with this command, as its sender is told."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return problems(caught.value)


def a_request(**participant: Any) -> dict[str, Any]:
    return {**examples.REQUEST, "participant": {**examples.REQUEST["participant"], **participant}}


def a_library(**fields: Any) -> dict[str, Any]:
    return {**examples.REQUEST, "library": {**examples.REQUEST["library"], **fields}}
