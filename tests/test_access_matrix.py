"""Every endpoint and every role: what is declared, and what really happens.

A new endpoint without a row here fails. The view declares who may use it; the table says what it must
declare; then each role knocks at each door, and a closed one must answer 401 or 403.
"""

import re

import pytest
from flask import Flask

from app.accounts.policy import ROLE_PERMISSIONS, Role
from app.platform.access import declared_access
from tests.conftest import People, csrf_token

PUBLIC, SIGNED_IN = "public", "signed-in"
CLOSED = {401, 403}
REFUSALS = {"sign-in-needed", "permission-denied"}

# endpoint -> who may use it
TABLE = {
    "static": PUBLIC,
    "healthz": PUBLIC,
    "access_records.alerts_to_explain": "access-records:alert:explain",
    "access_records.api_cases": PUBLIC,  # signed by a connected system
    "access_records.api_find_usage": PUBLIC,  # signed by a connected system
    "access_records.api_heartbeat": PUBLIC,  # signed by a connected system
    "access_records.api_report": PUBLIC,  # signed by a connected system
    "access_records.api_usage_period": PUBLIC,  # signed by a connected system
    "access_records.ask_agency": "access-records:person:look-up",
    "access_records.explain_look_up": "access-records:alert:explain",
    "access_records.inspection": "access-records:supervision:inspect",
    "access_records.judge": "access-records:supervision:inspect",
    "access_records.look_up_form": "access-records:person:look-up",
    "access_records.look_up_person": "access-records:person:look-up",
    "access_records.register": "access-records:system:register",
    "access_records.report": PUBLIC,
    "access_records.report_csv": PUBLIC,
    "access_records.report_json": PUBLIC,
    "access_records.reports": PUBLIC,
    "access_records.review": "access-records:break-glass:review",
    "access_records.reviews": "access-records:break-glass:review",
    "access_records.sharing": PUBLIC,
    "access_records.supervision": "access-records:supervision:inspect",
    "access_records.thresholds": "access-records:supervision:inspect",
    "access_records.switch_system": "access-records:system:register",
    "access_records.system": PUBLIC,
    "access_records.systems": PUBLIC,
    "access_records.hand_in": "access-records:oversight:open",
    "access_records.take_leaves": "access-records:oversight:open",
    "access_records.choose_notifications": SIGNED_IN,
    "access_records.answer": "access-records:dispute:answer",
    "access_records.appeal": SIGNED_IN,
    "access_records.decide": "access-records:dispute:decide",
    "access_records.dispute": SIGNED_IN,
    "access_records.address": SIGNED_IN,
    "access_records.report_address": SIGNED_IN,
    "access_records.answer_correction": "access-records:correction:answer",
    "access_records.appeal_correction": SIGNED_IN,
    "access_records.ask_correction": SIGNED_IN,
    "access_records.choose_sharing": SIGNED_IN,
    "access_records.decide_correction": "access-records:correction:decide",
    "access_records.extend_correction": "access-records:correction:answer",
    "access_records.held": SIGNED_IN,
    "access_records.show_correction": SIGNED_IN,
    "access_records.show_held": "access-records:correction:answer",
    "access_records.waiting_corrections": SIGNED_IN,
    "access_records.consents": SIGNED_IN,
    "access_records.export_csv": SIGNED_IN,
    "access_records.extend": "access-records:dispute:answer",
    "access_records.show_dispute": SIGNED_IN,
    "access_records.waiting_disputes": SIGNED_IN,
    "access_records.export_json": SIGNED_IN,
    "access_records.oversight": "access-records:oversight:open",
    "access_records.oversight_vkey": PUBLIC,
    "access_records.closed_seals": "access-records:oversight:open",
    "access_records.open_seal": "access-records:oversight:open",
    "access_records.seal": "access-records:access:seal",
    "access_records.proof_file": SIGNED_IN,
    "access_records.sealed": PUBLIC,
    "access_records.show_timeline": SIGNED_IN,
    "access_records.statement": PUBLIC,
    "accounts.account": "accounts:account:list",
    "accounts.accounts": "accounts:account:list",
    "accounts.acted": SIGNED_IN,
    "accounts.acted_receipt": SIGNED_IN,
    "accounts.add_passkey": SIGNED_IN,
    "accounts.attest": "accounts:person:attest",
    "accounts.change_password": SIGNED_IN,
    "accounts.change_role": "accounts:role:grant",
    "accounts.complete": PUBLIC,
    "accounts.confirm": PUBLIC,
    "accounts.desk": "access-records:desk:serve",
    "accounts.desk_act": "access-records:desk:serve",
    "accounts.desk_finish": "access-records:desk:serve",
    "accounts.desk_person": "access-records:desk:serve",
    "accounts.desk_receipt": "access-records:desk:serve",
    "accounts.desk_register": "access-records:desk:serve",
    "accounts.desk_undo": "access-records:desk:serve",
    "accounts.end_session": SIGNED_IN,
    "accounts.language": SIGNED_IN,
    "accounts.mail_sent": PUBLIC,
    "accounts.new_passkey_challenge": SIGNED_IN,
    "accounts.pass_passkey": SIGNED_IN,
    "accounts.passkey_challenge": SIGNED_IN,
    "accounts.profile": SIGNED_IN,
    "accounts.provider_answer": PUBLIC,
    "accounts.provider_link": SIGNED_IN,
    "accounts.provider_sign_in": PUBLIC,
    "accounts.prove": SIGNED_IN,
    "accounts.recovery_codes": SIGNED_IN,
    "accounts.register": PUBLIC,
    "accounts.remove_passkey": SIGNED_IN,
    "accounts.request_reset": PUBLIC,
    "accounts.reset": PUBLIC,
    "accounts.saved_text": SIGNED_IN,
    "accounts.save_text": SIGNED_IN,
    "accounts.second_factor": SIGNED_IN,
    "accounts.security": SIGNED_IN,
    "accounts.session_state": PUBLIC,
    "accounts.set_up_factor": SIGNED_IN,
    "accounts.sign_in": PUBLIC,
    "accounts.sign_out": PUBLIC,
    "accounts.undo_acted": SIGNED_IN,
    "civil_requests.agencies": PUBLIC,
    "civil_requests.agencies_json": PUBLIC,
    "civil_requests.agencies_csv": PUBLIC,
    "civil_requests.answers": PUBLIC,
    "civil_requests.overdue_csv": PUBLIC,
    "civil_requests.answer": "civil-requests:request:answer",
    "civil_requests.answer_page": PUBLIC,
    "civil_requests.appeal": SIGNED_IN,
    "civil_requests.ask": "civil-requests:request:answer",
    "civil_requests.close": "civil-requests:request:answer",
    "civil_requests.decide": "civil-requests:request:answer",
    "civil_requests.discard": "civil-requests:request:file",
    "civil_requests.extend": "civil-requests:request:answer",
    "civil_requests.index": PUBLIC,
    "civil_requests.merge": "civil-requests:request:answer",
    "civil_requests.mine": SIGNED_IN,
    "civil_requests.publish": "civil-requests:request:answer",
    "civil_requests.rate": SIGNED_IN,
    "civil_requests.reply": SIGNED_IN,
    "civil_requests.resume": "civil-requests:request:answer",
    "civil_requests.send": "civil-requests:request:file",
    "civil_requests.show": SIGNED_IN,
    "civil_requests.split": "civil-requests:request:answer",
    "civil_requests.transfer": "civil-requests:request:answer",
    "civil_requests.unpublish": "civil-requests:request:answer",
    "civil_requests.waiting": "civil-requests:request:answer",
    "civil_requests.withdraw": SIGNED_IN,
    "elections.api_index": PUBLIC,
    "elections.archive": PUBLIC,
    "elections.ballots": PUBLIC,
    "elections.cancel": "elections:election:manage",
    "elections.cast": "elections:ballot:cast",
    "elections.close_voting": "elections:election:manage",
    "elections.create": "elections:election:create",
    "elections.credentials_json": PUBLIC,
    "elections.decrypt": "elections:trustee:serve",
    "elections.edit": "elections:election:manage",
    "elections.election_json": PUBLIC,
    "elections.index": PUBLIC,
    "elections.issue_credentials": "elections:election:manage",
    "elections.manage": "elections:election:manage",
    "elections.manage_credentials": "elections:election:manage",
    "elections.manage_questions": "elections:election:manage",
    "elections.manage_roll": "elections:election:manage",
    "elections.manage_roll_list": "elections:election:manage",
    "elections.manage_trustees": "elections:election:manage",
    "elections.managed": "elections:election:manage",
    "elections.open_voting": "elections:election:manage",
    "elections.receipt": PUBLIC,
    "elections.receipt_text": PUBLIC,
    "elections.register_key": "elections:trustee:serve",
    "elections.remove_question": "elections:election:manage",
    "elections.results": PUBLIC,
    "elections.roll_csv": "elections:election:manage",
    "elections.set_up": "elections:election:manage",
    "elections.show": PUBLIC,
    "elections.trustee_decrypt": "elections:trustee:serve",
    "elections.trustee_key": "elections:trustee:serve",
    "elections.trustees_json": PUBLIC,
    "elections.trusteeships": "elections:trustee:serve",
    "elections.vote": PUBLIC,
    "petitions.count": PUBLIC,
    "petitions.challenge": PUBLIC,
    "petitions.confirm_email_signature": PUBLIC,
    "petitions.email_receipt": PUBLIC,
    "petitions.email_signature": PUBLIC,
    "petitions.mail_under_way": PUBLIC,
    "petitions.object_by_email": PUBLIC,  # authorised by the mail's token
    "petitions.paper": "petitions:signature:enter",
    "petitions.sheet": "petitions:signature:enter",
    "petitions.sign_by_email": PUBLIC,
    "petitions.unfollow_by_email": PUBLIC,
    "petitions.withdraw_email_signature": PUBLIC,
    "petitions.my_signature": SIGNED_IN,
    "petitions.my_signatures": SIGNED_IN,
    "petitions.data": PUBLIC,
    "petitions.data_csv": PUBLIC,
    "petitions.list_data": PUBLIC,
    "petitions.list_data_csv": PUBLIC,
    "petitions.refused_data": PUBLIC,
    "petitions.days": PUBLIC,
    "petitions.places": PUBLIC,
    "petitions.show": PUBLIC,
    "petitions.badge": PUBLIC,
    "petitions.feed": PUBLIC,
    "petitions.petition_feed": PUBLIC,
    "petitions.trending": PUBLIC,
    "petitions.fraud_desk": "petitions:signature:invalidate",
    "petitions.close_alert": "petitions:signature:invalidate",
    "petitions.block_noticed": "petitions:signature:invalidate",
    "petitions.blocks": "petitions:signature:invalidate",
    "petitions.remove_block": "petitions:signature:invalidate",
    "petitions.propose_invalidation": "petitions:signature:invalidate",
    "petitions.show_invalidation": "petitions:signature:invalidate",
    "petitions.confirm_invalidation": "petitions:signature:invalidate",
    "petitions.refuse_invalidation": "petitions:signature:invalidate",
    "petitions.undo_invalidation": "petitions:signature:invalidate",
    "petitions.object_to_invalidation": SIGNED_IN,
    "petitions.set_switch": "petitions:switch:set",
    "petitions.switches": PUBLIC,
    "petitions.add_sponsor": "petitions:signature:sign",
    "petitions.answer": "petitions:petition:answer",
    "petitions.choose_type": PUBLIC,
    "petitions.decide": "petitions:petition:moderate",
    "petitions.draft": SIGNED_IN,
    "petitions.edit_draft": SIGNED_IN,
    "petitions.follow": SIGNED_IN,
    "petitions.moderate": "petitions:petition:moderate",
    "petitions.moderation_queue": "petitions:petition:moderate",
    "petitions.owed": "petitions:petition:answer",
    "petitions.own": SIGNED_IN,
    "petitions.sponsor": PUBLIC,
    "petitions.submit": SIGNED_IN,
    "petitions.take_back": SIGNED_IN,
    "petitions.take_step": "petitions:petition:answer",
    "petitions.write": "petitions:petition:start",
    "petitions.index": PUBLIC,
    "petitions.refused": PUBLIC,
    "petitions.unfollow": SIGNED_IN,
    "petitions.unsubscribe": PUBLIC,  # authorised by the mail's token
    "petitions.receipt": SIGNED_IN,
    "petitions.draw_sample": "petitions:sample:open",
    "petitions.note_finding": "petitions:sample:open",
    "petitions.open_sampled": "petitions:sample:open",
    "petitions.sample": "petitions:sample:open",
    "petitions.samples": "petitions:sample:open",
    "petitions.sign": "petitions:signature:sign",
    "petitions.sign_form": PUBLIC,
    "petitions.withdraw": "petitions:signature:sign",
    "ledger.bundle": PUBLIC,
    "ledger.checkpoint": PUBLIC,
    "ledger.index": PUBLIC,
    "ledger.receipt": PUBLIC,
    "ledger.receipt_json": PUBLIC,
    "ledger.receipt_text": PUBLIC,
    "ledger.tile": PUBLIC,
    "ledger.verifier_keys": PUBLIC,
    "notifications.mail_proof": SIGNED_IN,
    "pages.accessibility": PUBLIC,
    "pages.ask": "civil-requests:request:file",
    "pages.ask_petition": "petitions:petition:start",
    "pages.choose_language": PUBLIC,
    "pages.home": PUBLIC,
    "pages.how_it_works": PUBLIC,
    "pages.privacy": PUBLIC,
}
VISITOR = "visitor"
WHO = [VISITOR, *Role]


