"""Petitions: an archived signature has no proof

Revision: 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The nightly job blanks the proofs of what is archived already.
    with op.batch_alter_table("petition_signature", schema=None) as batch_op:
        batch_op.alter_column("proof", existing_type=sa.LargeBinary(length=80), nullable=True)


def downgrade() -> None:
    signatures = sa.table("petition_signature", sa.column("proof", sa.LargeBinary()))
    op.execute(signatures.update().where(signatures.c.proof.is_(None)).values(proof=b""))
    with op.batch_alter_table("petition_signature", schema=None) as batch_op:
        batch_op.alter_column("proof", existing_type=sa.LargeBinary(length=80), nullable=False)
