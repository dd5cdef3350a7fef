"""Everything that this room refuses, in words for whoever is refused."""

from flask_babel import lazy_gettext as _l

from app.accounts.rules import LinkExpired
from app.platform.errors import HwabaekError, TooManyRequests


class PetitionRefusal(HwabaekError):
    """Base of what this room refuses."""

    status = 409


class ActNotAllowed(PetitionRefusal):
    """The petition is not in a state in which this person can do this."""

    code = "petition-state"
    title = _l("This cannot be done at this stage of the petition")
    advice = _l("Reload the petition's page to see where it stands now.")


class PetitionNotFound(PetitionRefusal):
    """No such petition, or one that is not public."""

    status = 404
    code = "petition-not-found"
    title = _l("There is no such petition")
    advice = _l("Check the address, or find the petition in the list.")


class NeverOpened(PetitionRefusal):
    """The petition was never open for signing, so there is nothing to count."""

    status = 404
    code = "petition-never-opened"
    title = _l("This petition has never been open for signing")
    advice = _l("There are no signatures to count. Its page says what became of it.")


class NotOpen(PetitionRefusal):
    """The petition does not take signatures now."""

    code = "petition-not-open"
    title = _l("This petition does not take signatures now")
    advice = _l("Its page says why, and whether it will take them again.")


class SigningSwitchedOff(PetitionRefusal):
    """Signing is switched off on the whole site."""

    status = 503
    code = "signing-switched-off"
    title = _l("Signing is switched off for the moment")
    advice = _l("Come back later. Each day on which signing is off adds a day to every petition.")


class CreatingSwitchedOff(PetitionRefusal):
    """Starting petitions is switched off on the whole site."""

    status = 503
    code = "creating-switched-off"
    title = _l("Starting petitions is switched off for the moment")
    advice = _l("Come back later. A draft that you have is kept.")


class SwitchUnchanged(PetitionRefusal):
    """The switch stands there already."""

    code = "switch-unchanged"
    title = _l("The switch stands like this already")
    advice = _l("Somebody else was faster. Reload the page to see since when.")


class LevelTooLow(PetitionRefusal):
    """The type asks for a verified person."""

    status = 403
    code = "level-too-low"
    title = _l("Only verified persons can do this here")
    advice = _l(
        "Have your account verified once, at a desk or with your identity provider. Your page says how."
    )


class TooYoung(PetitionRefusal):
    """The person is too young for this type of petition."""

    status = 403
    code = "too-young"
    title = _l("This kind of petition has a minimum age")
    advice = _l("You do not reach it this year. If your year of birth is wrong, have it corrected at a desk.")


class BirthYearUnknown(PetitionRefusal):
    """The type has a minimum age, and nobody has said yet in which year the person was born."""

    status = 403
    code = "birth-year-unknown"
    title = _l("This kind of petition has a minimum age, and your year of birth is not known here")
    advice = _l(
        "Show your identity card at a desk of the town hall, once, or sign in with your identity provider if"
        " it names your date of birth. Only the year is kept. Then come back to this page."
    )


class OtherDistrict(PetitionRefusal):
    """The type is for the residents of other districts."""

    status = 403
    code = "other-district"
    title = _l("This petition is for the residents of other districts")
    advice = _l("If you live there, have your district corrected at a desk. You can follow it in any case.")


class OnlyWithAccount(PetitionRefusal):
    """The type takes no signatures by e-mail."""

    status = 403
    code = "only-with-account"
    title = _l("This petition can be signed with an account only")
    advice = _l("Sign in, or register and have your account verified.")


class AlreadySigned(PetitionRefusal):
    """The same person or address has signed."""

    code = "already-signed"
    title = _l("You have signed this petition already")
    advice = _l("It counts once. The page of your signature has its receipt.")


class SignatureInvalid(PetitionRefusal):
    """The signature was declared invalid, and cannot be given again."""

    code = "signature-invalid"
    title = _l("Your signature was declared invalid")
    advice = _l("The page of your signature says why, and how to object.")


