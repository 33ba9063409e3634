"""One template in one scope: its parameters, variables, functions, outputs, and the resources it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scanner.expressions.syntax import ExpressionError
from scanner.model.resource import normalise_id
from scanner.model.values import Json
from scanner.sources.arm_template.deferred import Deferred, Half, deferred, is_deferred, local_address
from scanner.sources.arm_template.evaluator import evaluate
from scanner.sources.arm_template.filling import fill, fill_strictly, loops_of, turns
from scanner.sources.arm_template.frame import Frame
from scanner.sources.arm_template.nearest import nearest
from scanner.sources.arm_template.reading import Path_, Reading, Site, Source
from scanner.sources.arm_template.schemas import is_secure, masked, mentions_secrets, refusal, resolved
from scanner.sources.arm_template.scopes import Scope
from scanner.sources.arm_template.spelling import TEMPLATE, spelt

if TYPE_CHECKING:
    from scanner.sources.arm_template.entry import Entry

Given = Callable[[], Any]
_MADE_ANEW = ("newGuid", "utcNow")
_WORKING = object()


class Deployment:
    """A template and what it is deployed with.

    `home` is what `resourceGroup()` and its like mean, `target` where resources go: they differ where a nested template
    is evaluated in the scope of its parent, whose `frame` is then that of all expressions in it. `given` are values of
    parameters by name in lower case, computed when they are asked for. `anchor` is the place that stands for all of a
    template that an expression makes. `made_by` is the resource that a nested deployment is.
    """

    def __init__(
        self,
        reading: Reading,
        template: Json,
        source: Source,
        *,
        path: Path_ = (),
        target: Scope,
        given: Mapping[str, Given] | None = None,
        name: str = "",
        location: Given | None = None,
        outer: Frame | None = None,
        depth: int = 0,
        anchor: Path_ | None = None,
        made_by: Entry | None = None,
    ) -> None:
        self.reading = reading
        self.template = spelt(template, TEMPLATE)
        self.source = source
        self.path = path
        self.target = target
        self.home: Scope = outer.deployment.home if outer is not None else target
        self.given = given or {}
        self.name = name
        self.location = location
        self.depth = depth
        self.anchor = anchor
        self.made_by = made_by
        self.uri = local_address(source.path) if source.path is not None else ""
        self.frame = outer or Frame(self, evaluate)
        self._entries: list[Entry] | None = None
        self._found: dict[str, Entry] = {}
        self._memo: dict[tuple[str, str], Any] = {}

    def _section(self, name: str) -> Json:
        found = self.template.get(name)
        return found if isinstance(found, dict) else {}

    @cached_property
    def _declared(self) -> dict[str, tuple[str, Any]]:
        return {name.lower(): (name, schema) for name, schema in self._section("parameters").items()}

    @cached_property
    def _secretive(self) -> bool:
        return mentions_secrets(self._section("definitions")) or mentions_secrets(self._section("parameters"))

    @cached_property
    def _variables(self) -> dict[str, tuple[Any, str]]:
        """The raw values and names by name in lower case; a copy loop makes the object that holds its variable."""
        section = self._section("variables")
        looped = loops_of(section.get("copy"))
        found = {name.lower(): (value, name) for name, value in section.items() if not (looped and name == "copy")}
        return {**found, **{loop["name"].lower(): ({"copy": [loop]}, "") for loop in looped}}

    def _site(self, what: str, path: Path_) -> Site:
        scope = f"{self.target.id}/providers/Microsoft.Resources/deployments/{self.name}" if self.name else ""
        return Site(self.reading, scope or self.source.file, what, (*self.path, *path))

    def _once(self, kind: str, name: str, make: Callable[[], Any]) -> Any:
        """Compute a parameter, variable or output once; raises ExpressionError where it rests on itself."""
        key = (kind, name.lower())
        if key not in self._memo:
            self._memo[key] = _WORKING
            try:
                self._memo[key] = make()
            finally:
                if self._memo[key] is _WORKING:
                    del self._memo[key]
        if self._memo[key] is _WORKING:
            raise ExpressionError(f"the {kind} '{name}' rests on itself")
        return self._memo[key]

    def parameter(self, name: str) -> Any:
        """Give the value of a parameter; raises ExpressionError where the template declares none of that name."""
        if name.lower() not in self._declared:
            known = [original for original, _ in self._declared.values()]
            raise ExpressionError(f"there is no parameter '{name}'", nearest(name, known))
        return self._once("parameter", name, lambda: self._parameter(*self._declared[name.lower()]))

    def _parameter(self, name: str, declared: Any) -> Any:
        definitions = self._section("definitions")
        schema = resolved(declared, definitions)
        label = f"{self.name}.{name}" if self.name else name
        given = self.given.get(name.lower())
        value = given() if given is not None else None
        if value is not None:
            pass  # null is what a module passes on that was given nothing: it means the default
        elif "defaultValue" in schema:
            site = self._site("parameters", ("parameters", name, "defaultValue"))
            value = self._artifacts(name) or fill(schema["defaultValue"], self.frame, site)
            if isinstance(value, Deferred) and any(word in value.text for word in _MADE_ANEW):
                value = deferred(label)
        elif schema.get("nullable") is not True and given is None:
            self.reading.notes.missing[label] = None
            value = deferred(label)
        if value is not None and (why := refusal(value, schema)):
            self._site("parameters", ("parameters", name)).wrong(ExpressionError(f"its value {why}"))
        return masked(value, schema, definitions, label) if self._secretive and not is_deferred(value) else value

    def _artifacts(self, name: str) -> str:
        """Give the folder of the template for the parameter that by convention says where its files are; else "".

        Its default is where the template was published; the files beside this one are what a deployment of it uploads
        (learn.microsoft.com/azure/azure-resource-manager/templates/best-practices).
        """
        default = resolved(self._declared[name.lower()][1], self._section("definitions")).get("defaultValue")
        if name.lower() != "_artifactslocation" or self.source.path is None or not isinstance(default, str):
            return ""
        folder = local_address(self.source.path.parent)
        return "" if default.startswith("[") else f"{folder}/" if default.endswith("/") else folder

    def variable(self, name: str) -> Any:
        """Give the value of a variable; raises ExpressionError where there is none of that name."""
        found = self._variables.get(name.lower())
        if found is None:
            raise ExpressionError(f"there is no variable '{name}'", nearest(name, self._section("variables")))
        raw, original = found
        site = self._site("variables", ("variables", original) if original else ("variables",))
        value = self._once("variable", name, lambda: fill(raw, self.frame, site))
        return value if original else next(iter(value.values()))

    def call_own(self, name: str, values: Sequence[Any], frame: Frame) -> Any:
        """Call one of the template's own functions, `namespace.name`; raises ExpressionError."""
        function = self._functions.get(name.lower())
        if function is None:
            raise ExpressionError(f"there is no function '{name}'", nearest(name, self._functions))
        listed, output = function.get("parameters"), function.get("output")
        declared = [part for part in listed if isinstance(part, dict)] if isinstance(listed, list) else []
        if len(values) > len(declared):
            raise ExpressionError(f"'{name}' takes {len(declared)} arguments, not {len(values)}")
        given = [*values, *([None] * (len(declared) - len(values)))]
        pairs = zip(declared, given, strict=True)
        inside = frame.in_function({str(part.get("name")).lower(): value for part, value in pairs})
        if not isinstance(output, dict):
            raise ExpressionError(f"the function '{name}' has no output")
        return fill_strictly(output.get("value"), inside)

    @cached_property
    def _functions(self) -> dict[str, Json]:
        found: dict[str, Json] = {}
        declared = self.template.get("functions")
        for space in declared if isinstance(declared, list) else ():
            members = space.get("members") if isinstance(space, dict) else None
            for name, function in members.items() if isinstance(members, dict) else ():
                if isinstance(function, dict):
                    found[f"{space.get('namespace')}.{name}".lower()] = function
        return found

    @cached_property
    def outputs(self) -> Outputs:
        """What `reference(...).outputs` of this deployment gives."""
        return Outputs(self)

    def output(self, name: str) -> Any:
        """Give the value of an output; deferred where there is none of that name, or it is secret."""
        section = {key.lower(): (key, inner) for key, inner in self._section("outputs").items()}
        original, declared = section.get(name.lower(), ("", None))
        if not isinstance(declared, dict):
            return deferred(f"{self.name}.outputs.{name}")
        schema = resolved(declared, self._section("definitions"))
        if is_secure(schema):
            return deferred(f"{self.name}.outputs.{name}")
        site = self._site("outputs", ("outputs", original))
        return self._once("output", name, lambda: self._output(declared, site))

    def _output(self, declared: Json, site: Site) -> Any:
        loop = declared.get("copy")
        if not isinstance(loop, dict):
            return fill(declared.get("value"), self.frame, site.at(("value",)))
        count = turns(loop.get("count"), self.frame)
        if is_deferred(count):
            return count
        inside = site.at(("copy", "input"))
        frames = (self.frame.in_loop("", turn) for turn in range(count))
        return [fill(loop.get("input"), frame, inside) for frame in frames]

    @property
    def entries(self) -> list[Entry]:
        """The resources that the template makes; none while it is being found out which."""
        if self._entries is None:
            self._entries = []
            self._entries = self.reading.expand(self)
            for entry in self._entries:
                self._found.setdefault(entry.name.lower(), entry)
            self._found.update({entry.label.lower(): entry for entry in self._entries if entry.label})
        return self._entries

    def find(self, name: str) -> Entry | None:
        """Give the resource that a reference means: by symbolic name, id, or name; None where it is none of these."""
        known = self.reading.entries
        _ = self.entries
        if name.startswith("/"):
            return known.get(normalise_id(name))
        found = self._found.get(name.lower())
        return found and known.get(normalise_id(found.id), found)

    def loop(self, symbol: str) -> list[Entry] | None:
        """Give the resources that the copy loop of a symbolic name makes; None where there is no such loop."""
        found = [entry for entry in self.entries if entry.symbol.lower() == symbol.lower()]
        return found or None


class Outputs(Half):
    """The outputs of a deployment, each computed when somebody asks for it."""

    def __init__(self, deployment: Deployment) -> None:
        super().__init__({}, f"{deployment.name}.outputs")
        self.deployment = deployment

    def member(self, key: Any) -> Any:
        """Give an output as `{value}`."""
        value = self.deployment.output(str(key))
        return Half({"value": value}, f"{self.text}.{key}")
