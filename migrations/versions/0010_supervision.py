"""Alerts, cases, inspection reports, and records whose content was erased

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agency_case",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_agency_case_agency_id_agency")),
        sa.PrimaryKeyConstraint("agency_id", "number", name=op.f("pk_agency_case")),
    )
    op.create_table(
        "alert_thresholds",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("persons_an_hour", sa.Integer(), nullable=False),
        sa.Column("opening_hour", sa.Integer(), nullable=False),
        sa.Column("closing_hour", sa.Integer(), nullable=False),
        sa.Column("repeats_a_month", sa.Integer(), nullable=False),
        sa.Column("emergencies_a_month", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_alert_thresholds_agency_id_agency")
        ),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_alert_thresholds")),
    )
    op.create_table(
        "inspection_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("ledger_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_inspection_report_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_entry_id"],
            ["ledger_entry.id"],
            name=op.f("fk_inspection_report_ledger_entry_id_ledger_entry"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_report")),
    )
    with op.batch_alter_table("inspection_report") as batch_op:
        batch_op.create_index("uq_inspection_report_agency_month", ["agency_id", "month"], unique=True)

    op.create_table(
        "access_alert",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("explained_by", sa.BigInteger(), nullable=True),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("explain_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("judge_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_access_alert_agency_id_agency")),
        sa.ForeignKeyConstraint(
            ["explain_entry_id"],
            ["ledger_entry.id"],
            name=op.f("fk_access_alert_explain_entry_id_ledger_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["judge_entry_id"], ["ledger_entry.id"], name=op.f("fk_access_alert_judge_entry_id_ledger_entry")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["access_record.id"], name=op.f("fk_access_alert_record_id_access_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_alert")),
    )
    with op.batch_alter_table("access_alert") as batch_op:
        batch_op.create_index("ix_access_alert_agency_state", ["agency_id", "state"], unique=False)
        batch_op.create_index("uq_access_alert_record_rule", ["record_id", "rule"], unique=True)

    with op.batch_alter_table("access_record") as batch_op:
        batch_op.add_column(sa.Column("examined_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("purpose_code", existing_type=sa.VARCHAR(length=40), nullable=True)
        batch_op.create_index(
            "ix_access_record_unerased",
            ["system_id", "recorded_at"],
            unique=False,
            sqlite_where=sa.text("erased_at IS NULL"),
            postgresql_where=sa.text("erased_at IS NULL"),
        )
        batch_op.create_index(
            "ix_access_record_unexamined",
            ["id"],
            unique=False,
            sqlite_where=sa.text("examined_at IS NULL"),
            postgresql_where=sa.text("examined_at IS NULL"),
        )

    # The rules look at what is recorded from now on.
    op.execute("UPDATE access_record SET examined_at = recorded_at")

    with op.batch_alter_table("sealed_access") as batch_op:
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sealed_access") as batch_op:
        batch_op.drop_column("erased_at")

    with op.batch_alter_table("access_record") as batch_op:
        batch_op.drop_index(
            "ix_access_record_unexamined",
            sqlite_where=sa.text("examined_at IS NULL"),
            postgresql_where=sa.text("examined_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_access_record_unerased",
            sqlite_where=sa.text("erased_at IS NULL"),
            postgresql_where=sa.text("erased_at IS NULL"),
        )
        batch_op.alter_column("purpose_code", existing_type=sa.VARCHAR(length=40), nullable=False)
        batch_op.drop_column("erased_at")
        batch_op.drop_column("examined_at")

    with op.batch_alter_table("access_alert") as batch_op:
        batch_op.drop_index("uq_access_alert_record_rule")
        batch_op.drop_index("ix_access_alert_agency_state")

    op.drop_table("access_alert")
    with op.batch_alter_table("inspection_report") as batch_op:
        batch_op.drop_index("uq_inspection_report_agency_month")

    op.drop_table("inspection_report")
    op.drop_table("alert_thresholds")
    op.drop_table("agency_case")
