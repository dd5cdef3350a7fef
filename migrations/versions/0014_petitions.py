"""Petitions: types, texts, sponsors, obligations, signatures, totals; regions, postcodes, years of birth

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "petition_type",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_petition_type")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_ko", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_table(
        "petition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("type_code", sa.String(length=40), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("demand", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moderated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("reason_note", sa.Text(), nullable=False),
        sa.Column("joined_to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("signature_count", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_petition_agency_id_agency")),
        sa.ForeignKeyConstraint(["creator_id"], ["account.id"], name=op.f("fk_petition_creator_id_account")),
        sa.ForeignKeyConstraint(
            ["joined_to_id"], ["petition.id"], name=op.f("fk_petition_joined_to_id_petition")
        ),
        sa.ForeignKeyConstraint(
            ["type_code"], ["petition_type.code"], name=op.f("fk_petition_type_code_petition_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition")),
        sa.UniqueConstraint("reference", name=op.f("uq_petition_reference")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("petition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_petition_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_petition_creator_id"), ["creator_id"], unique=False)
        batch_op.create_index("ix_petition_state_opened", ["state", "opened_at"], unique=False)

    op.create_table(
        "petition_edit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("editor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["editor_id"], ["account.id"], name=op.f("fk_petition_edit_editor_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_edit_petition_id_petition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_edit")),
    )
    with op.batch_alter_table("petition_edit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_petition_edit_petition_id"), ["petition_id"], unique=False)

    op.create_table(
        "petition_email_signer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("canonical_email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("network", sa.LargeBinary(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_email_signer_petition_id_petition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_email_signer")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_petition_email_signer_token_hash")),
    )
    with op.batch_alter_table("petition_email_signer", schema=None) as batch_op:
        batch_op.create_index(
            "uq_petition_email_signer_address", ["petition_id", "canonical_email"], unique=True
        )

    op.create_table(
        "petition_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("ledger_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["ledger_entry_id"],
            ["ledger_entry.id"],
            name=op.f("fk_petition_event_ledger_entry_id_ledger_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_event_petition_id_petition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_event")),
    )
    with op.batch_alter_table("petition_event", schema=None) as batch_op:
        batch_op.create_index("ix_petition_event_petition_at", ["petition_id", "at", "id"], unique=False)

    op.create_table(
        "petition_notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_follower_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_notice_petition_id_petition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_notice")),
    )
    op.create_table(
        "petition_obligation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("clock_events", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("scheduled_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("record_url", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_petition_obligation_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_obligation_petition_id_petition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_obligation")),
    )
    with op.batch_alter_table("petition_obligation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_petition_obligation_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_petition_obligation_due_on"), ["due_on"], unique=False)
        batch_op.create_index("uq_petition_obligation_kind", ["petition_id", "kind"], unique=True)

    op.create_table(
        "petition_sponsor",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_petition_sponsor_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_sponsor_petition_id_petition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_sponsor")),
    )
    with op.batch_alter_table("petition_sponsor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_petition_sponsor_account_id"), ["account_id"], unique=False)
        batch_op.create_index("uq_petition_sponsor_account", ["petition_id", "account_id"], unique=True)

    op.create_table(
        "petition_total",
        sa.Column("petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=50), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_total_petition_id_petition")
        ),
        sa.PrimaryKeyConstraint(
            "petition_id", "level", "place", "district", "on", name=op.f("pk_petition_total")
        ),
    )
    op.create_table(
        "petition_follower",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("email_signer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_petition_follower_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["email_signer_id"],
            ["petition_email_signer.id"],
            name=op.f("fk_petition_follower_email_signer_id_petition_email_signer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_follower_petition_id_petition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_follower")),
    )
    with op.batch_alter_table("petition_follower", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_petition_follower_account_id"), ["account_id"], unique=False)
        batch_op.create_index("uq_petition_follower_account", ["petition_id", "account_id"], unique=True)
        batch_op.create_index("uq_petition_follower_email", ["petition_id", "email_signer_id"], unique=True)

    op.create_table(
        "petition_signature",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pseudonym", sa.LargeBinary(length=64), nullable=False),
        sa.Column("proof", sa.LargeBinary(length=80), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("email_signer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=50), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("network", sa.LargeBinary(length=16), nullable=True),
        sa.Column("folded", sa.Boolean(), nullable=False),
        sa.Column("in_totals", sa.Boolean(), nullable=False),
        sa.Column("ledger_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("change_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_petition_signature_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["change_entry_id"],
            ["ledger_entry.id"],
            name=op.f("fk_petition_signature_change_entry_id_ledger_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["email_signer_id"],
            ["petition_email_signer.id"],
            name=op.f("fk_petition_signature_email_signer_id_petition_email_signer"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["ledger_entry_id"],
            ["ledger_entry.id"],
            name=op.f("fk_petition_signature_ledger_entry_id_ledger_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_signature_petition_id_petition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_signature")),
        sa.UniqueConstraint("email_signer_id", name=op.f("uq_petition_signature_email_signer_id")),
        sa.UniqueConstraint("ledger_entry_id", name=op.f("uq_petition_signature_ledger_entry_id")),
    )
    with op.batch_alter_table("petition_signature", schema=None) as batch_op:
        batch_op.create_index("ix_petition_signature_account", ["account_id", "petition_id"], unique=False)
        batch_op.create_index(
            "ix_petition_signature_network", ["network", "petition_id", "signed_at"], unique=False
        )
        batch_op.create_index("ix_petition_signature_time", ["petition_id", "signed_at"], unique=False)
        batch_op.create_index(
            "ix_petition_signature_unfolded",
            ["id"],
            unique=False,
            sqlite_where=sa.text("NOT folded"),
            postgresql_where=sa.text("NOT folded"),
        )
        batch_op.create_index("uq_petition_signature_pseudonym", ["petition_id", "pseudonym"], unique=True)

    with op.batch_alter_table("district", schema=None) as batch_op:
        batch_op.add_column(sa.Column("region_code", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("postcodes", sa.Text(), server_default="[]", nullable=False))
        batch_op.create_foreign_key(
            batch_op.f("fk_district_region_code_region"), "region", ["region_code"], ["code"]
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("birth_year", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("birth_year")

    with op.batch_alter_table("district", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_district_region_code_region"), type_="foreignkey")
        batch_op.drop_column("postcodes")
        batch_op.drop_column("region_code")

    with op.batch_alter_table("petition_signature", schema=None) as batch_op:
        batch_op.drop_index("uq_petition_signature_pseudonym")
        batch_op.drop_index(
            "ix_petition_signature_unfolded",
            sqlite_where=sa.text("NOT folded"),
            postgresql_where=sa.text("NOT folded"),
        )
        batch_op.drop_index("ix_petition_signature_time")
        batch_op.drop_index("ix_petition_signature_network")
        batch_op.drop_index("ix_petition_signature_account")

    op.drop_table("petition_signature")
    with op.batch_alter_table("petition_follower", schema=None) as batch_op:
        batch_op.drop_index("uq_petition_follower_email")
        batch_op.drop_index("uq_petition_follower_account")
        batch_op.drop_index(batch_op.f("ix_petition_follower_account_id"))

    op.drop_table("petition_follower")
    op.drop_table("petition_total")
    with op.batch_alter_table("petition_sponsor", schema=None) as batch_op:
        batch_op.drop_index("uq_petition_sponsor_account")
        batch_op.drop_index(batch_op.f("ix_petition_sponsor_account_id"))

    op.drop_table("petition_sponsor")
    with op.batch_alter_table("petition_obligation", schema=None) as batch_op:
        batch_op.drop_index("uq_petition_obligation_kind")
        batch_op.drop_index(batch_op.f("ix_petition_obligation_due_on"))
        batch_op.drop_index(batch_op.f("ix_petition_obligation_agency_id"))

    op.drop_table("petition_obligation")
    op.drop_table("petition_notice")
    with op.batch_alter_table("petition_event", schema=None) as batch_op:
        batch_op.drop_index("ix_petition_event_petition_at")

    op.drop_table("petition_event")
    with op.batch_alter_table("petition_email_signer", schema=None) as batch_op:
        batch_op.drop_index("uq_petition_email_signer_address")

    op.drop_table("petition_email_signer")
    with op.batch_alter_table("petition_edit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_petition_edit_petition_id"))

    op.drop_table("petition_edit")
    with op.batch_alter_table("petition", schema=None) as batch_op:
        batch_op.drop_index("ix_petition_state_opened")
        batch_op.drop_index(batch_op.f("ix_petition_creator_id"))
        batch_op.drop_index(batch_op.f("ix_petition_agency_id"))

    op.drop_table("petition")
    op.drop_table("region")
    op.drop_table("petition_type")
