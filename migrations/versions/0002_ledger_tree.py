"""The ledger's tree: tiles, checkpoints, cosignatures, and the log of the map's roots

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

from app.platform.columns import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_map_leaf",
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_ledger_map_leaf")),
    )
    with op.batch_alter_table("ledger_map_leaf", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_map_leaf_leaf_hash"), ["leaf_hash"], unique=False)
    op.create_table(
        "ledger_tile",
        sa.Column("log", sa.String(length=16), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("log", "level", "number", name=op.f("pk_ledger_tile")),
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("log", sa.String(length=16), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("log", "size", name=op.f("pk_ledger_checkpoint")),
    )
    op.create_table(
        "ledger_cosignature",
        sa.Column("log", sa.String(length=16), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("witness", sa.String(length=255), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("log", "size", "witness", name=op.f("pk_ledger_cosignature")),
    )


def downgrade() -> None:
    op.drop_table("ledger_cosignature")
    op.drop_table("ledger_checkpoint")
    op.drop_table("ledger_tile")
    with op.batch_alter_table("ledger_map_leaf", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_map_leaf_leaf_hash"))
    op.drop_table("ledger_map_leaf")
