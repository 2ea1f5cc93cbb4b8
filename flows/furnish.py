"""What the server must know beyond prefect.yaml: the drop-downs of the forms, and the alarms.

A process of its own (`python -m flows.furnish`), run by `lianxi up` after every deployment: `up` itself stays without
Prefect. Doing it again changes nothing.
"""

from __future__ import annotations

from typing import Any

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.responses import DeploymentResponse

from config.alarms import load_alarms
from config.settings import Settings, load_settings
from flows.automations import automations, bring_up_to_date
from flows.choices import choices, with_choices
from flows.deployments import in_hand

ALARM = "报警"
POOL = "lianxi"
# Parameters that are typed all the same: a plan that is being registered is not among those there are.
TYPED: dict[str, tuple[str, ...]] = {"登记方案": ("plan",)}


def furnish(client: SyncPrefectClient, settings: Settings) -> tuple[int, int]:
    """Drop-downs for every deployment of ours, and the alarms: (automations changed, kept)."""
    offered, alarm_id = choices(settings), None
    for deployment in client.read_deployments():
        if deployment.work_pool_name == POOL:
            _offer(client, deployment, with_choices(_schema(deployment), offered, TYPED.get(deployment.name, ())))
            alarm_id = deployment.id if deployment.name == ALARM else alarm_id
    if alarm_id is None:
        raise LookupError(f"prefect.yaml has no deployment {ALARM}")
    return bring_up_to_date(client, automations(load_alarms(), alarm_id, in_hand(settings)))


def _schema(deployment: DeploymentResponse) -> dict[str, Any]:
    return dict(deployment.parameter_openapi_schema or {})


def _offer(client: SyncPrefectClient, deployment: DeploymentResponse, schema: dict[str, Any]) -> None:
    if schema != _schema(deployment):
        client.update_deployment(deployment.id, DeploymentUpdate(parameter_openapi_schema=schema))


if __name__ == "__main__":
    with get_client(sync_client=True) as server:
        furnish(server, load_settings())
