"""Wrong credentials end the scan in one line; one token serves all clients."""

import logging
import subprocess
import sys
import threading
import time

import pytest
from azure.core.credentials import AccessToken, AccessTokenInfo
from azure.core.exceptions import ClientAuthenticationError

from scanner.errors import SourceError
from scanner.sources.azure import AzureOptions, AzureSource
from scanner.sources.azure.credentials import HINT, SharedCredential
from tests.sources.azure.fakes import AS_OF, DEPLOYMENT_TYPE, needs

SECRET = "hunter2-Hunter2~hunter2"


class Refusing:
    def __init__(self, message):
        self.message = message
        self.asked = 0

    def get_token(self, *scopes, **options):
        self.asked += 1
        raise ClientAuthenticationError(message=self.message)


def test_wrong_credentials_are_one_line_without_the_secret(arm):
    arm.credential = Refusing(
        "DefaultAzureCredential failed to retrieve a token from the included credentials.\n"
        "Attempted credentials:\n"
        f"\tEnvironmentCredential: Authentication failed: the secret {SECRET} is wrong\n"
        "To mitigate this issue, please refer to the troubleshooting guidelines here."
    )
    arm.environ = {"AZURE_CLIENT_SECRET": SECRET}
    with pytest.raises(SourceError) as caught:
        arm.collect(needs(DEPLOYMENT_TYPE))
    (problem,) = caught.value.problems
    assert SECRET not in str(caught.value)
    assert "\n" not in problem.message
    assert problem.message.startswith("Azure gives no token: EnvironmentCredential: Authentication failed")
    assert problem.hint == HINT
    assert caught.value.__suppress_context__
    assert not arm.calls


def test_wrong_credentials_end_the_scan_of_chosen_subscriptions_too(arm):
    arm.credential = Refusing("AADSTS7000215: Invalid client secret provided.")
    with pytest.raises(SourceError, match="AADSTS7000215"):
        arm.collect(needs(), subscriptions=("0a",))


def test_without_any_credential_the_hint_says_how_to_sign_in(tmp_path, monkeypatch):
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "environmentcredential")
    for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SourceError, match="no credential is configured: EnvironmentCredential") as caught:
        AzureSource(AzureOptions(environ={})).collect(needs(), AS_OF)
    assert "az login" in caught.value.problems[0].hint


def test_settings_azure_identity_does_not_take_are_a_source_error(monkeypatch):
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "magic")
    with pytest.raises(SourceError, match="credentials of Azure cannot be used"):
        AzureSource(AzureOptions(environ={})).collect(needs(), AS_OF)


def test_an_expiry_during_the_scan_is_a_gap(arm):
    class OneToken(type(arm.credential)):
        def get_token(self, *scopes, **options):
            if self.scopes:
                raise ClientAuthenticationError(message="AADSTS700082: The refresh token has expired.")
            self.scopes.extend(scopes)
            return AccessToken("t", int(time.time()) - 1)

    arm.credential = OneToken()
    arm.serve_chat()
    with pytest.raises(SourceError, match="AADSTS700082"):
        arm.collect(needs(DEPLOYMENT_TYPE))
    arm.credential = OneToken()
    inventory = arm.collect(needs(DEPLOYMENT_TYPE), subscriptions=("0a",))
    assert [(gap.scope, gap.reason) for gap in inventory.gaps] == [("/subscriptions/0a", "unauthenticated")]
    assert "expired" in inventory.gaps[0].detail


def test_a_token_is_fetched_once_per_audience_by_many_threads():
    asked = []

    class Slow:
        def get_token_info(self, *scopes, options=None):
            asked.append(scopes)
            time.sleep(0.05)
            return AccessTokenInfo(scopes[0], int(time.time()) + 3600)

    shared = SharedCredential(Slow(), make=list)
    threads = [threading.Thread(target=shared.get_token, args=(f"scope{n % 2}",)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(asked) == [("scope0",), ("scope1",)]


def test_a_claims_challenge_is_passed_on_and_a_stale_token_renewed():
    options_seen = []

    class Counting:
        def get_token_info(self, *scopes, options=None):
            options_seen.append(dict(options))
            return AccessTokenInfo(str(len(options_seen)), int(time.time()) + (3600 if len(options_seen) > 1 else 60))

    shared = SharedCredential(Counting(), make=list)
    assert [shared.get_token_info("s").token for _ in range(3)] == ["1", "2", "2"]
    assert shared.get_token("s", claims="c").token == "3"
    assert options_seen[-1] == {"claims": "c"}
    assert shared.get_token("s").token == "3"


def test_a_refused_token_is_asked_for_again_only_after_a_while():
    now = [0.0]
    refusing = Refusing("AADSTS500011: not found")
    shared = SharedCredential(refusing, make=list, clock=lambda: now[0])
    for moment in (0, 1, 29, 31, 32):
        now[0] = moment
        with pytest.raises(ClientAuthenticationError, match="AADSTS500011"):
            shared.get_token_info("s")
    assert refusing.asked == 2


def test_the_libraries_are_silent_during_a_scan_and_as_before_after_it(arm, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("azure").setLevel(logging.DEBUG)
    try:
        arm.serve_chat()
        arm.collect(needs(DEPLOYMENT_TYPE))
        assert not [one for one in caplog.records if one.name.startswith(("azure", "urllib3", "msal"))]
        assert logging.getLogger("azure").level == logging.DEBUG
    finally:
        logging.getLogger("azure").setLevel(logging.NOTSET)


def test_importing_the_source_imports_neither_the_sdk_nor_requests():
    code = (
        "import sys, scanner.sources.azure as a; a.AzureSource(a.AzureOptions());"
        "sys.exit(any(n.partition('.')[0] in {'azure', 'requests', 'msal'} for n in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
