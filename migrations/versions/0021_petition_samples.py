"""Petitions: an auditor's random samples of signatures

Revision: 0021, after 0020.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "petition_sample",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("auditor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ledger_size", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["auditor_id"], ["account.id"], name=op.f("fk_petition_sample_auditor_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_sample_petition_id_petition")
        ),
        sa.ForeignKeyConstraint(
            ["request_entry_id"],
            ["ledger_entry.id"],
            name=op.f("fk_petition_sample_request_entry_id_ledger_entry"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_sample")),
    )
    with op.batch_alter_table("petition_sample", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_petition_sample_auditor_id"), ["auditor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_petition_sample_petition_id"), ["petition_id"], unique=False)

    op.create_table(
        "petition_sampled_signature",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sample_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finding", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["petition_sample.id"],
            name=op.f("fk_petition_sampled_signature_sample_id_petition_sample"),
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["petition_signature.id"],
            name=op.f("fk_petition_sampled_signature_signature_id_petition_signature"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_sampled_signature")),
    )
    with op.batch_alter_table("petition_sampled_signature", schema=None) as batch_op:
        batch_op.create_index("uq_petition_sampled_signature", ["sample_id", "signature_id"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("petition_sampled_signature", schema=None) as batch_op:
        batch_op.drop_index("uq_petition_sampled_signature")

    op.drop_table("petition_sampled_signature")
    with op.batch_alter_table("petition_sample", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_petition_sample_petition_id"))
        batch_op.drop_index(batch_op.f("ix_petition_sample_auditor_id"))

    op.drop_table("petition_sample")
