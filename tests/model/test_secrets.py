"""What is stored of a resource holds no secrets, and nothing else is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.secrets import REDACTED, is_secret, without_secret_text, without_secrets, without_url_passwords

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


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "https://x.blob.core.windows.net/c/f?sp=r&sig=aB%2Bc%3D&se=2027",
            f"https://x.blob.core.windows.net/c/f?sp=r&sig={REDACTED}&se=2027",
        ),
        ("AccountName=a;AccountKey=aB+c==;EndpointSuffix=x", f"AccountName=a;AccountKey={REDACTED};EndpointSuffix=x"),
        ("Endpoint=sb://x/;SharedAccessKey=aB=", f"Endpoint=sb://x/;SharedAccessKey={REDACTED}"),
        ("train.py --api-key abc --epochs 3", f"train.py --api-key {REDACTED} --epochs 3"),
        ("run --key abc -token=abc", f"run --key {REDACTED} -token={REDACTED}"),
        ("--db-password=abc", f"--db-password={REDACTED}"),
        ("HF_TOKEN=abc python train.py", f"HF_TOKEN={REDACTED} python train.py"),
        ("curl -H 'Authorization: Bearer 0123456789abcdef.x'", f"curl -H 'Authorization: {REDACTED}'"),
        ("eyJhbGciOi.eyJzdWIiOi.c2ln", REDACTED),
        ("sk-proj-0123456789abcdef0123456789abcdef", REDACTED),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----", REDACTED),
    ],
)
def test_secrets_within_a_text_go_and_the_rest_of_it_stays(text, kept):
    assert without_secrets({"properties": {"command": text}}) == {"properties": {"command": kept}}


@pytest.mark.parametrize(
    "text",
    [
        "/subscriptions/s/resourceGroups/sk-production-openai-accounts-2026/providers/Microsoft.X/y/z",
        "train.py --max-tokens 100 --tokens=5",
        "the bearer of bad news; a non-secret word",
        "-----BEGIN CERTIFICATE-----\nMIIB",
        "ssh-rsa AAAAB3Nza= ops@contoso.com",
        "a=b",
    ],
)
def test_texts_without_secrets_stay_the_same_object(text):
    assert without_secret_text(text) is text


def test_a_link_to_the_next_page_leads_there_although_it_is_signed():
    page = {"value": [], "nextLink": "https://management.azure.com/x?sig=abc&$skiptoken=eyJhIjox.eyJiIjox"}

    assert without_secrets(page) is page


def test_a_text_of_megabytes_is_searched_in_one_go():
    text = "a-" * 1_000_000 + "= "

    assert without_secret_text(text) is text


def test_a_text_that_was_seen_before_is_given_back_as_the_object_it_is():
    first, second = ({"environment": str(b"prod", "ascii")} for _ in range(2))
    assert first["environment"] is not second["environment"]
    assert without_secrets(first) is first
    assert without_secrets(second) is second


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cannot read postgresql://me:hush@db/x", "cannot read postgresql://me:(redacted)@db/x"),
        ("postgresql://me:hu@sh@db/x", "postgresql://me:(redacted)@db/x"),
        (
            "postgresql://db/x?password=hush&sslpassword=hush2",
            "postgresql://db/x?password=(redacted)&sslpassword=(redacted)",
        ),
        ("postgresql://me@db:5432/x and https://db:80/x", "postgresql://me@db:5432/x and https://db:80/x"),
        ("no address: me:hush@db", "no address: me:hush@db"),
    ],
)
def test_no_password_of_a_url_is_shown(text, shown):
    assert without_url_passwords(text) == shown
