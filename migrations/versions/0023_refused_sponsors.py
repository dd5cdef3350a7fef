"""Petitions: why a sponsor's signature was not written

Revision: 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("petition_sponsor", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refusal", sa.String(length=40), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("petition_sponsor", schema=None) as batch_op:
        batch_op.drop_column("refusal")
