"""Forms of civil requests."""

from app.civil_requests.forms.filing import AppealForm, RateForm, ReplyForm, SendForm
from app.civil_requests.forms.handling import (
    AnswerForm,
    AskForm,
    CloseForm,
    DecideForm,
    ExtendForm,
    MergeForm,
    PublishForm,
    SplitForm,
    TransferForm,
)

__all__ = [
    "AnswerForm",
    "AppealForm",
    "AskForm",
    "CloseForm",
    "DecideForm",
    "ExtendForm",
    "MergeForm",
    "PublishForm",
    "RateForm",
    "ReplyForm",
    "SendForm",
    "SplitForm",
    "TransferForm",
]
