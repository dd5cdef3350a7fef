"""Openings of sealed accesses that the oversight body ordered

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("sealed_access", schema=None) as batch_op:
        batch_op.add_column(sa.Column("opened_by_id", BIG_ID, nullable=True))
        batch_op.add_column(sa.Column("opening_reason", sa.Text(), server_default="", nullable=False))
        batch_op.create_foreign_key(
            batch_op.f("fk_sealed_access_opened_by_id_account"), "account", ["opened_by_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("sealed_access", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_sealed_access_opened_by_id_account"), type_="foreignkey")
        batch_op.drop_column("opening_reason")
        batch_op.drop_column("opened_by_id")
