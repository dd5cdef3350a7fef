"""Questions about accesses

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=22), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_events", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("appeal", sa.Text(), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_access_dispute_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_access_dispute_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["access_record.id"], name=op.f("fk_access_dispute_record_id_access_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_dispute")),
        sa.UniqueConstraint("record_id", name=op.f("uq_access_dispute_record_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_access_dispute_reference")),
    )
    with op.batch_alter_table("access_dispute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_dispute_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_access_dispute_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_access_dispute_state"), ["state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("access_dispute", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_dispute_state"))
        batch_op.drop_index(batch_op.f("ix_access_dispute_agency_id"))
        batch_op.drop_index(batch_op.f("ix_access_dispute_account_id"))

    op.drop_table("access_dispute")
