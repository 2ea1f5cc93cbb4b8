"""Set up on the server what prefect.yaml cannot: the forms' drop-downs, the alarms, and the removal of stale deployments.

`lianxi up` runs this as a process of its own (`python -m flows.server.provision`) after every deployment, so that `up`
does not import Prefect. Running it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import DeploymentSort

from config.alarms import load_alarms
from config.settings import Settings
from config.settings_file import load_settings
from flows.server.automations import automations, sync_automations
from flows.server.deployments import POOL, is_stale_deployment, read_prefect_yaml
from flows.ui.choices import choices, with_choices

ALARM = "报警"
# Parameters without a drop-down: a plan that is being registered is not in the list yet.
TYPED: dict[str, tuple[str, ...]] = {"登记方案": ("plan",)}


def provision_server(client: SyncPrefectClient, settings: Settings) -> tuple[int, int]:
    """Remove stale deployments, set the drop-downs, sync the alarms. Returns automations (changed, kept)."""
    offered, plans, alarm_id = choices(settings), settings.active_plans, None
    remove_stale_deployments(client, plans)
    for deployment in _read_deployments(client):
        old = dict(deployment.parameter_openapi_schema or {})
        new = with_choices(old, offered, TYPED.get(deployment.name, ()))
        if new != old:
            client.update_deployment(deployment.id, DeploymentUpdate(parameter_openapi_schema=new))
        alarm_id = deployment.id if deployment.name == ALARM else alarm_id
    if alarm_id is None:
        raise LookupError(f"prefect.yaml has no deployment {ALARM}")
    return sync_automations(client, automations(load_alarms(), alarm_id, plans))


def remove_stale_deployments(client: SyncPrefectClient, plans: Sequence[str]) -> tuple[str, ...]:
    """Delete the deployments, and so the scheduled runs, of plans no longer active. Returns their names."""
    written = read_prefect_yaml()
    stale = [each for each in _read_deployments(client) if is_stale_deployment(each.name, each.tags, written, plans)]
    for deployment in stale:
        client.delete_deployment(deployment.id)
    return tuple(each.name for each in stale)


def _read_deployments(client: SyncPrefectClient) -> list[DeploymentResponse]:
    """All deployments of the work pool, read page by page."""
    found: list[DeploymentResponse] = []
    while page := client.read_deployments(sort=DeploymentSort.NAME_ASC, offset=len(found)):
        found += page
    return [each for each in found if each.work_pool_name == POOL]


if __name__ == "__main__":
    with get_client(sync_client=True) as server:
        provision_server(server, load_settings())