class NotSigned(PetitionRefusal):
    """There is no signature to show or take back."""

    status = 404
    code = "not-signed"
    title = _l("You have not signed this petition")
    advice = _l("Its page says how to sign.")


class ObjectedAlready(PetitionRefusal):
    """A signer objects once to each invalidation of their signature."""

    code = "objected-already"
    title = _l("You have objected already")
    advice = _l("The moderators have what you wrote. You get a mail if your signature counts again.")


class TypeNotOffered(PetitionRefusal):
    """No petition of this type can be started."""

    status = 404
    code = "petition-type"
    title = _l("Petitions of this kind cannot be started here")
    advice = _l("Choose one of the kinds that the page offers.")


class OwnPetition(PetitionRefusal):
    """Whoever started a petition is not one of its sponsors."""

    code = "own-petition"
    title = _l("You started this petition yourself")
    advice = _l("Send the link to others: a sponsor is somebody else.")


class AlreadySponsor(PetitionRefusal):
    """The account has sponsored it."""

    code = "already-sponsor"
    title = _l("You are a sponsor of this petition already")
    advice = _l("You are told when it is published.")


class SponsorsComplete(PetitionRefusal):
    """There are as many sponsors as a petition of the type may have."""

    code = "sponsors-complete"
    title = _l("This petition has all the sponsors it may have")
    advice = _l("Follow it: when it is published you can sign it.")


class SponsorsTooLate(PetitionRefusal):
    """The last day for sponsors is over, whether or not the petition has been ended for it yet."""

    code = "sponsors-too-late"
    title = _l("The time for sponsors of this petition is over")
    advice = _l("Too few came in time, so it is not published. Its creator can start it again.")


class ReasonUnknown(PetitionRefusal):
    """The code is none of those that may be given for this."""

    status = 422
    code = "reason-unknown"
    title = _l("This reason cannot be given here")
    advice = _l("Choose one of the reasons that the form lists.")


class NothingOwed(PetitionRefusal):
    """The petition has no open obligation of this kind."""

    status = 404
    code = "nothing-owed"
    title = _l("Nothing of this kind is due for this petition")
    advice = _l("Reload the petition's page to see what is due.")


class ClockRefused(PetitionRefusal):
    """The deadline engine does not take this pause, extension or its length."""

    status = 422
    code = "clock-refused"
    title = _l("The clock cannot be changed like this")
    advice = _l("The page of the deadline says how often and by how much it can be extended.")


class TermOver(PetitionRefusal):
    """The last day has passed: from then on the clock is neither stopped nor given more time."""

    code = "petition-term-over"
    title = _l("The term is over")
    advice = _l(
        "Since its last day it is late, and stays so until it is met. Answer it, or decline with a reason."
    )


class OtherAgency(PetitionRefusal):
    """Only the agency that is responsible may do this."""

    status = 403
    code = "other-agency"
    title = _l("Another agency is responsible for this petition")
    advice = _l("Its page says which one.")


class LinkNotValid(PetitionRefusal):
    """The link of a mail is not one of ours."""

    status = 404
    code = "link-not-valid"
    title = _l("This link does not work")
    advice = _l(
        "Open it from the mail again, as a whole. Signed in, you can stop the mails on the petition's page."
    )


class ProofOfWorkRefused(PetitionRefusal):
    """The proof-of-work that came with a form is none of ours, or solves nothing."""

    status = 422
    code = "proof-of-work-refused"
    title = _l("The check against floods of forms did not work")
    advice = _l("Nothing was sent. Send the form again: your browser makes a new check by itself.")


class ProofOfWorkExpired(ProofOfWorkRefused):
    """The proof-of-work is older than it may be."""

    code = "proof-of-work-expired"
    title = _l("The check against floods of forms is too old")
    advice = _l("It holds for ten minutes. Send the form again: your browser makes a new check by itself.")


