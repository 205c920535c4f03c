"""Every operation of the OpenAPI document, asked in every role with what fits it and what does not: never a 5xx."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.enrolment.tests.http.api import ROLES, token
from services.enrolment.tests.http.served import Served, served
from spn_local.stack import Stack

EXAMPLES, FEW = 25, 8
POSTING = ("organiser", "platform")
"""Who gets past the gate with most of it."""
QUICK: Any = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}
CHECKS: Any = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

pytestmark = [pytest.mark.slow, pytest.mark.stack]


@pytest.fixture(scope="module")
def server(stack: Stack) -> Iterator[Served]:
    with served(stack.admin_database_url) as running:
        yield running


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as made:
        made.trust_env = False
        yield made


@pytest.mark.parametrize("role", [*ROLES, None])
def test_whatever_is_asked_the_answer_is_one_that_the_document_names(
    role: str | None, server: Served, session: requests.Session
) -> None:
    headers = {"authorization": f"Bearer {token(role)}"} if role else {}
    for operation in operations(server):

        @settings(max_examples=EXAMPLES if role in POSTING else FEW, **QUICK)
        @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE) | operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(base_url=server.url, session=session, headers=headers, checks=CHECKS, timeout=30)

        ask()


def operations(server: Served) -> list[Any]:
    """Every operation of the document."""
    document = schemathesis.openapi.from_dict(server.document)
    found = [result.ok() for result in document.get_all_operations()]
    assert len(found) > 30
    return found
