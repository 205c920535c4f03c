"""Every operation of the OpenAPI document, asked in every role with what fits it and what does not: never a 5xx."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.enrolment.tests.http.api import ROLES, token
from services.enrolment.tests.http.served import Served, served
from services.enrolment.tests.season import EDITION
from spn_local.stack import Stack

EXAMPLES = {"get": 20, "post": 10, "delete": 5}
EDGES_MAX = 40
PATIENT: Any = {"deadline": None, "suppress_health_check": list(HealthCheck)}
WHO = ("organiser", "platform", *ROLES, "organiser", "platform", None)
"""Most who ask come past the gate."""
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


def test_at_the_edges_of_every_field_the_answer_is_one_that_the_document_names(
    server: Served, session: requests.Session
) -> None:
    """Limits, types and missing fields, one at a time, as many as there is time for: the same at every run."""
    statuses: Counter[int] = Counter()
    for operation in operations(server):
        wanted = {"generation_modes": list(GenerationMode), "generation_config": GenerationConfig()}
        cases = list(operation.schema.iter_coverage_cases(operation, **wanted))
        for number, case in enumerate(cases[:: 1 + len(cases) // EDGES_MAX]):
            ask(case, WHO[number % len(WHO)], server, session, statuses)
    assert_all_was_met(statuses)


def test_whatever_is_asked_the_answer_is_one_that_the_document_names(server: Served, session: requests.Session) -> None:
    statuses: Counter[int] = Counter()
    for operation in operations(server):

        @settings(max_examples=EXAMPLES[operation.method], database=None, **PATIENT)
        @given(case=fitting(operation) | unfitting(operation), role=st.sampled_from(WHO), known=st.booleans())
        def asked(case: Any, role: str | None, known: bool) -> None:
            if known:
                name_what_is_there(case, server)
            ask(case, role, server, session, statuses)

        asked()
    assert_all_was_met(statuses)


def ask(case: Any, role: str | None, server: Served, session: requests.Session, statuses: Counter[int]) -> None:
    """Ask it in this role, and hold the answer against the document."""
    headers = shown(case, role)
    answer = case.call_and_validate(base_url=server.url, session=session, headers=headers, checks=CHECKS, timeout=30)
    statuses[answer.status_code] += 1


def assert_all_was_met(statuses: Counter[int]) -> None:
    assert {200, 400, 401, 403, 404, 409, 422} <= set(statuses), statuses
    assert statuses[401] < statuses.total() / 4, "most come past the gate"


def shown(case: Any, role: str | None) -> dict[str, str]:
    """The token that is shown: of this role, and without one whatever was made up."""
    if role is None:
        return {}
    for name in [name for name in case.headers if name.lower() == "authorization"]:
        del case.headers[name]
    return {"Authorization": f"Bearer {token(role)}"}


def operations(server: Served) -> list[Any]:
    """Every operation of the document."""
    document: Any = schemathesis.openapi.from_dict(server.document)
    found = [result.ok() for result in document.get_all_operations()]
    assert len(found) > 30
    return found


def fitting(operation: Any) -> st.SearchStrategy[Any]:
    """What the document says may be asked."""
    found: st.SearchStrategy[Any] = operation.as_strategy()
    return found


def unfitting(operation: Any) -> st.SearchStrategy[Any]:
    """Almost that."""
    found: st.SearchStrategy[Any] = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return found


def name_what_is_there(case: Any, server: Served) -> None:
    """Past the first refusal there is more to fail."""
    there = {"edition_id": EDITION, "enrolment_id": server.enrolments[0]}
    for part in (case.path_parameters, case.body):
        if isinstance(part, dict):
            part |= {name: value for name, value in there.items() if name in part}
