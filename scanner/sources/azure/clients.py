"""The official SDK clients, used for their pipelines: authentication, retries, redirects, proxies, logging.

Their models are never used: they cost fifteen times as much as the JSON they are made of, and drop every
field that is newer than the SDK.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from azure.core.pipeline.policies import HTTPPolicy, SansIOHTTPPolicy
from azure.core.rest import HttpResponse

from scanner.sources.azure.credentials import SharedCredential
from scanner.sources.azure.endpoints import Endpoints
from scanner.sources.azure.limiter import MAX_WAIT, Limiter, LimiterPolicy
from scanner.sources.azure.readonly import ReadOnlyPolicy
from scanner.sources.azure.retries import BoundedRetryPolicy, Patience
from scanner.sources.azure.transport import SharedTransport
from scanner.version import VERSION

Send = Callable[..., HttpResponse]


class Service(StrEnum):
    """The parts of Azure Resource Manager whose SDK client sends a request."""

    SUBSCRIPTIONS = "subscriptions"
    RESOURCES = "resources"
    COGNITIVE_SERVICES = "cognitiveServices"
    MACHINE_LEARNING = "machineLearning"
    MONITOR = "monitor"


@dataclass(frozen=True, slots=True)
class Channel:
    """One client's pipeline, and the base URL it may talk to."""

    base: str
    send: Send


class Clients:
    """Makes clients when they are first wanted; all share one transport, one credential and one patience."""

    def __init__(
        self,
        endpoints: Endpoints,
        credential: SharedCredential,
        transport: SharedTransport,
        max_wait: float = MAX_WAIT,
    ) -> None:
        self.endpoints = endpoints
        self.limiter = Limiter(transport.wait, max_wait=max_wait, clock=transport.now)
        self._credential = credential
        self._transport = transport
        self._patience = Patience()
        self._lock = threading.Lock()
        self._channels: dict[tuple[str, str], Channel] = {}

    def arm(self, service: Service, subscription_id: str = "") -> Channel:
        """Give the pipeline of the SDK client for `service` in this subscription."""
        with self._lock:
            key = (service.value, subscription_id)
            if key not in self._channels:
                send = _SENDERS[service](self, subscription_id)
                self._channels[key] = Channel(self.endpoints.arm, send)
            return self._channels[key]

    def metrics(self, base: str) -> Channel:
        """Give the pipeline of the batch metrics client for the endpoint `base`."""
        from azure.monitor.querymetrics import MetricsClient

        with self._lock:
            key = ("metrics", base)
            if key not in self._channels:
                client = MetricsClient(
                    base,
                    self._credential,
                    audience=self.endpoints.metrics_audience,
                    **self.settings(base),
                )
                self._channels[key] = Channel(base, client.send_request)
            return self._channels[key]

    def other(self, base: str, authentication: SansIOHTTPPolicy[Any, Any] | HTTPPolicy[Any, Any] | None) -> Channel:
        """Give a pipeline of our own, for a host that no SDK client is made for; None sends no token.

        It does not follow redirects: what they lead to is for the caller to judge.
        """
        from azure.core import PipelineClient
        from azure.core.pipeline.policies import UserAgentPolicy

        settings = self.settings(base)
        policies = [
            UserAgentPolicy(base_user_agent=settings["user_agent"]),
            settings["retry_policy"],
            *settings["per_retry_policies"],
            *([authentication] if authentication is not None else []),
        ]
        client: PipelineClient[Any, Any] = PipelineClient(base, policies=policies, transport=self._transport)
        return Channel(base, client.send_request)

    def bearer(self, base: str, scope: str) -> Channel:
        """Give a pipeline for the host of `base` with a token of our own credential for `scope`."""
        from azure.core.pipeline.policies import BearerTokenCredentialPolicy

        return self.other(base, BearerTokenCredentialPolicy(self._credential, scope))

    def pause(self, seconds: float) -> None:
        """Wait as between two attempts of a call."""
        self._transport.sleep(seconds)

    def settings(self, base: str) -> dict[str, Any]:
        """Give the constructor arguments that every client gets; a policy belongs to one pipeline."""
        return {
            "transport": self._transport,
            "retry_policy": BoundedRetryPolicy(self._patience, self.limiter),
            "per_retry_policies": [ReadOnlyPolicy(base), LimiterPolicy(self.limiter, self._transport.check)],
            "user_agent": f"azgate/{VERSION}",
        }

    def arm_settings(self) -> dict[str, Any]:
        """Give the constructor arguments that every Resource Manager client gets."""
        return {
            "credential": self._credential,
            "base_url": self.endpoints.arm,
            "credential_scopes": [self.endpoints.arm_scope],
            **self.settings(self.endpoints.arm),
        }


def _subscriptions(clients: Clients, _subscription_id: str) -> Send:
    from azure.mgmt.resource.subscriptions import SubscriptionClient

    return SubscriptionClient(**clients.arm_settings()).send_request


def _resources(clients: Clients, subscription_id: str) -> Send:
    from azure.mgmt.resource.resources import ResourceManagementClient

    return ResourceManagementClient(subscription_id=subscription_id, **clients.arm_settings()).send_request


def _cognitive_services(clients: Clients, subscription_id: str) -> Send:
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient

    client = CognitiveServicesManagementClient(subscription_id=subscription_id, **clients.arm_settings())
    return client._send_request  # noqa: SLF001 - these SDKs have no public name for it


def _machine_learning(clients: Clients, subscription_id: str) -> Send:
    from azure.mgmt.machinelearningservices import MachineLearningServicesMgmtClient

    client = MachineLearningServicesMgmtClient(subscription_id=subscription_id, **clients.arm_settings())
    return client._send_request  # noqa: SLF001


def _monitor(clients: Clients, subscription_id: str) -> Send:
    from azure.mgmt.monitor import MonitorManagementClient

    client = MonitorManagementClient(subscription_id=subscription_id, **clients.arm_settings())
    return client._send_request  # noqa: SLF001


_SENDERS: dict[Service, Callable[[Clients, str], Send]] = {
    Service.SUBSCRIPTIONS: _subscriptions,
    Service.RESOURCES: _resources,
    Service.COGNITIVE_SERVICES: _cognitive_services,
    Service.MACHINE_LEARNING: _machine_learning,
    Service.MONITOR: _monitor,
}
