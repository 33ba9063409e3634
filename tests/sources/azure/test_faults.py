"""Every failure has a reason, and no detail holds a secret."""

import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    ServiceRequestError,
    ServiceRequestTimeoutError,
    ServiceResponseError,
    ServiceResponseTimeoutError,
)

from scanner.model.inventory import GapReason
from scanner.sources.azure.faults import DETAIL_LENGTH, authentication_detail, clean, fault_of


class Response:
    """As much of a response as a fault is made of."""

    def __init__(self, status_code, body=None, reason="Phrase"):
        self.status_code = status_code
        self.reason = reason
        self._body = body

    def json(self):
        if self._body is None:
            raise ValueError("no JSON")
        return self._body


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, GapReason.UNSUPPORTED),
        (401, GapReason.UNAUTHENTICATED),
        (403, GapReason.FORBIDDEN),
        (404, GapReason.NOT_FOUND),
        (405, GapReason.UNSUPPORTED),
        (408, GapReason.TIMEOUT),
        (409, GapReason.CONFLICT),
        (410, GapReason.NOT_FOUND),
        (429, GapReason.THROTTLED),
        (500, GapReason.SERVER_ERROR),
        (503, GapReason.SERVER_ERROR),
        (599, GapReason.SERVER_ERROR),
        (204, GapReason.MALFORMED),
        (302, GapReason.MALFORMED),
    ],
)
def test_each_status_has_its_reason(status, reason):
    assert fault_of(Response(status)).reason is reason


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ServiceRequestError("refused"), GapReason.UNREACHABLE),
        (ServiceResponseError("reset"), GapReason.UNREACHABLE),
        (ServiceRequestTimeoutError("slow"), GapReason.TIMEOUT),
        (ServiceResponseTimeoutError("slow"), GapReason.TIMEOUT),
        (ClientAuthenticationError("expired"), GapReason.UNAUTHENTICATED),
        (ValueError("Expecting value"), GapReason.MALFORMED),
        (RecursionError("too deep"), GapReason.MALFORMED),
    ],
)
def test_each_exception_has_its_reason(error, reason):
    assert fault_of(error).reason is reason


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"code": "AuthorizationFailed", "message": "The client has no access."}},
        {"Error": None, "Code": "AuthorizationFailed", "Message": "The client has no access."},
        {"code": "AuthorizationFailed", "message": "The client has no access."},
    ],
)
def test_the_detail_is_azures_code_and_message(body):
    assert fault_of(Response(403, body)).detail == "AuthorizationFailed: The client has no access."


@pytest.mark.parametrize("body", [None, [], "text", 7, {"error": "text"}, {"error": {"code": 5}}, {"error": []}])
def test_a_body_that_is_not_azures_leaves_the_status(body):
    assert fault_of(Response(502, body, "Bad Gateway")).detail == "HTTP 502 Bad Gateway"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abc.DEF-123_~+/==", "abc.DEF-123"),
        ('{"Authorization": "Basic dXNlcjpwYXNz"}', "dXNlcjpwYXNz"),
        ("the token eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln was bad", "eyJ"),
        ("https://x.blob/c?sv=1&sig=hello%2Fworld%3D&se=2", "hello"),
        ("client_secret=Qx8~abc in the form", "Qx8"),
        ('{"access_token": "opaque-value"}', "opaque-value"),
        ("AccountKey=Zm9vYmFy;EndpointSuffix", "Zm9v"),
        ("api-key: 0123abcd", "0123abcd"),
        ("Ocp-Apim-Subscription-Key: 4711", "4711"),
        ("key 0123456789abcdef0123456789abcdef is wrong", "0123456789abcdef"),
        ("key " + "aB3" * 20 + "== is wrong", "aB3aB3"),
    ],
)
def test_secrets_are_taken_out(text, secret):
    assert secret not in clean(text)
    assert "***" in clean(text)


def test_what_is_no_secret_stays():
    text = (
        "AuthorizationFailed: The client '0b4e1c1a-3c1c-4c52-9f6c-2f4f3f5d1a11' does not have authorization to perform "
        "action 'Microsoft.CognitiveServices/accounts/deployments/read' over scope '/subscriptions/x/resourceGroups/y'."
    )
    assert clean(text) == text


def test_details_are_one_short_printable_line():
    text = clean("a\r\nb\x1b[31mc\x00d\u2028e\ud800" + "x y" * 400)
    assert text.isprintable()
    assert len(text) <= DETAIL_LENGTH
    assert text.startswith("a b [31mc d e?")
    assert text.endswith("…")


def test_a_credential_chain_is_told_in_one_line():
    chain = (
        "DefaultAzureCredential failed to retrieve a token from the included credentials.\n"
        "Attempted credentials:\n"
        "\tEnvironmentCredential: EnvironmentCredential authentication unavailable. Not configured.\n"
        "\tAzureCliCredential: Please run 'az login' to set up an account\n"
        "To mitigate this issue, please refer to the troubleshooting guidelines here."
    )
    detail = authentication_detail(ClientAuthenticationError(message=chain))
    assert detail == "no credential is configured: EnvironmentCredential, AzureCliCredential"


def test_a_credential_that_was_refused_is_the_one_that_counts():
    chain = (
        "DefaultAzureCredential failed to retrieve a token from the included credentials.\n"
        "Attempted credentials:\n"
        "\tEnvironmentCredential: Authentication failed: AADSTS7000215: Invalid client secret provided. "
        "Trace ID: 4f1c Correlation ID: 99\n"
        "To mitigate this issue, please refer to the troubleshooting guidelines here."
    )
    detail = authentication_detail(ClientAuthenticationError(message=chain))
    assert detail == "AADSTS7000215: Invalid client secret provided."