def test_every_endpoint_has_a_row_and_every_row_an_endpoint(app: Flask) -> None:
    assert set(app.view_functions) == set(TABLE)


@pytest.mark.parametrize("endpoint", TABLE)
def test_the_declaration_is_the_tables(app: Flask, endpoint: str) -> None:
    assert str(declared_access(app.view_functions[endpoint])) == TABLE[endpoint]


@pytest.mark.parametrize("who", WHO)
def test_closed_doors_are_closed(app: Flask, people: People, who: str) -> None:
    """Knock as `who` at every door; one that must be closed may not even look at what was asked."""
    client = app.test_client()
    if who != VISITOR:
        people.create("knocker", Role(who))
        client = people.sign_in("knocker")
    token = csrf_token(client)
    # Signing out comes last, or the rest would be a visitor's.
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint == "accounts.sign_out"):
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            response = client.open(
                address, method=method, headers={"X-CSRFToken": token, "Accept": "application/json"}
            )
            is_closed = response.status_code in CLOSED and response.get_json()["code"] in REFUSALS
            assert is_closed == (not may(who, TABLE[rule.endpoint])), f"{who} {method} {rule.endpoint}"
            response.close()


def may(who: str, declared: str) -> bool:
    """What the table and the roles' permissions say."""
    if declared == PUBLIC:
        return True
    if who == VISITOR:
        return False
    return declared == SIGNED_IN or declared in {
        permission.value for permission in ROLE_PERMISSIONS[Role(who)]
    }
