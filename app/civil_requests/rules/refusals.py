"""What can be refused in this room. Pure."""

from flask_babel import lazy_gettext as _l

from app.platform.errors import HwabaekError


class RequestNotFound(HwabaekError):
    """No such request, or none that this account may see."""

    status = 404
    code = "civil-request-not-found"
    title = _l("There is no such request")
    advice = _l("Only who sent a request and the agencies that answer it can see it.")


class ActNotAllowed(HwabaekError):
    """The request is not at a stage at which this can be done."""

    status = 409
    code = "civil-request-state"
    title = _l("This cannot be done with the request now")
    advice = _l("Reload the page to see where the request stands now.")


class OwnRequest(HwabaekError):
    """Nobody handles a request of their own, and nobody decides an appeal against themselves."""

    status = 403
    code = "own-civil-request"
    title = _l("You cannot decide about this yourself")
    advice = _l("It is your own request or your own decision; a colleague takes it over.")


class AgencyUnknown(HwabaekError):
    """There is no agency with this number."""

    status = 422
    code = "agency-unknown"
    title = _l("There is no such agency")
    advice = _l("Choose one of the agencies in the list.")


class AgencyHasPart(HwabaekError):
    """The agency has a part of this request already."""

    status = 409
    code = "agency-has-part"
    title = _l("This agency has a part of the request already")
    advice = _l("Choose another agency.")


class ExtensionNotPossible(HwabaekError):
    """Two extensions have been used, or this one is too long."""

    status = 422
    code = "civil-request-extension"
    title = _l("The term cannot be extended like this")
    advice = _l("It can be extended twice, each time by at most the days of the term, with a reason.")


class TermOver(HwabaekError):
    """The last day has passed: from then on there is no more time to be had."""

    status = 409
    code = "civil-request-term-over"
    title = _l("The term is over")
    advice = _l("It can be extended until its last day. Since then the answer is late, and stays so.")


class ReasonUnknown(HwabaekError):
    """The closing has a code that the list does not have."""

    status = 422
    code = "civil-request-reason"
    title = _l("There is no such reason")
    advice = _l("Choose one of the reasons in the list.")


class NotTheSameAgency(HwabaekError):
    """The other request is not open at this agency, so the two cannot be merged."""

    status = 422
    code = "civil-request-merge"
    title = _l("The requests cannot be merged")
    advice = _l("Give the number of another request that waits for your agency.")


class OthersWait(HwabaekError):
    """Others wait for the same answer, so that the request stays."""

    status = 409
    code = "civil-request-others-wait"
    title = _l("Others wait for this answer too")
    advice = _l("Their requests were merged with yours, so it stays open until it is answered.")


class NotPublishable(HwabaekError):
    """Not every filer has agreed that question and answer are published."""

    status = 409
    code = "civil-request-not-publishable"
    title = _l("This answer cannot be published")
    advice = _l("Who sent the request has not agreed to its publication.")


class NamesLeft(HwabaekError):
    """The text to be published still has a name, an address or a number of a person."""

    status = 422
    code = "names-left"
    title = _l("The text still says who asked")
    advice = _l("Take out names, e-mail addresses, telephone and resident numbers, then publish it.")


class ScoreUnknown(HwabaekError):
    """A score is a whole number from 1 to 5."""

    status = 422
    code = "score-unknown"
    title = _l("There is no such score")
    advice = _l("Choose a number from 1 to 5.")


class KeywordsUnreadable(HwabaekError):
    """The file is not a JSON object of agencies with lists of words."""

    status = 422
    code = "keywords-unreadable"
    title = _l("The file of keywords cannot be read")
    advice = _l("Write a JSON object: the name of each agency with the list of its words.")
