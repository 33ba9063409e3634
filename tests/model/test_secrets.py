"""What is stored of a resource holds no secrets, and nothing else is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.secrets import REDACTED, is_secret, without_secrets

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "tags", "x"]), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "adminUserPassword",
        "clientSecret",
        "client_secret",
        "apiKey",
        "api-key",
        "primaryKey",
        "accessToken",
        "developerAppInsightsApiKey",
        "connectionString",
        "sasToken",
        "storageAccountKey",
        "SECRET",
        "credentials",
    ],
)
def test_names_of_secrets(name):
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "maxContextToken",
        "token",
        "keyName",
        "keyVaultUri",
        "keySource",
        "tokensPerMinute",
        "sshPublicKey",
        "key",
        "disableLocalAuth",
        "secretStore/x",
        "passwordless",
    ],
)
def test_names_of_no_secrets(name):
    assert not is_secret(name)


def test_secrets_go_and_everything_else_stays():
    job = {
        "id": "/j",
        "properties": {
            "jobType": "Command",
            "environmentVariables": {"HF_TOKEN": "hf_abc", "EPOCHS": "3", "EMPTY": "", "NUMBER": 5},
            "inputs": [{"apiKey": "k"}, {"uri": "azureml:data"}],
            "nested": {"password": None, "clientSecret": ""},
        },
    }
    assert without_secrets(job) == {
        "id": "/j",
        "properties": {
            "jobType": "Command",
            "environmentVariables": {"HF_TOKEN": REDACTED, "EPOCHS": REDACTED, "EMPTY": "", "NUMBER": 5},
            "inputs": [{"apiKey": REDACTED}, {"uri": "azureml:data"}],
            "nested": {"password": None, "clientSecret": ""},
        },
    }
    assert job["properties"]["inputs"][0] == {"apiKey": "k"}


@given(JSON)
def test_what_holds_no_secret_is_the_very_same_object(value):
    assert without_secrets(value) is value
