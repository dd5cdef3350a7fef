"""Civil requests: who asks, each agency's part, what happened, the words that point to agencies

Revision: 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "civil_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("publishable", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("reason_note", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("appeal", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_title", sa.String(length=120), nullable=False),
        sa.Column("published_question", sa.Text(), nullable=False),
        sa.Column("published_answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["civil_request.id"],
            name=op.f("fk_civil_request_merged_into_id_civil_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_civil_request")),
        sa.UniqueConstraint("reference", name=op.f("uq_civil_request_reference")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("civil_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_civil_request_published_at"), ["published_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_civil_request_state"), ["state"], unique=False)

    op.create_table(
        "civil_request_assignment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("clock_events", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_source", sa.String(length=10), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("days_taken", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_civil_request_assignment_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["civil_request.id"],
            name=op.f("fk_civil_request_assignment_request_id_civil_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_civil_request_assignment")),
    )
    with op.batch_alter_table("civil_request_assignment", schema=None) as batch_op:
        batch_op.create_index(
            "ix_civil_request_assignment_due", ["agency_id", "state", "due_on"], unique=False
        )
        batch_op.create_index("uq_civil_request_assignment_agency", ["request_id", "agency_id"], unique=True)

    op.create_table(
        "civil_request_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("ledger_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["ledger_entry_id"],
            ["ledger_entry.id"],
            name=op.f("fk_civil_request_event_ledger_entry_id_ledger_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["civil_request.id"], name=op.f("fk_civil_request_event_request_id_civil_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_civil_request_event")),
    )
    with op.batch_alter_table("civil_request_event", schema=None) as batch_op:
        batch_op.create_index("ix_civil_request_event_request", ["request_id", "id"], unique=False)

    op.create_table(
        "civil_request_keyword",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_civil_request_keyword_agency_id_agency")
        ),
        sa.PrimaryKeyConstraint("agency_id", "word", name=op.f("pk_civil_request_keyword")),
    )
    op.create_table(
        "civil_request_filer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("via_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_civil_request_filer_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["civil_request.id"], name=op.f("fk_civil_request_filer_request_id_civil_request")
        ),
        sa.ForeignKeyConstraint(
            ["via_id"], ["civil_request.id"], name=op.f("fk_civil_request_filer_via_id_civil_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_civil_request_filer")),
    )
    with op.batch_alter_table("civil_request_filer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_civil_request_filer_account_id"), ["account_id"], unique=False)
        batch_op.create_index("uq_civil_request_filer", ["request_id", "account_id"], unique=True)


def downgrade():
    with op.batch_alter_table("civil_request_filer", schema=None) as batch_op:
        batch_op.drop_index("uq_civil_request_filer")
        batch_op.drop_index(batch_op.f("ix_civil_request_filer_account_id"))

    op.drop_table("civil_request_filer")
    op.drop_table("civil_request_keyword")
    with op.batch_alter_table("civil_request_event", schema=None) as batch_op:
        batch_op.drop_index("ix_civil_request_event_request")

    op.drop_table("civil_request_event")
    with op.batch_alter_table("civil_request_assignment", schema=None) as batch_op:
        batch_op.drop_index("uq_civil_request_assignment_agency")
        batch_op.drop_index("ix_civil_request_assignment_due")

    op.drop_table("civil_request_assignment")
    with op.batch_alter_table("civil_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_civil_request_state"))
        batch_op.drop_index(batch_op.f("ix_civil_request_published_at"))

    op.drop_table("civil_request")
