"""Reads YAML (and so JSON) into plain values plus the line and column of every node.

PyYAML's own composer does the parsing; what is added here is what a person's policy file needs: duplicate
keys are refused, aliases cannot explode, nesting is bounded, and dates stay the text they were written as.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from scanner.errors import PolicyError, Problem
from scanner.rules.place import Path, Place

MAX_BYTES = 5_000_000
MAX_NODES = 200_000
MAX_DEPTH = 100
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STANDARD = "tag:yaml.org,2002:"
_NULL, _BOOL = "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool"


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A document's plain value and where it stands."""

    value: Any
    place: Place


def read_yaml(text: bytes, file: str) -> list[YamlDocument]:
    """Read every document of a file; raises PolicyError with line and column where it is no good YAML."""
    if len(text) > MAX_BYTES:
        raise PolicyError(Problem(f"larger than {MAX_BYTES // 1_000_000} MB", file, hint="this is no policy file"))
    loader = None
    try:
        _bound_depth(text, file)
        loader = _Loader(text)
        documents = []
        while loader.check_node():
            builder = _Builder(file)
            value = builder.build(loader.get_node(), (), 0)
            documents.append(YamlDocument(value, Place(file, builder.marks)))
    except yaml.YAMLError as error:
        raise PolicyError(_problem(error, text, file)) from error
    except ValueError as error:
        raise PolicyError(Problem(f"YAML cannot be read: {error}", file)) from error
    else:
        return documents
    finally:
        if loader is not None:
            loader.dispose()


def _bound_depth(text: bytes, file: str) -> None:
    """Refuse deep nesting while it is still a flat list of events: libyaml's composer recurses on the C stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise PolicyError(Problem(f"is nested more than {MAX_DEPTH} deep", file, *_position(event.start_mark)))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _problem(error: yaml.YAMLError, text: bytes, file: str) -> Problem:
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count(b"\n", 0, error.position) + 1
        return Problem(f"is not UTF-8 text: {error.reason}", file, line, hint="save it as UTF-8")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is not YAML"
    return Problem(f"YAML cannot be read: {what}", file, *_position(mark))


def _position(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)


class _Builder:
    """Turns nodes into plain values; counts nodes, so that an alias bomb ends early."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.marks: dict[Path, tuple[int, int]] = {}
        self.nodes = 0

    def build(self, node: yaml.Node, path: Path, depth: int) -> Any:
        self.nodes += 1
        line, column = _position(node.start_mark)
        self.marks.setdefault(path, (line, column))
        if self.nodes > MAX_NODES:
            raise PolicyError(Problem("has too many nodes", self.file, line, column, "do its aliases multiply?"))
        if depth > MAX_DEPTH:
            raise PolicyError(Problem(f"is nested more than {MAX_DEPTH} deep", self.file, line, column))
        if not node.tag.startswith(_STANDARD):
            raise PolicyError(Problem(f"the tag {node.tag} is not supported", self.file, line, column))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, index), depth + 1) for index, child in enumerate(node.value)]
        return self._scalar(node, line, column)

    def _mapping(self, node: yaml.MappingNode, path: Path, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line, column = _position(key_node.start_mark)
            if not isinstance(key_node, yaml.ScalarNode):
                raise PolicyError(Problem("a key must be a text", self.file, line, column))
            key = str(key_node.value)
            if key_node.tag == "tag:yaml.org,2002:merge":
                raise PolicyError(Problem("merge keys (<<) are not supported", self.file, line, column, "write it out"))
            if key in result:
                raise PolicyError(Problem(f"the key '{key}' stands twice", self.file, line, column, "remove one"))
            self.marks[*path, key] = (line, column)
            result[key] = self.build(value_node, (*path, key), depth + 1)
        return result

    def _scalar(self, node: yaml.Node, line: int, column: int) -> Any:
        text = str(node.value)
        if node.tag == _NULL:
            return None
        if node.tag == _BOOL:
            return text.lower() in {"true", "yes", "on"}
        try:
            if node.tag == "tag:yaml.org,2002:int":
                return int(text.replace("_", ""), 0) if not text.lstrip("+-").isdigit() else int(text)
            if node.tag == "tag:yaml.org,2002:float":
                number = float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
                if number != number or abs(number) == float("inf"):  # noqa: PLR0124
                    raise PolicyError(Problem(f"{text} is no number", self.file, line, column))
                return number
        except ValueError:
            return text
        return text
