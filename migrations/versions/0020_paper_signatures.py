"""Sheets of signatures on paper

Revision: 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "petition_paper_sheet",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("petition_id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("clerk_id", BIG_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("scan", sa.String(length=64), nullable=True),
        sa.Column("ledger_entry_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["clerk_id"], ["account.id"], name=op.f("fk_petition_paper_sheet_clerk_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_entry_id"],
            ["ledger_entry.id"],
            name=op.f("fk_petition_paper_sheet_ledger_entry_id_ledger_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_paper_sheet_petition_id_petition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_paper_sheet")),
        sa.UniqueConstraint("ledger_entry_id", name=op.f("uq_petition_paper_sheet_ledger_entry_id")),
    )
    with op.batch_alter_table("petition_paper_sheet", schema=None) as batch_op:
        batch_op.create_index("uq_petition_paper_sheet_number", ["petition_id", "number"], unique=True)

    op.create_table(
        "petition_paper_line",
        sa.Column("sheet_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signature_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["petition_paper_sheet.id"],
            name=op.f("fk_petition_paper_line_sheet_id_petition_paper_sheet"),
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["petition_signature.id"],
            name=op.f("fk_petition_paper_line_signature_id_petition_signature"),
        ),
        sa.PrimaryKeyConstraint("sheet_id", "line", name=op.f("pk_petition_paper_line")),
        sa.UniqueConstraint("signature_id", name=op.f("uq_petition_paper_line_signature_id")),
    )


def downgrade() -> None:
    op.drop_table("petition_paper_line")
    op.drop_table("petition_paper_sheet")
