"""JSON Schema 2020-12 of a contract, and the file in which it is published."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from spn.contracts.published import Contract, Model
from spn.messaging.contract import Data
from spn.messaging.envelope import JSON_TYPE


class Published(GenerateJsonSchema):
    """Schemas as others read them.

    An event is open: whoever checks it against the schema must not stumble over a field that was added later. A
    command is closed, as an unknown field is refused.
    """

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 its signature
        """Never: "Edition Id" says no more than edition_id."""
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        if issubclass(schema["cls"], Data):
            made.pop("additionalProperties", None)
        return made


def mode_of(model: Model) -> JsonSchemaMode:
    """Events are described as they are told; commands, and what is read of others, as they may be given."""
    return "serialization" if issubclass(model, Data) else "validation"


def schema_of(contract: Contract) -> dict[str, Any]:
    """The schema of a contract's value, complete in itself."""
    if contract.content_type != JSON_TYPE:
        return {"$schema": Published.schema_dialect, **raw_schema(contract)}
    made = contract.model.model_json_schema(mode=mode_of(contract.model), schema_generator=Published)
    return {"$schema": Published.schema_dialect, **made}


def raw_schema(contract: Contract) -> dict[str, Any]:
    """The schema of a value that is bytes as they are, and no JSON."""
    what = f"The bytes of {contract.content_type}, as they are; in an example: as text."
    return {"type": "string", "contentMediaType": contract.content_type, "description": what}


def linked_schemas(models: Sequence[Model], place: str) -> tuple[dict[Model, dict[str, Any]], dict[str, Any]]:
    """References to these models, and the definitions they lead to, which are to stand at ``place``."""
    modes = [(model, mode_of(model)) for model in models]
    made, definitions = models_json_schema(modes, ref_template=f"{place}{{model}}", schema_generator=Published)
    return {model: made[model, mode] for model, mode in modes}, definitions.get("$defs", {})


def contract_file(contract: Contract) -> str:
    """The text of ``shared/contracts/<owner>/<type>.json``."""
    content = {
        "type": contract.type,
        "topic": contract.topic,
        "key": contract.key,
        "subject": contract.subject,
        "kind": contract.kind,
        "content_type": contract.content_type,
        "summary": contract.summary,
        "schema": schema_of(contract),
        "examples": [example.payload for example in contract.examples],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
