"""JSON Schema (draft 2020-12) of test files, for editors."""

from __future__ import annotations

from scanner.model.values import Json
from scanner.policies.schema import DIALECT, model_schema
from scanner.policy_tests.language import (
    CaseFileModel,
    CaseModel,
    DefaultsModel,
    FactModel,
    GapModel,
    PointsModel,
    QuotaModel,
)


def cases_schema() -> Json:
    """Give the schema of a test file."""
    file = model_schema(CaseFileModel)
    file["properties"]["defaults"] = {"$ref": "#/$defs/defaults"}
    file["properties"]["cases"]["items"] = {"$ref": "#/$defs/case"}
    lists: Json = {
        "facts": {"type": "array", "items": {"$ref": "#/$defs/fact"}},
        "gaps": {"type": "array", "items": {"$ref": "#/$defs/gap"}},
    }
    case, defaults = model_schema(CaseModel), model_schema(DefaultsModel)
    case["properties"] |= lists
    defaults["properties"] |= lists
    forms = [model_schema(model) for model in (FactModel, PointsModel, QuotaModel)]
    defs = {"case": case, "defaults": defaults, "fact": {"anyOf": forms}, "gap": model_schema(GapModel)}
    return {"$schema": DIALECT, "title": "azgate policy tests", **file, "$defs": defs}
