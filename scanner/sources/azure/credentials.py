"""Who asks: azure-identity's DefaultAzureCredential, and one token per audience for the whole scan."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, cast

from azure.core.credentials import AccessToken, AccessTokenInfo, TokenRequestOptions
from azure.core.exceptions import AzureError, ClientAuthenticationError

from scanner.errors import Problem, SourceError
from scanner.sources.azure.endpoints import Endpoints
from scanner.sources.azure.faults import authentication_detail, clean
from scanner.sources.azure.transport import SharedTransport

_FRESH_FOR = 300
"""azure-core asks for a new token that many seconds before the old one expires."""
_RETRY_AFTER = 30.0
"""Seconds for which a refused token is not asked for again: the chain may start processes for each try."""

HINT = (
    "sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, "
    "or use a managed or workload identity"
)


def default_credential(endpoints: Endpoints, transport: SharedTransport) -> Any:
    """Give DefaultAzureCredential for this authority; raises SourceError where its settings are wrong."""
    from azure.identity import DefaultAzureCredential

    try:
        return DefaultAzureCredential(
            authority=endpoints.authority,
            # Instance discovery would ask Microsoft's public authority about a private one.
            disable_instance_discovery=not endpoints.is_known_authority,
            transport=transport,
        )
    except (ValueError, OSError) as error:
        message = clean(f"the credentials of Azure cannot be used: {error}")
        raise SourceError(Problem(message, hint="check the AZURE_* environment variables")) from None


class SharedCredential:
    """One credential for all clients: a token is fetched once per audience, whoever asks first.

    `credential` is the one to ask, or `make` gives it (and it is closed here) when the first token is wanted.
    """

    def __init__(
        self,
        credential: Any = None,
        *,
        make: Callable[[], Any],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._credential = credential
        self._is_owned = credential is None
        self._make = make
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, ...], AccessTokenInfo] = {}
        self._refusals: dict[tuple[str, ...], tuple[float, str]] = {}

    def get_token_info(self, *scopes: str, options: TokenRequestOptions | None = None) -> AccessTokenInfo:
        """Give a token for `scopes`; raises ClientAuthenticationError where there is none."""
        with self._lock:
            # A claims challenge says that the token at hand is no longer good.
            if not (options or {}).get("claims"):
                token = self._tokens.get(scopes)
                if token is not None and token.expires_on - time.time() > _FRESH_FOR:
                    return token
                refusal = self._refusals.get(scopes)
                if refusal is not None and self._clock() - refusal[0] < _RETRY_AFTER:
                    raise ClientAuthenticationError(message=refusal[1])
            try:
                token = self._fetch(scopes, options or {})
            except AzureError as error:
                self._refusals[scopes] = (self._clock(), authentication_detail(error))
                raise
            self._refusals.pop(scopes, None)
            self._tokens[scopes] = token
            return token

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Give the same in the older shape."""
        token = self.get_token_info(*scopes, options=cast("TokenRequestOptions", options))
        return AccessToken(token.token, token.expires_on)

    def close(self) -> None:
        """Close the connections of a credential that was made here."""
        if self._is_owned and self._credential is not None:
            self._credential.close()

    def _fetch(self, scopes: tuple[str, ...], options: TokenRequestOptions) -> AccessTokenInfo:
        if self._credential is None:
            self._credential = self._make()
        if hasattr(self._credential, "get_token_info"):
            return cast("AccessTokenInfo", self._credential.get_token_info(*scopes, options=options))
        token = self._credential.get_token(*scopes, **options)
        return AccessTokenInfo(token.token, token.expires_on)


def authenticate(credential: SharedCredential, scope: str, environ: Mapping[str, str]) -> None:
    """Fetch the first token, so that wrong credentials end the scan before it starts.

    Raises SourceError with one line of what is wrong, without the secret.
    """
    try:
        credential.get_token_info(scope)
    except AzureError as error:
        detail = authentication_detail(error)
        for name in ("AZURE_CLIENT_SECRET", "AZURE_PASSWORD", "AZURE_CLIENT_CERTIFICATE_PASSWORD"):
            if environ.get(name):
                detail = detail.replace(environ[name], "***")
        raise SourceError(Problem(f"Azure gives no token: {detail}", hint=HINT)) from None
