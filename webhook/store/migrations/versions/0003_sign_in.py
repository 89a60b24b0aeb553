"""Add what signing in gained: names of factors, confirmed sessions, states of the provider."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("totp_next_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("totp_name", sa.String(length=40), nullable=True))
    with op.batch_alter_table("staff_passkeys", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(length=40), nullable=True))
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "staff_provider_states",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("staff_provider_states")
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.drop_column("confirmed_at")
    with op.batch_alter_table("staff_passkeys", schema=None) as batch_op:
        batch_op.drop_column("name")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_column("totp_name")
        batch_op.drop_column("totp_next_sealed")
