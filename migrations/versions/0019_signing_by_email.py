"""Signing by e-mail: what the limits count, mail to people without an account

Revision: 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "petition_signature_request",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("petition_id", BIG_ID, nullable=False),
        sa.Column("network", sa.LargeBinary(length=16), nullable=False),
        sa.Column("address", sa.LargeBinary(length=16), nullable=False),
        sa.Column("challenge", sa.LargeBinary(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_signature_request_petition_id_petition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_signature_request")),
        sa.UniqueConstraint("challenge", name=op.f("uq_petition_signature_request_challenge")),
    )
    with op.batch_alter_table("petition_signature_request", schema=None) as batch_op:
        batch_op.create_index(
            "ix_petition_signature_request_address", ["address", "petition_id", "at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_petition_signature_request_at"), ["at"], unique=False)
        batch_op.create_index(
            "ix_petition_signature_request_network", ["network", "petition_id", "at"], unique=False
        )

    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("recipient_kind", sa.String(length=20), server_default="account", nullable=False)
        )

    with op.batch_alter_table("petition_email_signer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("follows", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index("ix_petition_email_signer_canonical_email", ["canonical_email"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("petition_email_signer", schema=None) as batch_op:
        batch_op.drop_index("ix_petition_email_signer_canonical_email")
        batch_op.drop_column("follows")

    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_column("recipient_kind")

    op.drop_table("petition_signature_request")
