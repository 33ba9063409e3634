"""Makes an inventory of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from scanner.model.inventory import Gap, GapReason, Inventory, SourceInfo, distinct
from scanner.model.resource import Origin, Resource, normalise_id
from scanner.model.values import UNKNOWN, Json
from scanner.sources.governed import is_governed
from scanner.sources.json_document import JsonDocument
from scanner.sources.options import ReadOptions
from scanner.sources.terraform import azapi
from scanner.sources.terraform.arguments import Arguments
from scanner.sources.terraform.configuration import Configuration
from scanner.sources.terraform.identity import UNKNOWN_GROUP, Identities, known_id, lies_nowhere
from scanner.sources.terraform.mappings import AI_PREFIXES, MAPPINGS, PASSED_OVER
from scanner.sources.terraform.mappings.mapping import GROUP, Mapping
from scanner.sources.terraform.plan import TEMPLATE_DEPLOYMENTS, Existing, Planned, existing, read_plan
from scanner.sources.terraform.templates import read_deployment

NAME = "terraform-plan"
_CONTEXT = frozenset({"location", "tags", "kind", "sku", "identity", "displayName"})
"""What a data source has under the same names as the resource: what is below it may be judged by that."""


class Reading:
    """One plan on its way to an inventory."""

    def __init__(self, document: JsonDocument, options: ReadOptions) -> None:
        self._value: Json = document.value
        self._document = document
        self._file = document.file
        self._options = options
        self._plan = read_plan(self._value)
        self._existing = list(existing(self._value))
        self._identities = Identities(Configuration(self._value), self._plan.resources, options)
        self._identities.see(self._plan.resources, self._existing)
        self._gaps: list[Gap] = []
        self._found: dict[str, Resource] = {}
        self._again: list[Resource] = []
        self._said: list[str] = []

    def inventory(self) -> Inventory:
        """Read everything. Called once."""
        updates: list[Planned] = []
        removed: list[str] = []
        for planned in self._plan.resources:
            if not planned.managed:
                continue
            if planned.type == azapi.UPDATE:
                updates.append(planned)
            elif planned.type in TEMPLATE_DEPLOYMENTS:
                self._deploy(planned)
            else:
                removed.extend(self._take(planned))
        for planned in updates:
            self._update(planned)
        self._describe_plan()
        resources, overruled = distinct([*self._found.values(), *self._again, *self._around()])
        keys = {one.key for one in resources}
        gone = tuple(dict.fromkeys(one for one in removed if normalise_id(one) not in keys))
        source = SourceInfo(NAME, self._file)
        return Inventory(
            resources, (), tuple(self._gaps), (source,), overruled=overruled, removed=gone, notes=tuple(self._notes())
        )

    def _take(self, planned: Planned) -> Iterator[str]:
        """Keep a resource that stays; give the id of one that goes, or whose id the plan changes."""
        old = known_id(planned.mapping, planned.before)
        if not planned.stays:
            # What Terraform only forgets goes on existing.
            if "delete" in planned.actions and old:
                yield old
            return
        mapping = planned.mapping
        if mapping is None:
            return
        identity = self._identities.of(planned)
        if "delete" in planned.actions and old and normalise_id(old) != normalise_id(identity):
            yield old
        body = mapping.body(planned.arguments)
        resource = Resource(_resource_json(identity, mapping, body), self._origin(planned, mapping))
        if resource.key in self._found:
            self._again.append(resource)
        else:
            self._found[resource.key] = resource

    def _origin(self, planned: Planned, mapping: Mapping | None) -> Origin:
        return Origin(
            NAME,
            self._file,
            planned.pointer,
            declared=True,
            address=planned.address,
            judged=planned.changes or not self._options.changed_only,
            caveats=mapping.caveats if mapping else (),
        )

    def _update(self, planned: Planned) -> None:
        """Lay an azapi_update_resource over what it changes: in the plan, or in what exists."""
        mapping = planned.mapping
        if mapping is None or not planned.stays:
            return
        target = self._identities.target(planned)
        key = normalise_id(target) if target else ""
        there = self._found.get(key)
        base = there or self._options.context.by_key.get(key)
        if base is None:
            if is_governed(mapping.arm):
                detail = "what it changes is not in the plan; with --context it is judged together with what exists"
                self._gaps.append(Gap(planned.address, mapping.arm, GapReason.NOT_FOUND, detail))
            return
        changed: Json = azapi.merged(base.json, mapping.body(planned.arguments))
        origin = there.origin if there else self._origin(planned, mapping)
        caveats = tuple(one for one in origin.caveats if not _is_set(changed, one[0]))
        judged = origin.judged or planned.changes
        self._found[key] = Resource(changed, replace(origin, caveats=caveats, judged=judged))

    def _deploy(self, planned: Planned) -> None:
        """Keep what a template deployment brings."""
        if planned.stays:
            scope = self._identities.scope(planned)
            made = read_deployment(planned, scope, self._origin(planned, None), self._options)
            self._again.extend(made.resources)
            self._gaps.extend(made.gaps)
            self._said.extend(made.notes)

    def _around(self) -> Iterator[Resource]:
        """Give what is not judged but looked at: data sources, and groups of which nothing is known."""
        for one in self._existing:
            mapping = MAPPINGS.get(one.type)
            body = _context(one, mapping) if mapping else None
            if body is not None:
                yield Resource(body, Origin(NAME, self._file, declared=True, judged=False))
        nowhere = {one.id.partition(f"/{UNKNOWN_GROUP}")[0] for one in self._found.values() if lies_nowhere(one.id)}
        for place in sorted(nowhere):
            identity = f"{place}/{UNKNOWN_GROUP}"
            body = {"id": identity, "name": UNKNOWN_GROUP, "type": GROUP, "tags": UNKNOWN, "location": UNKNOWN}
            yield Resource(body, Origin(NAME, self._file, declared=True, judged=False))

    def _describe_plan(self) -> None:
        """Say what the plan does not hold."""
        for address, kind in self._plan.others:
            if kind.startswith(AI_PREFIXES) and not kind.startswith(PASSED_OVER):
                detail = f"azgate does not know the Terraform type {kind}"
                self._gaps.append(Gap(address, kind, GapReason.UNSUPPORTED, detail))
            elif kind in {azapi.RESOURCE, azapi.UPDATE}:
                detail = "which Azure type it has is known only after apply"
                self._gaps.append(Gap(address, kind, GapReason.UNSUPPORTED, detail))
        if self._plan.strange:
            count, first = len(self._plan.strange), ", ".join(self._plan.strange[:5])
            detail = f"{count} entries are no resource changes: {first}{' and others' if count > 5 else ''}"
            self._gaps.append(Gap(self._file, "resources", GapReason.MALFORMED, detail))
        if self._value.get("errored") is True:
            detail = "Terraform stopped with an error while it made this plan: what comes after is not in it"
            self._gaps.append(Gap(self._file, "plan", GapReason.TRUNCATED, detail))
        elif self._value.get("complete") is False:
            detail = "the plan is partial (a target, or deferred changes): a further plan will change more"
            self._gaps.append(Gap(self._file, "plan", GapReason.TRUNCATED, detail))

    def _notes(self) -> Iterator[str]:
        yield from self._said
        ignored = len(self._plan.others)
        if ignored:
            known = sum(one.managed and one.stays for one in self._plan.resources)
            yield f"{ignored} of {ignored + known} planned resources are of types azgate has no rule for"


def _resource_json(identity: str, mapping: Mapping, body: Json) -> Json:
    return {"id": identity, "name": identity.rpartition("/")[2], "type": mapping.arm, **body}


def _context(found: Existing, mapping: Mapping) -> Json | None:
    identity = known_id(mapping, found.values)
    if not identity:
        return None
    body = mapping.body(Arguments(found.values))
    return _resource_json(identity, mapping, {name: value for name, value in body.items() if name in _CONTEXT})


def _is_set(body: Any, path: str) -> bool:
    for step in path.split("."):
        body = body.get(step) if isinstance(body, dict) else body
        if body is None or body is UNKNOWN:
            break
    return body is not None
