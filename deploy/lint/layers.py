"""The layer contract that import-linter does not bring: rules stand on the standard library alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

from importlinter import Contract, ContractCheck, fields, output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grimp import ImportGraph


class StandardLibraryOnly(Contract):
    """Each module named, and all below it, imports the standard library, itself and what `allowed` names.

    A module that does not exist breaks the contract too, so that a misspelt name cannot pass for a kept rule.
    """

    type_name = "standard_library_only"
    modules = fields.ListField(subfield=fields.StringField())
    allowed = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 its signature
        """Look at direct imports only: what is allowed answers for what it imports itself."""
        names = cast("list[str]", self.modules)
        broken = [line for name in names for line in self._breaches(graph, name)]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line per forbidden import."""
        for line in check.metadata["broken"]:
            output.print_error(line)

    def _breaches(self, graph: ImportGraph, name: str) -> Iterator[str]:
        if name not in graph.modules:
            yield f"{name} does not exist"
            return
        allowed = {name, *cast("list[str]", self.allowed)}
        for module in sorted({name, *graph.find_descendants(name)}):
            for imported in sorted(graph.find_modules_directly_imported_by(module)):
                if not _stands_on(imported, allowed):
                    yield f"{module} imports {imported}"


def _stands_on(imported: str, allowed: set[str]) -> bool:
    top = imported.partition(".")[0]
    return top in sys.stdlib_module_names or any(imported == a or imported.startswith(f"{a}.") for a in allowed)
