"""Petitions: what is switched off, and the days given back for it

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "petition_switch_period",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("switch", sa.String(length=20), nullable=False),
        sa.Column("off_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ledger_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_entry_id"],
            ["ledger_entry.id"],
            name=op.f("fk_petition_switch_period_ledger_entry_id_ledger_entry"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_switch_period")),
    )
    with op.batch_alter_table("petition_switch_period", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_petition_switch_period_on_at"), ["on_at"], unique=False)
        batch_op.create_index(
            "uq_petition_switch_period_off",
            ["switch"],
            unique=True,
            sqlite_where=sa.text("on_at IS NULL"),
            postgresql_where=sa.text("on_at IS NULL"),
        )

    op.create_table(
        "petition_added_day",
        sa.Column("petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_added_day_petition_id_petition")
        ),
        sa.PrimaryKeyConstraint("petition_id", "on", name=op.f("pk_petition_added_day")),
    )


def downgrade() -> None:
    op.drop_table("petition_added_day")
    with op.batch_alter_table("petition_switch_period", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_petition_switch_period_off",
            sqlite_where=sa.text("on_at IS NULL"),
            postgresql_where=sa.text("on_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_petition_switch_period_on_at"))

    op.drop_table("petition_switch_period")
