"""Azure Resource Manager made of canned answers."""

from collections.abc import Iterator

import pytest
import responses

from tests.sources.azure.fakes import FakeArm


@pytest.fixture
def arm() -> Iterator[FakeArm]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield FakeArm(mock)
