"""Epochs of the map, proof preferences, sealed accesses, statements of the oversight body

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

from app.platform.columns import JsonText, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_epoch",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_access_epoch")),
    )
    op.create_table(
        "access_epoch_leaf",
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_commitment", sa.String(length=64), nullable=False),
        sa.Column("sealed_nonce", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["epoch"], ["access_epoch.number"], name=op.f("fk_access_epoch_leaf_epoch_access_epoch")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_access_epoch_leaf_person_id_person")
        ),
        sa.PrimaryKeyConstraint("epoch", "person_id", name=op.f("pk_access_epoch_leaf")),
    )
    op.create_table(
        "access_preference",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("notify", sa.String(length=10), nullable=False),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("proof_sizes", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_access_preference_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_access_preference")),
    )
    op.create_table(
        "oversight_statement",
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("findings", JsonText(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["epoch"], ["access_epoch.number"], name=op.f("fk_oversight_statement_epoch_access_epoch")
        ),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_oversight_statement")),
    )
    op.create_table(
        "sealed_access",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sealed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("content", JsonText(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=32), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("ledger_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_sealed_access_agency_id_agency")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_sealed_access_author_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_entry_id"],
            ["ledger_entry.id"],
            name=op.f("fk_sealed_access_ledger_entry_id_ledger_entry"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sealed_access_person_id_person")),
        sa.ForeignKeyConstraint(
            ["system_id"],
            ["information_system.id"],
            name=op.f("fk_sealed_access_system_id_information_system"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_access")),
        sa.UniqueConstraint("commitment", name=op.f("uq_sealed_access_commitment")),
        sa.UniqueConstraint("ledger_entry_id", name=op.f("uq_sealed_access_ledger_entry_id")),
    )
    with op.batch_alter_table("sealed_access", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_access_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sealed_access_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sealed_access_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sealed_access", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sealed_access_person_id"))
        batch_op.drop_index(batch_op.f("ix_sealed_access_expires_at"))
        batch_op.drop_index(batch_op.f("ix_sealed_access_agency_id"))

    op.drop_table("sealed_access")
    op.drop_table("oversight_statement")
    op.drop_table("access_preference")
    op.drop_table("access_epoch_leaf")
    op.drop_table("access_epoch")
