"""Alerts and monthly reports: the inspector's desk, who explains an alert, what everybody reads."""

import math
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.access_records.forms.supervision import ExplanationForm, JudgementForm, SignForm, ThresholdsForm
from app.access_records.models import InspectionReport
from app.access_records.queries import alerts as queries
from app.access_records.queries import inspections
from app.access_records.queries.circumstances import find_thresholds
from app.access_records.queries.disputes import explain
from app.access_records.queries.figures import arrange_figures, collect_figures
from app.access_records.queries.terms import name_category, name_purpose
from app.access_records.queries.words import name_figure, name_rule
from app.access_records.routes.blueprint import blueprint
from app.access_records.services.alerts import change_thresholds, explain_alert, judge_alert
from app.access_records.services.inspection import sign_report
from app.platform.access import public, requires, requires_recent
from app.platform.permissions import Permission
from app.platform.tables import answer_csv


@blueprint.get("/data/supervision/")
@requires(Permission.SUPERVISION_INSPECT)
def supervision() -> str:
    """The alerts of the inspector's agency and its reports."""
    page = max(request.args.get("page", 1, type=int), 1)
    alerts, count = queries.list_alerts(current_user.agency_id, page)
    return render_template(
        "access_records/supervision.html",
        alerts=alerts,
        waiting=queries.count_undecided(current_user.agency_id),
        page=page,
        page_count=max(1, math.ceil(count / queries.PAGE_SIZE)),
        reports=inspections.list_inspections(current_user.agency_id),
        name_rule=name_rule,
    )


@blueprint.route("/data/supervision/alerts/<int:alert_id>", methods=["GET", "POST"])
@requires(Permission.SUPERVISION_INSPECT)
def judge(alert_id: int) -> AnyResponse | tuple[str, int]:
    """One alert, and what the inspector finds."""
    form, alert = JudgementForm(), queries.get_alert(current_user, alert_id)
    if form.validate_on_submit():
        is_justified = form.justified.data == "yes"
        judge_alert(current_user, alert_id, justified=is_justified, finding=form.text.data or "")
        flash(gettext("The finding is recorded."), "done")
        return redirect(url_for("access_records.supervision"), 303)
    return _alert_page(form, alert, url_for("access_records.supervision"))


@blueprint.route("/data/supervision/thresholds", methods=["GET", "POST"])
@requires(Permission.SUPERVISION_INSPECT)
@requires_recent
def thresholds() -> AnyResponse | tuple[str, int]:
    """From when on the agency's look-ups raise alerts."""
    form = ThresholdsForm(obj=find_thresholds(current_user.agency_id))
    if form.validate_on_submit():
        change_thresholds(current_user, form.as_thresholds())
        flash(gettext("The change is in the ledger."), "done")
        return redirect(url_for("access_records.supervision"), 303)
    return render_template("access_records/thresholds.html", form=form), 422 if form.errors else 200


@blueprint.get("/data/alerts")
@requires(Permission.ALERT_EXPLAIN)
def alerts_to_explain() -> str:
    """The alerts that wait for the official's explanation."""
    found = queries.list_alerts_to_explain(current_user)
    return render_template("access_records/alerts.html", alerts=found, name_rule=name_rule)


@blueprint.route("/data/alerts/<int:alert_id>", methods=["GET", "POST"])
@requires(Permission.ALERT_EXPLAIN)
def explain_look_up(alert_id: int) -> AnyResponse | tuple[str, int]:
    """Explain one alert."""
    form, alert = ExplanationForm(), queries.get_alert_to_explain(current_user, alert_id)
    if form.validate_on_submit():
        explain_alert(current_user, alert_id, form.text.data or "")
        flash(gettext("The explanation is with the inspector."), "done")
        return redirect(url_for("access_records.alerts_to_explain"), 303)
    return _alert_page(form, alert, url_for("access_records.alerts_to_explain"))


@blueprint.route("/data/supervision/reports/<int:report_id>", methods=["GET", "POST"])
@requires(Permission.SUPERVISION_INSPECT)
@requires_recent
def inspection(report_id: int) -> AnyResponse | tuple[str, int]:
    """A month's numbers as they will be published; the inspector adds findings and signs off."""
    report = inspections.get_inspection(current_user, report_id)
    if report.signed_at is not None:
        return redirect(url_for("access_records.report", report_id=report_id), 303)
    form = SignForm()
    if form.validate_on_submit():
        sign_report(current_user, report_id, form.text.data or "")
        flash(gettext("The report is signed off and public."), "done")
        return redirect(url_for("access_records.report", report_id=report_id), 303)
    figures = collect_figures(report.agency_id, report.month)
    page = render_template(
        "access_records/inspection.html",
        form=form,
        deadline=inspections.get_deadline_of(report),
        explain=explain,
        **_figures(report, figures),
    )
    return page, 422 if form.errors else 200


@blueprint.get("/data/reports")
@public
def reports() -> str:
    """Every agency's monthly reports: signed off, waiting, overdue."""
    return render_template("access_records/reports.html", reports=inspections.list_public_reports())


@blueprint.get("/data/reports/<int:report_id>")
@public
def report(report_id: int) -> str:
    """A report that was signed off."""
    found = inspections.get_signed_inspection(report_id)
    _raw, digest = inspections.read_signed(found)
    return render_template(
        "access_records/report.html",
        digest=digest,
        leaf_hash=inspections.find_leaf_hash(found),
        **_figures(found, (found.content or {})["figures"]),
    )


@blueprint.get("/data/reports/<int:report_id>.json")
@public
def report_json(report_id: int) -> Response:
    """The exact bytes whose hash is in the ledger."""
    raw, _digest = inspections.read_signed(inspections.get_signed_inspection(report_id))
    return Response(raw, mimetype="application/json")


@blueprint.get("/data/reports/<int:report_id>.csv")
@public
def report_csv(report_id: int) -> Response:
    """The figures for a spreadsheet."""
    found = inspections.get_signed_inspection(report_id)
    columns = ("section", "name", "number")
    rows = [dict(zip(columns, row, strict=True)) for row in inspections.list_rows(found.content or {})]
    return answer_csv(columns, rows, f"inspection-{found.month}-{found.id}")


def _alert_page(form: Any, alert: Any, back: str) -> tuple[str, int]:
    page = render_template(
        "access_records/alert.html",
        form=form,
        alert=alert,
        back=back,
        name_rule=name_rule,
        name_purpose=name_purpose,
        name_category=name_category,
    )
    return page, 422 if form.errors else 200


def _figures(found: InspectionReport, figures: dict[str, object]) -> dict[str, Any]:
    return {"report": found, "figures": arrange_figures(figures), "name_figure": name_figure}
