"""Persons and units, the second factor, more about sessions, linked identities, text being written

Revision: 0003, after 0002. Everybody is signed out: sessions of before say nothing about a second factor.
"""

import sqlalchemy as sa
from alembic import op

from app.platform.columns import JsonText, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# A number is never given twice; SQLite forgets that when it copies a table.
NEVER_AGAIN = {"sqlite_autoincrement": True}


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("pseudonym", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_person_pseudonym")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("account", table_kwargs=NEVER_AGAIN) as batch_op:
        batch_op.add_column(sa.Column("unit", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("person_id", BIG_ID, nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_account_person_id"), ["person_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_account_person_id_person"), "person", ["person_id"], ["id"]
        )
    op.execute("DELETE FROM account_session")
    with op.batch_alter_table("account_session") as batch_op:
        batch_op.add_column(sa.Column("last_seen_at", UtcDateTime(timezone=True), nullable=False))
        batch_op.add_column(sa.Column("proved_at", UtcDateTime(timezone=True), nullable=False))
        batch_op.add_column(sa.Column("factor", sa.String(length=10), nullable=False))
        batch_op.add_column(sa.Column("device", sa.String(length=200), nullable=False))
        batch_op.add_column(sa.Column("challenge", sa.LargeBinary(length=64), nullable=True))
    _create_factors()
    op.create_table(
        "linked_identity",
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        *_account_column("linked_identity"),
        sa.Column("linked_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_linked_identity")),
    )
    op.create_index(op.f("ix_linked_identity_account_id"), "linked_identity", ["account_id"])
    op.create_table(
        "saved_text",
        *_account_column("saved_text"),
        sa.Column("form_key", sa.String(length=200), nullable=False),
        sa.Column("fields", JsonText(), nullable=False),
        sa.Column("saved_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "form_key", name=op.f("pk_saved_text")),
    )
    op.create_index(op.f("ix_saved_text_saved_at"), "saved_text", ["saved_at"])


def _create_factors() -> None:
    op.create_table(
        "totp_key",
        *_account_column("totp_key"),
        sa.Column("sealed", sa.LargeBinary(length=80), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_totp_key")),
    )
    op.create_table(
        "passkey",
        sa.Column("id", BIG_ID, nullable=False),
        *_account_column("passkey"),
        sa.Column("credential_id", sa.LargeBinary(length=1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_account_id"), "passkey", ["account_id"])
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        *_account_column("recovery_code"),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"])


def _account_column(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    name = op.f(f"fk_{table}_account_id_account")
    key = sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=name, ondelete="CASCADE")
    return sa.Column("account_id", BIG_ID, nullable=False), key


def downgrade() -> None:
    for table in ("saved_text", "linked_identity", "recovery_code", "passkey", "totp_key"):
        op.drop_table(table)
    with op.batch_alter_table("account_session") as batch_op:
        for column in ("challenge", "device", "factor", "proved_at", "last_seen_at"):
            batch_op.drop_column(column)
    with op.batch_alter_table("account", table_kwargs=NEVER_AGAIN) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_account_person_id_person"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_account_person_id"), type_="unique")
        batch_op.drop_column("person_id")
        batch_op.drop_column("unit")
    op.drop_table("person")
