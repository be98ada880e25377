"""Whether a Deployment is rolled out, judged in one place for waiting and status."""

from __future__ import annotations

from typing import Any


def missing(deployment: Any) -> str | None:
    """What the Deployment (an apps/v1 object) still lacks; None once it is rolled out."""
    wanted, status = deployment.spec.replicas, deployment.status
    if (status.observed_generation or 0) < deployment.metadata.generation:
        return "its last change has not been taken up"
    if (status.updated_replicas or 0) < wanted:
        return f"{status.updated_replicas or 0} of {wanted} pods are of its current version"
    earlier = (status.replicas or 0) - (status.updated_replicas or 0)
    if earlier > 0:
        return f"{earlier} pods of an earlier version are left"
    if (status.available_replicas or 0) < wanted:
        return f"{status.available_replicas or 0} of {wanted} pods are available"
    return None
