"""The table of states and acts: what it lists is done, everything else is refused."""

import itertools

import pytest

from app.elections import rules
from app.elections.rules import Act, ElectionState

LISTED = {
    ("draft", "edit"): "draft",
    ("draft", "fix-roll"): "draft",
    ("draft", "register-trustee"): "draft",
    ("draft", "publish-credentials"): "draft",
    ("draft", "set-up"): "ready",
    ("draft", "cancel"): "cancelled",
    ("ready", "open"): "open",
    ("ready", "cancel"): "cancelled",
    ("open", "cast"): "open",
    ("open", "close"): "closed",
    ("closed", "compute-tally"): "decrypting",
    ("decrypting", "decrypt"): "decrypting",
    ("decrypting", "publish-result"): "finished",
}


@pytest.mark.parametrize(("state", "act"), list(itertools.product(ElectionState, Act)))
def test_every_pair_is_either_listed_or_refused(state: ElectionState, act: Act) -> None:
    wanted = LISTED.get((state.value, act.value))
    if wanted is not None:
        assert rules.next_state(state, act) == wanted
        return
    with pytest.raises(rules.ActNotAllowed):
        rules.next_state(state, act)


@pytest.mark.parametrize(
    ("answers", "minimum", "maximum"),
    [([], 0, 0), (["a", "a"], 1, 1), (["a"], 1, 2), (["a", "b"], 2, 1), (["a"], -1, 1), (["a"], 0, 0)],
)
def test_a_question_that_nobody_could_answer_is_refused(
    answers: list[str], minimum: int, maximum: int
) -> None:
    with pytest.raises(rules.QuestionInvalid):
        rules.ensure_question(answers, minimum, maximum)


def test_a_draft_names_the_steps_that_it_lacks() -> None:
    missing = rules.missing_steps(
        question_count=1, roll_size=0, trustee_count=2, registered_count=1, has_credentials=False
    )
    assert missing == ["roll", "trustees", "credentials"]
