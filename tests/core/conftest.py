"""One finished election for each group, made once and altered by many tests."""

import pytest

from app.core.groups import BELENIOS_2048, ED25519, Group
from tests.core.kit import Sample, make_sample

GROUPS = (ED25519, BELENIOS_2048)


@pytest.fixture(scope="session", params=GROUPS, ids=lambda group: group.name)
def group(request: pytest.FixtureRequest) -> Group:
    return request.param


@pytest.fixture(scope="session")
def sample(group: Group) -> Sample:
    return make_sample(group)


@pytest.fixture(scope="session")
def ed25519_sample() -> Sample:
    return make_sample(ED25519)
