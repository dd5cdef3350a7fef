"""The oversight body's public keys; its findings stay with it

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "oversight_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verifier_key", sa.String(length=200), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oversight_key")),
        sa.UniqueConstraint("verifier_key", name=op.f("uq_oversight_key_verifier_key")),
    )
    with op.batch_alter_table("oversight_statement", schema=None) as batch_op:
        batch_op.drop_column("findings")


def downgrade() -> None:
    with op.batch_alter_table("oversight_statement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("findings", sa.Text(), server_default="[]", nullable=False))
    op.drop_table("oversight_key")
