"""Who sees a request: who wrote it, and who answers for an agency that has a part of it."""

from app.accounts.policy import ROLE_PERMISSIONS, Role
from app.civil_requests.queries.requests import get_seen
from app.platform.permissions import Permission
from tests.civil_requests.conftest import Town
from tests.conftest import People

PAGES = ("", "/reply/1", "/appeal", "/rate", "/answer", "/publish", "/transfer")


def test_an_agencys_number_alone_opens_no_request(town: Town, people: People) -> None:
    reference = town.ask()
    for role in Role:
        people.create(role.value, role, agency_id=town.agencies["Roads"])
        browser = people.sign_in(role.value)
        answers = Permission.CIVIL_REQUEST_ANSWER in ROLE_PERMISSIONS[role]
        for page in PAGES:
            answer = browser.get(f"/civil-requests/{reference}{page}")
            assert (answer.status_code == 200) == answers, f"{role} {page}: {answer.status}"
            assert ("There is a deep hole" in answer.text) == answers, f"{role} {page}"


def test_whoever_wrote_it_sees_it_with_whatever_role(town: Town, people: People) -> None:
    people.create("clerk", Role.CITIZEN, Role.CLERK, agency_id=town.agencies["Roads"])
    reference = town.ask("clerk")
    assert get_seen(town.account("clerk"), reference).own_part is None
