"""Hypothesis strategies: elections with their votes."""

from dataclasses import dataclass

from hypothesis import strategies as st

from app.core.questions.homomorphic import HomomorphicQuestion

Marks = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class PlannedElection:
    """Questions, the weight of each voter, and (voter, marks) for each ballot in the order of casting."""

    questions: tuple[HomomorphicQuestion, ...]
    weights: tuple[int, ...]
    votes: tuple[tuple[int, Marks], ...]


@st.composite
def questions(draw: st.DrawFn) -> HomomorphicQuestion:
    """A homomorphic question with any bounds that its answers allow."""
    answers = draw(st.integers(1, 4))
    maximum = draw(st.integers(0, answers))
    minimum = draw(st.integers(0, maximum))
    texts = draw(st.lists(st.text('가나다AB "\\\u2028é', max_size=5), min_size=answers, max_size=answers))
    return HomomorphicQuestion(draw(st.text(max_size=5)), tuple(texts), minimum, maximum, draw(st.booleans()))


@st.composite
def marks_for(draw: st.DrawFn, question: HomomorphicQuestion) -> tuple[int, ...]:
    """An allowed answer: 0 or 1 for each choice."""
    places = len(question.answers)
    if question.blank and draw(st.booleans()):
        return (1,) + (0,) * places
    count = draw(st.integers(question.minimum, question.maximum))
    crossed = draw(st.permutations(range(places)))[:count]
    return (0,) * question.blank + tuple(int(place in crossed) for place in range(places))


@st.composite
def planned_elections(draw: st.DrawFn, most_questions: int = 5) -> PlannedElection:
    """An election of a few voters, some of whom vote again and some not at all."""
    asked = tuple(draw(st.lists(questions(), min_size=1, max_size=most_questions)))
    weights = tuple(draw(st.lists(st.sampled_from([1, 1, 1, 2, 7, 1000]), min_size=1, max_size=4)))
    voters = draw(st.lists(st.integers(0, len(weights) - 1), max_size=5))
    votes = tuple((voter, tuple(draw(marks_for(question)) for question in asked)) for voter in voters)
    return PlannedElection(asked, weights, votes)