class ProofOfWorkUsed(ProofOfWorkRefused):
    """A form has come with this proof-of-work already."""

    status = 409
    code = "proof-of-work-used"
    title = _l("A form with this check has come already")
    advice = _l(
        "If you have just sent it, look into your mailbox: the mail is under way. Otherwise send the form "
        "again: your browser makes a new check by itself."
    )


class Blocked(PetitionRefusal):
    """The address, its domain or the network is on the block list."""

    status = 403
    code = "signer-blocked"
    title = _l("This address or network cannot be used to sign")
    advice = _l(
        "Too much abuse came from it. Nothing was counted. Sign with a verified account: "
        "a desk verifies you in a few minutes."
    )


class NetworkLimit(TooManyRequests):
    """From this network has come as much for the petition as may come within an hour."""

    code = "network-limit"
    title = _l("Too many signatures come from your network at the moment")
    advice = _l("Nothing was counted. Come back in an hour. A verified person can sign at any time.")


class BlockInvalid(PetitionRefusal):
    """What was entered is no domain, address or network, or too large a network."""

    status = 422
    code = "block-invalid"
    title = _l("This cannot be blocked")
    advice = _l("Enter a domain, an address, or a network of at most 256 addresses (IPv6: /48).")


class BlockUnchanged(PetitionRefusal):
    """It is on the list already, or not any more."""

    code = "block-unchanged"
    title = _l("The block list stands like this already")
    advice = _l("Reload the page to see the list as it is.")


class SignatureLinkExpired(LinkExpired):
    """Nobody's link, or one that was not confirmed in time."""

    advice = _l(
        "Open it from the mail again, as a whole. A link that is not confirmed works for a week; "
        "after that, sign again on the petition's page."
    )


class NoCriteria(PetitionRefusal):
    """An invalidation without any criterion would hit everybody."""

    status = 422
    code = "no-criteria"
    title = _l("Say which signatures you mean")
    advice = _l("Fill in at least one criterion.")


class NothingMatches(PetitionRefusal):
    """No counted signature matches the criteria."""

    status = 422
    code = "nothing-matches"
    title = _l("No counted signature matches")
    advice = _l("Change the criteria and count again.")


class InvalidationNotFound(PetitionRefusal):
    """No such invalidation."""

    status = 404
    code = "invalidation-not-found"
    title = _l("There is no such invalidation")
    advice = _l("Find it in the list of invalidations.")


class InvalidationStateRefused(PetitionRefusal):
    """It has been decided or finished meanwhile."""

    code = "invalidation-state"
    title = _l("This cannot be done with the invalidation now")
    advice = _l("Reload its page to see how far it has come.")


class SecondPersonNeeded(PetitionRefusal):
    """Whoever proposed it does not confirm it."""

    status = 403
    code = "second-person"
    title = _l("Another moderator has to confirm this")
    advice = _l("You proposed it yourself. Ask a colleague to look at it.")


class SampleTooLarge(PetitionRefusal):
    """A sample has from one to two hundred signatures."""

    status = 422
    code = "sample-size"
    title = _l("A sample has from 1 to 200 signatures")
    advice = _l("Ask for fewer. You can ask for another sample afterwards.")


class SampleNotFound(PetitionRefusal):
    """No such sample, or another auditor's."""

    status = 404
    code = "sample-not-found"
    title = _l("There is no such sample of yours")
    advice = _l("Find your samples in the list.")


class SampleNotReady(PetitionRefusal):
    """The step before is still to come."""

    code = "sample-not-ready"
    title = _l("This has to wait for the step before")
    advice = _l("A sample is drawn within a minute of the request; a finding is noted after the opening.")


class SampleSystemMissing(PetitionRefusal):
    """There is no registered system under which the opening could be recorded."""

    code = "sample-system-missing"
    title = _l("Nothing can be opened, because it could not be recorded")
    advice = _l("An administrator registers a system with the code petitions first.")


def find_refusal(code: str) -> type[PetitionRefusal]:
    """The refusal with this code, for its words; the general one where none has it any more."""
    return next((kind for kind in PetitionRefusal.__subclasses__() if kind.code == code), PetitionRefusal)
