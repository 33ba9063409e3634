"""Named assertions: what governance of AI needs beyond conditions on fields.

Adding one is one file here and one line in `ASSERTIONS`; its JSON Schema, its place in the policy language and
its documentation follow from the class.
"""

from __future__ import annotations

from scanner.rules.assertions.base import Assertion
from scanner.rules.assertions.job_time_limit import JobTimeLimit
from scanner.rules.assertions.metric import Metric
from scanner.rules.assertions.quota import QuotaHeadroom, QuotaShare
from scanner.rules.assertions.rate_limit import RateLimit
from scanner.rules.assertions.required_tags import RequiredTags
from scanner.rules.assertions.scale_to_zero import ScaleToZero
from scanner.rules.assertions.tag_values import TagValues

ASSERTIONS: dict[str, type[Assertion]] = {
    "requiredTags": RequiredTags,
    "tagValues": TagValues,
    "scaleToZero": ScaleToZero,
    "jobTimeLimit": JobTimeLimit,
    "rateLimit": RateLimit,
    "quotaShare": QuotaShare,
    "quotaHeadroom": QuotaHeadroom,
    "metric": Metric,
}

__all__ = ["ASSERTIONS", "Assertion"]
