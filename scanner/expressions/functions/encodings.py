"""Base64, data URIs and URIs.

learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any
from urllib.parse import quote, unquote, urljoin

from scanner.expressions.functions.arguments import Function, string


def _base64(value: Any) -> str:
    return b64encode(string(value).encode()).decode()


def _from_base64(value: Any) -> str:
    return b64decode(string(value), validate=True).decode()


def _data_uri(value: Any) -> str:
    return f"data:text/plain;charset=utf8;base64,{_base64(value)}"


def _from_data_uri(value: Any) -> str:
    head, comma, body = string(value).partition(",")
    if not comma or not head.lower().startswith("data:"):
        raise ValueError(value)
    return _from_base64(body) if head.lower().endswith(";base64") else unquote(body)


def _uri(base: Any, relative: Any) -> str:
    """Join as .NET's `Uri` does: what stands behind the last slash of the base is replaced."""
    return urljoin(string(base), string(relative))


def _uri_component(value: Any) -> str:
    return quote(string(value), safe="-_.~")


FUNCTIONS = {
    "base64": Function(_base64, 1, 1),
    "base64tojson": Function(lambda value: json.loads(_from_base64(value)), 1, 1),
    "base64tostring": Function(_from_base64, 1, 1),
    "datauri": Function(_data_uri, 1, 1),
    "datauritostring": Function(_from_data_uri, 1, 1),
    "uri": Function(_uri, 2, 2),
    "uricomponent": Function(_uri_component, 1, 1),
    "uricomponenttostring": Function(lambda value: unquote(string(value)), 1, 1),
}
