"""Rights in the words of confluent-kafka's AdminClient."""

from __future__ import annotations

from confluent_kafka.admin import AclBinding, AclOperation, AclPermissionType, ResourcePatternType, ResourceType

from spn_local.topics.table import Right


def binding_of(right: Right) -> AclBinding:
    """What allows this right, from every host."""
    return AclBinding(
        ResourceType[right.resource.upper()],
        right.name,
        ResourcePatternType[right.pattern.upper()],
        f"User:{right.user}",
        "*",
        AclOperation[right.operation],
        AclPermissionType.ALLOW,
    )


def right_of(found: AclBinding) -> Right:
    """An entry as a right; what topics.yaml cannot say (a denial, one host) stands in its operation."""
    operation = found.operation.name
    if found.permission_type is not AclPermissionType.ALLOW:
        operation = f"{found.permission_type.name} {operation}"
    if found.host != "*":
        operation = f"{operation} from {found.host}"
    return Right(
        user=found.principal.removeprefix("User:"),
        operation=operation,
        resource=found.restype.name.lower(),
        name=found.name,
        pattern=found.resource_pattern_type.name.lower(),
    )
