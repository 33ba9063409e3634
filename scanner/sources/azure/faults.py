"""From a failed call to a reason and a sentence free of secrets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    ServiceRequestTimeoutError,
    ServiceResponseTimeoutError,
    TooManyRedirectsError,
)

from scanner.model.inventory import Gap, GapReason

DETAIL_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one call failed; `status` and Azure's error `code` where there was an answer, else 0 and ""."""

    reason: GapReason
    detail: str
    status: int = 0
    code: str = ""

    def gap(self, scope: str, what: str) -> Gap:
        """Say that this is why `what` of `scope` could not be read."""
        return Gap(scope, what, self.reason, self.detail)


class ReadError(Exception):
    """One call failed. No AzureError: the SDK's retry policy must not take it for a network error."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.detail)
        self.fault = fault


_BY_STATUS = {
    401: GapReason.UNAUTHENTICATED,
    403: GapReason.FORBIDDEN,
    404: GapReason.NOT_FOUND,
    408: GapReason.TIMEOUT,
    409: GapReason.CONFLICT,
    410: GapReason.NOT_FOUND,
    412: GapReason.CONFLICT,
    423: GapReason.CONFLICT,
    429: GapReason.THROTTLED,
}


def fault_of(failure: Any) -> Fault:
    """Give the fault of a response that is no success, or of an exception raised instead of one.

    `failure` is an azure.core.rest.HttpResponse or an exception.
    """
    if isinstance(failure, ReadError):
        return failure.fault
    if isinstance(failure, ClientAuthenticationError):
        return Fault(GapReason.UNAUTHENTICATED, authentication_detail(failure))
    if isinstance(failure, ServiceRequestTimeoutError | ServiceResponseTimeoutError):
        return Fault(GapReason.TIMEOUT, "Azure did not answer in time")
    if isinstance(failure, TooManyRedirectsError):
        return Fault(GapReason.MALFORMED, "Azure redirected in circles")
    if isinstance(failure, HttpResponseError):
        # An answer that cannot be decoded: where it was an error anyway, its status says more.
        response = failure.response
        status = response.status_code if response is not None else None
        if status is not None and status >= 400:
            return _fault_of_status(status, failure.reason or "")
        return Fault(GapReason.MALFORMED, _malformed(failure))
    if isinstance(failure, AzureError):
        return Fault(GapReason.UNREACHABLE, clean(f"no connection: {root_cause(failure)}"))
    if isinstance(failure, ValueError | RecursionError):
        return Fault(GapReason.MALFORMED, clean(f"the answer is no JSON: {failure}"))
    return _fault_of_status(failure.status_code, failure.reason or "", *_azure_error(failure))


def _fault_of_status(status: int, phrase: str, code: str = "", message: str = "") -> Fault:
    if status >= 500:
        reason = GapReason.SERVER_ERROR
    elif status >= 400:
        # What is left is a question Azure does not take: 400 for an api-version or a region, 405, 415 ...
        reason = _BY_STATUS.get(status, GapReason.UNSUPPORTED)
    else:
        reason = GapReason.MALFORMED
    said = ": ".join(word for word in (code, message) if word)
    return Fault(reason, clean(said or f"HTTP {status} {phrase}"), status, code)


def _malformed(failure: HttpResponseError) -> str:
    if isinstance(failure, DecodeError) and "IncompleteRead" in str(failure):
        return "the answer broke off"
    return clean(f"the answer is no JSON: {failure.message}")


def _azure_error(response: Any) -> tuple[str, str]:
    """Give code and message of Azure's error body, "" for what is not there or where the body is none of Azure's."""
    try:
        body = response.json()
    except (AzureError, ValueError, RecursionError):
        return "", ""
    error = body.get("error", body) if isinstance(body, dict) else None
    words = {str(key).lower(): value for key, value in error.items()} if isinstance(error, dict) else {}
    code, message = words.get("code"), words.get("message")
    return code if isinstance(code, str) else "", message if isinstance(message, str) else ""


def root_cause(failure: BaseException) -> str:
    """Give the innermost reason of a connection error: urllib3 wraps it three times over."""
    current: Any = failure
    for _ in range(8):
        arguments = getattr(current, "args", ())
        inner = getattr(current, "inner_exception", None) or getattr(current, "reason", None)
        if not isinstance(inner, BaseException) and arguments and isinstance(arguments[0], BaseException):
            inner = arguments[0]
        if not isinstance(inner, BaseException):
            break
        current = inner
    text = re.sub(r"<[^<>]* at 0x[0-9a-f]+>:?\s*", "", str(current))
    return re.sub(r"^HTTPS?Connection\w*\([^)]*\):\s*", "", text)


def authentication_detail(failure: AzureError) -> str:
    """Give the one line of a credential's failure that says what is wrong.

    DefaultAzureCredential tells the story of each of its credentials, thirty lines and more; where one
    of them was configured and refused, that one is meant.
    """
    text = str(failure.message or failure)
    sign = re.search(r"AADSTS\d+:[^\r\n]*", text)
    if sign:
        return clean(re.split(r"\s*(?:Trace ID|Correlation ID|\\r|\\n)", sign.group())[0])
    attempts = [line.strip() for line in text.splitlines() if line.startswith("\t")]
    if not attempts:
        return clean(text.splitlines()[0] if text.strip() else "no token")
    # The chain stops at the first credential that tried and failed: it is the last one listed.
    last = attempts[-1]
    if re.search(r"authentication failed|invalid|refused|error", last, re.IGNORECASE):
        return clean(last)
    return "no credential is configured: " + ", ".join(line.partition(":")[0] for line in attempts)


_NAMES_OF_KEYS = (
    r"sig|signature|client_secret|client_assertion|password|pwd|secret|access_token|refresh_token|id_token|"
    r"assertion|api[-_]?key|account_?key|shared_?access_?key|subscription[-_]key"
)
_REDACTIONS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(authorization\"?\s*[:=]\s*\"?\w+)\s+[^\s\"',;]+", re.IGNORECASE), r"\1 ***"),
    (re.compile(r"\b(bearer)\s+[\w\-.~+/]+=*", re.IGNORECASE), r"\1 ***"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?"), "***"),
    (re.compile(rf"\b({_NAMES_OF_KEYS})(\"?\s*[=:]\s*\"?)[^\s&\"',;]+", re.IGNORECASE), r"\1\2***"),
    (re.compile(r"\b(?:[0-9a-f]{32}|[A-Za-z0-9+]{40,})\b={0,2}"), "***"),
)


def clean(text: str) -> str:
    """Give `text` on one line, without control characters, tokens, keys and signatures, and not too long."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    for pattern, replacement in _REDACTIONS:
        text = pattern.sub(replacement, text)
    return text if len(text) <= DETAIL_LENGTH else text[: DETAIL_LENGTH - 1].rstrip() + "…"
