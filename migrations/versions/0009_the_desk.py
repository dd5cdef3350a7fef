"""Acting for a person at a desk

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resident",
        sa.Column(
            "person_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_resident_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_resident")),
    )
    with op.batch_alter_table("resident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resident_district"), ["district"], unique=False)

    op.create_table(
        "desk_act",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("clerk_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("clerk_tag", sa.String(length=8), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("restore", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ledger_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=10), nullable=True),
        sa.Column("undone_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_desk_act_account_id_account")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_desk_act_agency_id_agency")),
        sa.ForeignKeyConstraint(["clerk_id"], ["account.id"], name=op.f("fk_desk_act_clerk_id_account")),
        sa.ForeignKeyConstraint(
            ["ledger_entry_id"], ["ledger_entry.id"], name=op.f("fk_desk_act_ledger_entry_id_ledger_entry")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_desk_act_person_id_person")),
        sa.ForeignKeyConstraint(
            ["undone_entry_id"], ["ledger_entry.id"], name=op.f("fk_desk_act_undone_entry_id_ledger_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_act")),
        sa.UniqueConstraint("ledger_entry_id", name=op.f("uq_desk_act_ledger_entry_id")),
        sa.UniqueConstraint("undone_entry_id", name=op.f("uq_desk_act_undone_entry_id")),
    )
    with op.batch_alter_table("desk_act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_act_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_act_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_act_clerk_id"), ["clerk_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_act_person_id"), ["person_id"], unique=False)

    op.create_table(
        "desk_session",
        sa.Column("session_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_desk_session_person_id_person")),
        sa.ForeignKeyConstraint(
            ["session_hash"],
            ["account_session.id_hash"],
            name=op.f("fk_desk_session_session_hash_account_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_desk_session")),
    )
    with op.batch_alter_table("desk_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_session_ends_at"), ["ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_session_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("desk_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_session_person_id"))
        batch_op.drop_index(batch_op.f("ix_desk_session_ends_at"))

    op.drop_table("desk_session")
    with op.batch_alter_table("desk_act", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_act_person_id"))
        batch_op.drop_index(batch_op.f("ix_desk_act_clerk_id"))
        batch_op.drop_index(batch_op.f("ix_desk_act_agency_id"))
        batch_op.drop_index(batch_op.f("ix_desk_act_account_id"))

    op.drop_table("desk_act")
    with op.batch_alter_table("resident", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resident_district"))

    op.drop_table("resident")
