"""How far a scan looked, against the definition in its plainest form."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.model.inventory import Gap, GapReason
from scanner.model.reach import Reach
from scanner.model.resource import normalise_id, type_of_id

SUBSCRIPTIONS = ["/subscriptions/a", "/subscriptions/ab"]
GROUPS = [f"{one}/resourceGroups/{name}" for one in SUBSCRIPTIONS for name in ("g", "gg")]
RESOURCES = [f"{group}/providers/Microsoft.{kind}/accounts/n" for group in GROUPS for kind in ("X", "Y")]
SEATS = ["/providers/GitHub.Copilot/seats/jonas", "file.json#3"]
EVERYWHERE = [*SUBSCRIPTIONS, *GROUPS, *RESOURCES, *SEATS]
WHATS = ["Microsoft.X/accounts", "Microsoft.Resources/subscriptions/resourceGroups", "metrics"]

gaps = st.builds(
    Gap, st.sampled_from([*EVERYWHERE, "in.json", "/"]), st.sampled_from(WHATS), st.just(GapReason.FORBIDDEN)
)


def lies_in(key: str, scope: str) -> bool:
    return scope == "/" or (key + "/").startswith(scope.rstrip("/") + "/")


def plainly_seen(scopes: list[str], read: list[str], found: list[Gap], resource: str) -> bool:
    key, keys = normalise_id(resource), {normalise_id(one) for one in read}
    if key in keys:
        return True
    below = [normalise_id(one) for one in scopes] or [
        "/".join(one.split("/")[: 3 if one.startswith("/subscriptions/") else 2]) for one in keys
    ]
    if not any(lies_in(key, one) for one in below):
        return False
    for gap in found:
        scope, what = normalise_id(gap.scope), gap.what.lower()
        everywhere = not scope.startswith(("/subscriptions/", "/providers/"))
        provider = type_of_id(key).partition("/")[0]
        concerned = "/" not in what or what.startswith((f"{provider}/", "microsoft.resources/"))
        if concerned and (everywhere or lies_in(key, scope)):
            return False
    return True


@given(
    scopes=st.lists(st.sampled_from([*SUBSCRIPTIONS, *GROUPS, "/"]), max_size=3),
    read=st.lists(st.sampled_from(RESOURCES + SEATS), max_size=3),
    found=st.lists(gaps, max_size=2),
    resource=st.sampled_from(EVERYWHERE),
)
def test_a_resource_was_seen_where_it_was_read_or_would_have_been(scopes, read, found, resource):
    reach = Reach(tuple(scopes), {normalise_id(one) for one in read}, tuple(found))
    assert reach.saw(resource.upper()) == plainly_seen(scopes, read, found, resource.upper())
