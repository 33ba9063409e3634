"""Live Azure, read-only. Importing this module costs nothing: the SDK is imported when something is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from scanner.model.inventory import Inventory
from scanner.model.needs import Needs

__all__ = ["AzureOptions", "AzureSource"]


@dataclass(frozen=True, slots=True)
class AzureOptions:
    """What to read, and where Azure is.

    `cloud` is AzureCloud, AzureUSGovernment or AzureChinaCloud. `subscriptions` are ids; those below
    `management_groups` (ids too) are added; without either every subscription the credential sees is read.
    `resource_groups` are names in any case; none means all. `graph` asks Microsoft Graph for Copilot licences
    and, of `copilot_period` (D7, D30, D90, D180 or ALL), their use; `github_organizations` and
    `github_enterprises` ask GitHub for Copilot seats with GITHUB_TOKEN. `environ` holds that, AZGATE_ARM_ENDPOINT,
    AZGATE_METRICS_ENDPOINT, AZGATE_GRAPH_ENDPOINT, GITHUB_API_URL, AZURE_AUTHORITY_HOST, REQUESTS_CA_BUNDLE and
    SSL_CERT_FILE; azure-identity reads its own AZURE_* variables from the process. `concurrency` calls are
    under way at a time; a subscription that answers 429 is waited for `max_wait` seconds in all; one call may
    take `connect_timeout` seconds to connect and `read_timeout` seconds between two pieces of its answer.
    `journal` is a file in which answers are kept until the collection is complete; with `resume` it is there
    already, and what it holds is not read again.
    """

    cloud: str = "AzureCloud"
    subscriptions: tuple[str, ...] = ()
    management_groups: tuple[str, ...] = ()
    resource_groups: tuple[str, ...] = ()
    graph: bool = False
    copilot_period: str = "D30"
    github_organizations: tuple[str, ...] = ()
    github_enterprises: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    concurrency: int = 32
    max_wait: float = 300.0
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    journal: Path | None = None
    resume: bool = False


class AzureSource:
    """Reads what the chosen rules need from Azure Resource Manager and Azure Monitor.

    `credential` replaces azure-identity's DefaultAzureCredential, `sleep` the waiting between attempts.
    """

    def __init__(
        self,
        options: AzureOptions,
        *,
        credential: object | None = None,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self._options = options
        self._credential = credential
        self._sleep = sleep
        self._interrupts: list[Callable[[], None]] = []

    def collect(self, needs: Needs, as_of: datetime, progress: Callable[[str], None] = lambda _: None) -> Inventory:
        """Read everything `needs` asks for; what cannot be read is a gap in the inventory.

        `as_of` (with a time zone) ends every metric window and is the inventory's `collected_at`.
        Raises SourceError where nothing can be read at all: a wrong endpoint or certificate file, no
        credential that works, a list of subscriptions that cannot be had or is empty, no GITHUB_TOKEN.
        Raises KeyboardInterrupt where `interrupt` ends it before there is a token and a list of subscriptions.
        """
        from scanner.sources.azure.collect import collect

        return collect(
            self._options,
            needs,
            as_of,
            progress=progress,
            credential=self._credential,
            sleep=self._sleep,
            interrupts=self._interrupts,
        )

    def interrupt(self) -> None:
        """End a `collect` that is under way within a second: what was not read becomes a gap. For signal handlers."""
        for interrupt in self._interrupts:
            interrupt()
