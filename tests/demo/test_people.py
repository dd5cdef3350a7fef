"""The made-up people and how they vote."""

from app.demo.people import MOST_CITIZENS, make_citizen
from app.demo.texts import BLANK, LIBRARY, PLAYGROUND


def test_no_two_citizens_share_a_name_or_an_address() -> None:
    people = [make_citizen(number) for number in range(MOST_CITIZENS)]

    assert len({person.name for person in people}) == MOST_CITIZENS
    assert len({person.email for person in people}) == MOST_CITIZENS
    assert {person.language for person in people} == {"en", "ko"}
    assert all(person.email.isascii() and person.email.endswith("@hanbit.example") for person in people)


def test_names_stand_in_both_scripts() -> None:
    assert make_citizen(0).name == "김서연 Kim Seo-yeon"
    assert make_citizen(0).email == "seoyeon.kim@hanbit.example"


def test_every_made_up_vote_is_one_that_the_question_allows() -> None:
    for text in (PLAYGROUND, LIBRARY):
        for question in text.questions:
            for number, vote in enumerate(question.votes):
                marks = question.marks(number)
                assert len(marks) == len(question.answers) + question.blank
                if vote == BLANK:
                    assert marks == [1] + [0] * len(question.answers)
                else:
                    assert question.minimum <= sum(marks) == len(vote) <= question.maximum


def test_votes_are_counted_question_by_question() -> None:
    assert LIBRARY.count([0, 1, 2, 11]) == [[1, 2, 1, 0, 0]]
    assert PLAYGROUND.count([0, 6]) == [[0, 1, 1, 0], [1, 0, 0, 1]]
