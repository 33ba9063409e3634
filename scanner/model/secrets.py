"""Keeps secrets out of what is stored: what a value's name or its own text says is secret is never kept.

Azure does not return keys in its lists, but what people put into a job's environment variables, command line
and data paths, or into free-form properties and tags, comes back as it was written.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

REDACTED = "(redacted)"
_NAMES = re.compile(
    r".*(password|passwd|pwd|secret|secretvalue|apikey|accesskey|accountkey|primarykey|secondarykey|privatekey"
    r"|sharedkey|masterkey|connectionstring|accesstoken|refreshtoken|bearertoken|authtoken|sastoken|credential)s?",
    re.IGNORECASE,
)
_FREE_MAPS = frozenset({"environmentvariables"})
"""Maps whose names and values people choose: every value may be a secret."""
_LINKS = frozenset({"nextlink", "@odata.nextlink", "nextpagelink", "$skiptoken"})
"""They lead to the next page as they are, and what they hold is Azure's."""
_WORDS = r"(?:password|passwd|pwd|secret|api[-_]?key|access[-_]?key|(?:access|auth|hf|sas)[-_]?token)"
# No alternative begins with a repetition, so that a text of megabytes is searched in one go.
SECRET_TEXT = re.compile(
    rf"((?:\bsig|(?:account|sharedaccess|shared)key|{_WORDS})=|(?:^|\s)--?(?:key|token|(?:\w{{1,20}}[-_]){{0,2}}{_WORDS})[\s=]+)"
    r"[^\s&;,\"'<>]+"
    r"|\bbearer\s+[\w\-.~+/]{16,}=*"
    r"|\bsk-(?:\w{2,8}-)?[a-z0-9]{32,}"
    r"|\beyJ[\w-]+\.eyJ[\w.-]+"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*-----)?",
    re.IGNORECASE,
)
"""Shared access signatures, keys of connection strings and command lines, tokens, private keys."""

_URL_PASSWORD = re.compile(r"(\b[a-z][a-z0-9+.-]{0,30}://[^\s/:@]*:)\S*(?=@)|([?&]\w*password=)[^\s&]+", re.IGNORECASE)


@lru_cache(maxsize=8192)
def is_secret(name: str) -> bool:
    """Say whether a value of that name may be a secret; separators in the name do not matter."""
    return _NAMES.fullmatch(re.sub(r"[-_. ]", "", name)) is not None


def without_secret_text(text: str) -> str:
    """Give `text` with what is secret in it blacked out; the very same object where there is nothing."""
    if "=" not in text and " " not in text and "eyJ" not in text and "sk-" not in text:
        return text
    cleaned = SECRET_TEXT.sub(lambda found: f"{found[1] or ''}{REDACTED}", text)
    return text if cleaned == text else cleaned


def without_url_passwords(text: str) -> str:
    """Give `text` with the password of every URL in it blacked out: `scheme://user:password@host`, `?password=`."""
    if "://" not in text:
        return text
    return _URL_PASSWORD.sub(lambda found: f"{found[1] or found[2]}{REDACTED}", text)


def without_secrets(value: Any) -> Any:
    """Give `value` without secrets; the very same object where there are none in it."""
    if isinstance(value, str):
        return without_secret_text(value)
    if isinstance(value, dict):
        changed: dict[str, Any] = {}
        for key, inner in value.items():
            kept = _kept(key, inner)
            if kept is not inner:
                changed[key] = kept
        return {**value, **changed} if changed else value
    if isinstance(value, list):
        members = [without_secrets(member) for member in value]
        return members if any(new is not old for new, old in zip(members, value, strict=True)) else value
    return value


def _kept(key: str, value: Any) -> Any:
    if isinstance(value, str):
        kept = _kept_short(key, value) if len(value) <= _SHORT else _kept_text(key, value)
        return value if kept == value else kept
    if isinstance(value, dict) and key.lower() in _FREE_MAPS:
        return {name: REDACTED if isinstance(inner, str) and inner else inner for name, inner in value.items()}
    return without_secrets(value) if isinstance(value, (dict, list)) else value


def _kept_text(key: str, value: str) -> str:
    if value and is_secret(key):
        return REDACTED
    return value if key.lower() in _LINKS else without_secret_text(value)


_SHORT = 100
# Tags and settings of a tenant repeat: most of them have been looked at before.
_kept_short = lru_cache(maxsize=8192)(_kept_text)
