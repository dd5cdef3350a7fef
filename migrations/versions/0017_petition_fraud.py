"""Petitions: blocks, trend alerts, invalidations by two moderators

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "petition_block",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=254), nullable=False),
        sa.Column("label", sa.String(length=254), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_block")),
    )
    with op.batch_alter_table("petition_block", schema=None) as batch_op:
        batch_op.create_index("uq_petition_block_subject", ["kind", "subject"], unique=True)

    op.create_table(
        "petition_invalidation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("last_signature_id", sa.BigInteger(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_invalidation_petition_id_petition")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["account.id"], name=op.f("fk_petition_invalidation_proposed_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_invalidation")),
    )
    with op.batch_alter_table("petition_invalidation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_petition_invalidation_petition_id"), ["petition_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_petition_invalidation_state"), ["state"], unique=False)

    op.create_table(
        "petition_trend_alert",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=254), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_trend_alert_petition_id_petition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_trend_alert")),
    )
    with op.batch_alter_table("petition_trend_alert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_petition_trend_alert_closed_at"), ["closed_at"], unique=False)
        batch_op.create_index(
            "uq_petition_trend_alert", ["petition_id", "hour", "kind", "subject"], unique=True
        )

    op.create_table(
        "petition_invalidated_signature",
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("invalidation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("restored", sa.Boolean(), nullable=False),
        sa.Column("objection", sa.Text(), nullable=False),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["invalidation_id"],
            ["petition_invalidation.id"],
            name=op.f("fk_petition_invalidated_signature_invalidation_id_petition_invalidation"),
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["petition_signature.id"],
            name=op.f("fk_petition_invalidated_signature_signature_id_petition_signature"),
        ),
        sa.PrimaryKeyConstraint(
            "signature_id", "invalidation_id", name=op.f("pk_petition_invalidated_signature")
        ),
    )


def downgrade() -> None:
    op.drop_table("petition_invalidated_signature")
    with op.batch_alter_table("petition_trend_alert", schema=None) as batch_op:
        batch_op.drop_index("uq_petition_trend_alert")
        batch_op.drop_index(batch_op.f("ix_petition_trend_alert_closed_at"))

    op.drop_table("petition_trend_alert")
    with op.batch_alter_table("petition_invalidation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_petition_invalidation_state"))
        batch_op.drop_index(batch_op.f("ix_petition_invalidation_petition_id"))

    op.drop_table("petition_invalidation")
    with op.batch_alter_table("petition_block", schema=None) as batch_op:
        batch_op.drop_index("uq_petition_block_subject")

    op.drop_table("petition_block")
