"""What Hanbit votes on, and how its made-up voters answer. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

BLANK = "-"


@dataclass(frozen=True)
class PolledQuestion:
    """A question, and the answers of one voter after the other, again from the start when they run out.

    Each answer is a word: "A" is the first answer, "BC" the second and third, "" none, BLANK the blank vote.
    """

    text: str
    answers: tuple[str, ...]
    votes: tuple[str, ...]
    minimum: int = 1
    maximum: int = 1
    blank: bool = False

    def marks(self, number: int) -> list[int]:
        """0 or 1 for each answer of voter `number`, the blank mark first where there is one."""
        vote = self.votes[number % len(self.votes)]
        marks = [int(chr(ord("A") + position) in vote) for position in range(len(self.answers))]
        return [int(vote == BLANK), *marks] if self.blank else marks


@dataclass(frozen=True)
class ElectionText:
    """An election as an official writes it; an empty district stands for the whole town."""

    name: str
    description: str
    questions: tuple[PolledQuestion, ...]
    district: str = ""

    def choices(self, number: int) -> list[list[int]]:
        """What voter `number` chooses, question by question."""
        return [question.marks(number) for question in self.questions]

    def count(self, numbers: Iterable[int]) -> list[list[int]]:
        """The result if exactly these voters vote."""
        ballots = [self.choices(number) for number in numbers]
        return [
            [sum(marks) for marks in zip(*(ballot[position] for ballot in ballots), strict=True)]
            for position in range(len(self.questions))
        ]


PLAYGROUND = ElectionText(
    "Which park gets the new playground? / 새 놀이터는 어느 공원에 지을까요?",
    "The town builds one playground next spring. / 내년 봄에 놀이터 하나를 새로 지어요.",
    (
        PolledQuestion(
            "Which park? / 어느 공원?",
            ("Willow Park / 버들공원", "Station Park / 역앞공원", "Hill Park / 언덕공원"),
            ("A", "B", "A", "C", "A", "B", "B", "A", "C", "B", "A", "-", "B", "A", "C", "B", "A"),
            blank=True,
        ),
        PolledQuestion(
            "What should it have? Up to two. / 무엇이 있으면 좋을까요? 두 개까지.",
            (
                "Swings / 그네",
                "Climbing wall / 암벽",
                "Sandpit / 모래밭",
                "Accessible roundabout / 무장애 회전놀이",
            ),
            ("AD", "D", "BD", "A", "CD", "AB", "", "AC", "D", "B", "AD", "CD", "BD"),
            minimum=0,
            maximum=2,
        ),
    ),
)
LIBRARY = ElectionText(
    "Where should the new library go? / 새 도서관은 어디에 지을까요?",
    "The council builds where most voters want it. / 가장 많은 표를 얻은 곳에 도서관을 지어요.",
    (
        PolledQuestion(
            "Where should the new library go? / 새 도서관은 어디에 지을까요?",
            (
                "Old post office / 옛 우체국",
                "Riverside car park / 강변 주차장",
                "Market Hall, upper floor / 장터 회관 2층",
                "School field / 학교 운동장 옆",
            ),
            ("A", "B", "A", "D", "B", "A", "C", "A", "B", "D", "A", "-", "C", "A", "B"),
            blank=True,
        ),
    ),
)
BICYCLE_LANE = ElectionText(
    "Should Riverside Road get a bicycle lane? / 강변로에 자전거 도로를 만들까요?",
    "For residents of Riverside; it takes the parking on one side. / 한쪽 주차 공간이 없어져요.",
    (
        PolledQuestion(
            "Should Riverside Road get a bicycle lane? / 강변로에 자전거 도로를 만들까요?",
            ("Yes / 네", "No / 아니요"),
            ("A", "B"),
            blank=True,
        ),
    ),
    district="riverside",
)
CAR_FREE_STREET = ElectionText(
    "Which street should become car-free on Sundays? / 일요일 차 없는 거리는 어디로 할까요?",
    "A trial of six months. / 여섯 달 동안 시험해 봐요.",
    (
        PolledQuestion(
            "Which street? / 어느 거리?",
            ("Market Street / 장터길", "Station Road / 역앞로", "Old Wall Lane / 옛성길"),
            ("A", "B", "C"),
        ),
    ),
)
