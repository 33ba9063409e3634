"""What a section of a parameters file may be chosen by."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.errors import PolicyError
from scanner.policies.sections import read_parameter_file


@pytest.mark.parametrize(
    "when",
    [
        {"budget": {}},
        {"holdsAiResources": {}},
        {"not": {"children": {"type": "Microsoft.CognitiveServices/accounts/deployments"}}},
    ],
)
def test_a_section_is_not_chosen_by_what_is_around_the_resource(when: Any):
    text = f"sections: [{{when: {when}, parameters: {{maxNodes: 3}}}}]".encode()

    with pytest.raises(PolicyError, match="not by what is around it"):
        read_parameter_file(text, "parameters.yaml")


def test_a_section_is_chosen_by_a_tag():
    text = b"sections: [{when: {field: effectiveTags.environment, equals: prod}, parameters: {maxNodes: 3}}]"

    assert len(read_parameter_file(text, "parameters.yaml").sections) == 1
