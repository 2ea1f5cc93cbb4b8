"""What the server must know beyond prefect.yaml: the drop-downs of the forms, the alarms, and which plans went.

A process of its own (`python -m flows.server.provision`), run by `lianxi up` after every deployment: `up` itself stays without
Prefect. Doing it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import DeploymentSort

from config.alarms import load_alarms
from config.settings import Settings
from config.settings_file import load_settings
from flows.server.automations import automations, sync_automations
from flows.server.deployments import is_stale_deployment, read_prefect_yaml
from flows.ui.choices import choices, with_choices

ALARM = "报警"
POOL = "lianxi"
# Parameters that are typed all the same: a plan that is being registered is not among those there are.
TYPED: dict[str, tuple[str, ...]] = {"登记方案": ("plan",)}


def provision_server(client: SyncPrefectClient, settings: Settings) -> tuple[int, int]:
    """Left-over deployments removed, drop-downs for all others of ours, and the alarms: (automations changed, kept)."""
    offered, plans, alarm_id = choices(settings), settings.plans_in_hand, None
    remove_stale_deployments(client, plans)
    for deployment in _ours(client):
        _offer(client, deployment, with_choices(_schema(deployment), offered, TYPED.get(deployment.name, ())))
        alarm_id = deployment.id if deployment.name == ALARM else alarm_id
    if alarm_id is None:
        raise LookupError(f"prefect.yaml has no deployment {ALARM}")
    return sync_automations(client, automations(load_alarms(), alarm_id, plans))


def remove_stale_deployments(client: SyncPrefectClient, plans: Sequence[str]) -> tuple[str, ...]:
    """Remove the deployments of plans that are no longer in hand, and with them what is scheduled; their names."""
    written = read_prefect_yaml()
    gone = [each for each in _ours(client) if is_stale_deployment(each.name, each.tags, written, plans)]
    for deployment in gone:
        client.delete_deployment(deployment.id)
    return tuple(each.name for each in gone)


def _ours(client: SyncPrefectClient) -> list[DeploymentResponse]:
    """Every deployment of our pool: the server gives out a page at a time."""
    found: list[DeploymentResponse] = []
    while page := client.read_deployments(sort=DeploymentSort.NAME_ASC, offset=len(found)):
        found += page
    return [each for each in found if each.work_pool_name == POOL]


def _schema(deployment: DeploymentResponse) -> dict[str, Any]:
    return dict(deployment.parameter_openapi_schema or {})


def _offer(client: SyncPrefectClient, deployment: DeploymentResponse, schema: dict[str, Any]) -> None:
    if schema != _schema(deployment):
        client.update_deployment(deployment.id, DeploymentUpdate(parameter_openapi_schema=schema))


if __name__ == "__main__":
    with get_client(sync_client=True) as server:
        provision_server(server, load_settings())
