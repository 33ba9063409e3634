"""Template expressions: the grammar, what they refer to, and how a wrong one is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model.values import MISSING, UNKNOWN
from scanner.rules.environment import Environment
from scanner.rules.expressions import (
    UNSET,
    Dynamic,
    ExpressionError,
    Scope,
    compile_expression,
    fill_in,
    is_expression,
)
from scanner.rules.functions import CONTEXT, FUNCTIONS, LAZY
from scanner.rules.place import Place, Problems
from tests.factories import AS_OF, compiled_with_problems, make_inventory, make_resource, truth_of

PARAMETERS = {
    "limit": 5,
    "words": ["a", "B"],
    "rule": {"Access": "deny", "ports": [22, 3389]},
    "it's": "quoted",
    "none": None,
    "off": False,
}


def value_of(text: str, body: dict[str, Any] | None = None, parameters: dict[str, Any] | None = None) -> Any:
    """Give what an expression is worth for a resource with this body."""
    found = compile_expression(text, Scope(PARAMETERS if parameters is None else parameters))
    if not isinstance(found, Dynamic):
        return found
    resource = make_resource("Microsoft.Test/things", "it", **(body or {}))
    return found.get(resource, Environment(make_inventory(resource), AS_OF))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("[parameters('x')]", True),
        ("[]", True),
        ("[a", False),
        ("a]", False),
        ("[[a]", False),
        ("[[[a]]", False),
        ("", False),
        (" [a]", False),
        (5, False),
        (None, False),
        (["[a]"], False),
    ],
)
def test_an_expression_is_a_text_in_brackets(text, is_one):
    assert is_expression(text) is is_one


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("[[a]", "[a]"),
        ("[[parameters('x')]", "[parameters('x')]"),
        ("[[[a]]", "[[a]]"),
        ("[[a", "[[a"),
        ("[Preview]: a", "[Preview]: a"),
        ("a[0]", "a[0]"),
        ("", ""),
    ],
)
def test_a_doubled_bracket_begins_a_text_that_is_no_expression(text, literal):
    problems = Problems()
    assert fill_in(text, Scope({}), Place("f", {}), problems) == literal
    assert not problems.found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("['text']", "text"),
        ("['it''s']", "it's"),
        ("['']", ""),
        ("['a]b[c']", "a]b[c"),
        ("['''']", "'"),
        ("[5]", 5),
        ("[-5]", -5),
        ("[ 'a' ]", "a"),
        ("[\n concat( 'a' ,\t'b' )\n]", "ab"),
        ("[concat('a', concat('b', concat('c')))]", "abc"),
        ("[CONCAT('a', ToUpper('b'))]", "aB"),
        ("[parameters('limit')]", 5),
        ("[Parameters('LIMIT')]", 5),
        ("[parameters('it''s')]", "quoted"),
        ("[parameters('none')]", None),
        ("[parameters('off')]", False),
        ("[parameters('words')[1]]", "B"),
        ("[parameters('words')[sub(2, 1)]]", "B"),
        ("[parameters('words')[7]]", None),
        ("[parameters('words')[-1]]", None),
        ("[parameters('rule').access]", "deny"),
        ("[parameters('rule')['ACCESS']]", "deny"),
        ("[parameters('rule').ports[1]]", 3389),
        ("[parameters('rule').nothing]", None),
        ("[parameters('rule').nothing.further]", None),
        ("[parameters('limit').nothing]", None),
        ("[first(parameters('words'))]", "a"),
        ("[createArray(first(createArray()), 'x')]", [None, "x"]),
    ],
)
def test_what_rests_on_parameters_alone_is_computed_at_once(text, value):
    found = compile_expression(text, Scope(PARAMETERS))
    assert found == value
    assert type(found) is type(value)


def test_expressions_are_filled_in_all_the_way_down():
    problems = Problems()
    tree = {"a": ["[parameters('limit')]", {"b": "[parameters('words')]"}], "c": "plain", "d": 3}
    assert fill_in(tree, Scope(PARAMETERS), Place("f", {}), problems) == {
        "a": [5, {"b": ["a", "B"]}],
        "c": "plain",
        "d": 3,
    }


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[]", "has the end where a value should be", ""),
        ("[ ]", "has the end where a value should be", ""),
        ("[parameters('limt')]", "unknown parameter 'limt'", "did you mean 'limit'?"),
        ("[parameters('wholly-other')]", "unknown parameter 'wholly-other'", "known are: it's, limit, none, off, rule"),
        ("[parameters(limit)]", "has 'limit' where a value should be", ""),
        ("[parameters('a', 'b')]", "'parameters' takes one text", ""),
        ("[parameters()]", "'parameters' takes one text", ""),
        ("[parameters(5)]", "'parameters' takes one text", ""),
        ("[parameters(field('kind'))]", "'parameters' takes one text", ""),
        ("[field()]", "'field' takes one text", ""),
        ("[field('')]", "'' is no path", ""),
        ("[field('a..b')]", "'a..b' is no path", ""),
        ("[field('Microsoft.X/y')]", "is no alias", ""),
        ("[current()]", "stands in no count", ""),
        ("[variables('x')]", "the function 'variables' is not supported", ""),
        ("[reference('x').y]", "the function 'reference' is not supported", ""),
        ("[conct('a')]", "the function 'conct' is not supported", "did you mean 'concat'?"),
        ("[a()]", "the function 'a' is not supported", ""),
        ("[concat('a']", "has the end where ')' should be", ""),
        ("[concat('a' 'b')]", "has ''b'' where ')' should be", ""),
        ("[concat('a',)]", "has ')' where a value should be", ""),
        ("[concat(,)]", "has ',' where a value should be", ""),
        ("[concat('a'))]", "goes on with ')' where it should end", ""),
        ("['a' 'b']", "goes on with ''b'' where it should end", ""),
        ("['a]", "is not understood at ''a'", ""),
        ("[5.5.]", "where a property should be", ""),
        ("[concat('a').]", "has the end where a value should be", ""),
        ("[concat('a')[0]", "has the end where ']' should be", ""),
        ("[concat('a')[]]", "has ']' where a value should be", ""),
        ("[kind]", "has 'kind' where a value should be", ""),
        ("[1 + 2]", "is not understood at '+ 2'", ""),
        ("[\N{LATIN SMALL LETTER E WITH ACUTE}()]", "is not understood", ""),
        ("[concat(1, 99999999999999999999)]", "the number 99999999999999999999 in the expression", ""),
        (f"[{'9' * 5000}]", "is too large", ""),
        (f"['{'x' * 82_000}']", "is longer than 81920 characters", ""),
        ("[not('maybe')]", "cannot be computed", "do the types of its arguments fit?"),
        ("[div(1, 0)]", "cannot be computed", "do the types of its arguments fit?"),
        ("[add('a', 1)]", "cannot be computed", "do the types of its arguments fit?"),
        ("[if()]", "'if' takes 3 arguments, not 0, in the expression [if()]", ""),
        ("[if(true(), 1)]", "'if' takes 3 arguments, not 2", ""),
        ("[not(true(), false())]", "'not' takes 1 argument, not 2", ""),
        ("[and(true())]", "'and' takes 2 to 1000 arguments, not 1", ""),
        ("[padLeft('a')]", "'padLeft' takes 2 to 3 arguments, not 1", ""),
        ("[true(1)]", "'true' takes no arguments, not 1", ""),
        ("[utcNow('yyyy')]", "'utcNow' takes no arguments, not 1", ""),
        ("[resourceGroup('rg')]", "'resourceGroup' takes no arguments, not 1", ""),
    ],
)
def test_what_is_wrong_with_an_expression_is_said(text, message, hint):
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, Scope(PARAMETERS))
    assert message in str(caught.value)
    assert caught.value.hint.startswith(hint)
    assert bool(caught.value.hint) is bool(hint)


@pytest.mark.parametrize("name", sorted({**FUNCTIONS, **LAZY}))
def test_no_function_takes_more_or_fewer_arguments_than_it_has(name):
    function = FUNCTIONS.get(name) or LAZY[name]
    for number in {function.least - 1, function.most + 1}:
        if number >= 0:
            with pytest.raises(ExpressionError, match=f"'{name}' takes .* not {number}"):
                compile_expression(f"[{name}({', '.join(['1'] * number)})]", Scope({}))


@pytest.mark.parametrize("name", sorted(CONTEXT))
def test_what_is_around_a_resource_takes_no_argument(name):
    with pytest.raises(ExpressionError, match="takes no arguments"):
        compile_expression(f"[{name}('x')]", Scope({}))


def test_a_parameter_without_a_value_is_an_error_only_where_it_is_used():
    scope = Scope({"subnet": UNSET, "other": 1})
    assert compile_expression("[parameters('other')]", scope) == 1
    with pytest.raises(ExpressionError, match="the parameter 'subnet' has no default") as caught:
        compile_expression("[parameters('subnet')]", scope)
    assert caught.value.hint == "give --parameter subnet=VALUE"


def test_a_parameter_may_depend_on_the_resource():
    kind = compile_expression("[field('kind')]", Scope({}))
    found = compile_expression("[concat(parameters('kind'), '!')]", Scope({"kind": kind}))
    resource = make_resource("Microsoft.Test/things", "it", kind="OpenAI")
    assert found.get(resource, Environment(make_inventory(resource), AS_OF)) == "OpenAI!"


def test_an_error_names_file_line_and_column():
    place = Place("policies/a.yaml", {(): (1, 1), ("assert",): (7, 5), ("assert", "equals"): (7, 20)})
    problems = Problems()
    fill_in({"equals": "[reference('x')]"}, Scope({}), place / "assert", problems)
    assert [str(problem) for problem in problems.found] == [
        "policies/a.yaml:7:20: the function 'reference' is not supported"
    ]


def test_a_wrong_expression_is_told_once_and_not_again_as_a_wrong_condition():
    for tree in (
        {"field": "[reference('x')]", "equals": 1},
        {"field": "kind", "equals": "[reference('x')]"},
        {"value": "[reference('x')]", "in": "[reference('x')]"},
        {"count": {"value": "[reference('x')]"}, "equals": 0},
        {"requiredTags": "[reference('x')]"},
    ):
        _, problems = compiled_with_problems(tree)
        assert {problem.message for problem in problems.found} == {"the function 'reference' is not supported"}


def nested(depth: int) -> str:
    return "[" + "concat(" * depth + "'a'" + ")" * depth + "]"


def test_nesting_is_bounded_as_in_azure_policy():
    assert compile_expression(nested(64), Scope({})) == "a"
    with pytest.raises(ExpressionError, match="nested more than 64 deep"):
        compile_expression(nested(65), Scope({}))
    with pytest.raises(ExpressionError, match="nested more than 64 deep"):
        compile_expression(nested(5000), Scope({}))
    with pytest.raises(ExpressionError, match="nested more than 64 deep"):
        compile_expression(f"[field('a'){'.b' * 70}]", Scope({}))
    with pytest.raises(ExpressionError, match="nested more than 64 deep"):
        compile_expression("[" + "field('a')[" * 3000 + "]", Scope({}))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[field('kind')]", "OpenAI"),
        ("[Field('KIND')]", "OpenAI"),
        ("[field('name')]", "it"),
        ("[field('tags')]", {"env": "prod", "it's": "x"}),
        ("[field('tags.env')]", "prod"),
        ("[field('tags[''env'']')]", "prod"),
        ("[field('tags[''it''''s'']')]", "x"),
        ("[field(concat('tags[', parameters('tag'), ']'))]", "prod"),
        ("[field('properties.list')]", [1, 2]),
        ("[field('properties.list')[1]]", 2),
        ("[field('properties.list[*]')]", [1, 2]),
        ("[field('properties.objects[*].a')]", ["x", None]),
        ("[field('properties.objects[*].inner[*]')]", [1, 2, 3]),
        ("[field('properties.objects[*].inner')]", [[1, 2], [3]]),
        ("[field('properties.none[*]')]", []),
        ("[field('properties.none[*].a')]", []),
        ("[length(field('properties.objects[*].a'))]", 2),
        ("[field('properties.none')]", MISSING),
        ("[field('properties.hidden')]", UNKNOWN),
        ("[field('properties.hidden[*]')]", UNKNOWN),
        ("[concat(field('properties.hidden'), 'x')]", UNKNOWN),
        ("[field('properties.hidden').x]", UNKNOWN),
        ("[field('properties.half').known]", "k"),
        ("[field('properties.half').hidden]", UNKNOWN),
        ("[substring(field('kind'), 0, 99)]", UNKNOWN),
        ("[if(greater(length(field('kind')), 99), substring(field('kind'), 0, 99), 'short')]", "short"),
        ("[field('kind').nothing]", MISSING),
    ],
)
def test_what_rests_on_the_resource_is_computed_for_each(text, value):
    body = {
        "kind": "OpenAI",
        "tags": {"env": "prod", "it's": "x"},
        "properties": {
            "list": [1, 2],
            "objects": [{"a": "x", "inner": [1, 2]}, {"inner": [3]}],
            "hidden": UNKNOWN,
            "half": {"known": "k", "hidden": UNKNOWN},
        },
    }
    assert value_of(text, body, {"tag": "env"}) == value


def test_current_means_the_member_that_a_count_is_at():
    body = {"properties": {"list": ["prefix1_a", "b"], "objects": [{"a": 1}, {"a": 2}]}}
    values = {"value": ["prefix1_*", "x*"], "where": {"field": "properties.list[*]", "notLike": "[current()]"}}
    assert truth_of({"count": values, "equals": 1}, body) is True

    member = {"value": "[current('properties.objects[*].a')]", "equals": 2}
    assert truth_of({"count": {"field": "properties.objects[*]", "where": member}, "equals": 1}, body) is True
    whole = {"value": "[current().a]", "equals": 2}
    assert truth_of({"count": {"field": "properties.objects[*]", "where": whole}, "equals": 1}, body) is True
    default = {"value": "[current('default')]", "equals": 2}
    assert truth_of({"count": {"value": [1, 2], "where": default}, "equals": 1}, body) is True


def test_nested_counts_know_each_others_members():
    inner = {
        "count": {
            "field": "properties.objects[*]",
            "where": {"field": "properties.objects[*].a", "equals": "[current('wanted').a]"},
        },
        "equals": 1,
    }
    tree = {"count": {"value": [{"a": 1}, {"a": 2}, {"a": 9}], "name": "wanted", "where": inner}, "equals": 2}
    assert truth_of(tree, {"properties": {"objects": [{"a": 1}, {"a": 2}]}}) is True


def test_the_name_of_a_count_never_hides_a_field():
    tree = {"count": {"value": ["OpenAI", "x"], "name": "kind", "where": {"field": "kind", "equals": "[current()]"}}}
    assert truth_of({**tree, "equals": 1}, {"kind": "OpenAI"}) is True


def test_only_the_where_of_a_count_knows_its_member():
    tree = {
        "count": {
            "value": [["a", "b"], ["c"]],
            "name": "outer",
            "where": {
                "count": {
                    "value": "[current('outer')]",
                    "name": "inner",
                    "where": {"value": "[current()]", "like": "*"},
                },
                "equals": 2,
            },
        },
        "equals": 1,
    }
    assert truth_of(tree, {}) is True
    _, problems = compiled_with_problems({"count": {"value": "[current()]", "name": "x"}, "equals": 0})
    assert "stands in no count" in problems.found[0].message


@pytest.mark.parametrize("name", ["other", "properties.lost[*]", "properties.list", "li"])
def test_current_of_no_count_is_refused(name):
    where = {"value": f"[current('{name}')]", "equals": 1}
    _, problems = compiled_with_problems({"count": {"field": "properties.list[*]", "where": where}, "equals": 0})
    assert f"current('{name}')" in problems.found[0].message
    assert "names no count around it" in problems.found[0].message


signs = st.sampled_from(
    [*"()[].,' -_5a\n", "''", "concat(", "field('", "parameters('", "current(", "')", "if(", "\x00"]
)
words = st.sampled_from(
    ["concat", "field", "if", "not", "utcNow", "resourceGroup", "first", "padLeft", "json", "range"]
)


@settings(max_examples=500)
@given(st.one_of(st.text(), st.lists(st.one_of(signs, words, st.text(max_size=3))).map("".join)))
def test_any_text_between_brackets_compiles_or_is_refused_with_words(text):
    try:
        found = compile_expression(f"[{text}]", Scope(PARAMETERS))
    except ExpressionError as error:
        assert str(error)  # noqa: PT017 - that nothing else is raised is the point
        return
    if isinstance(found, Dynamic):
        resource = make_resource("Microsoft.Test/things", "it", kind="OpenAI")
        found.get(resource, Environment(make_inventory(resource), AS_OF))


calls = st.recursive(
    st.sampled_from(
        ["'a'", "5", "-1", "''", "field('kind')", "field('a[*]')", "parameters('rule')", "null()", "'{\"a\":1}'"]
    ),
    lambda inner: st.builds(
        lambda name, arguments: f"{name}({', '.join(arguments)})",
        st.sampled_from(sorted({**FUNCTIONS, **LAZY})),
        st.lists(inner, max_size=4),
    ),
    max_leaves=6,
)


@settings(max_examples=500)
@given(calls, st.sampled_from([{}, {"kind": "OpenAI"}, {"kind": UNKNOWN, "a": [1, UNKNOWN]}, {"a": ["x"], "kind": 5}]))
def test_no_call_of_functions_crashes_whatever_it_is_given(text, body):
    try:
        value_of(f"[{text}]", body)
    except ExpressionError as error:
        assert str(error)  # noqa: PT017
