"""Keep who an account is at the provider, so that an address given to a successor opens nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; an account is bound when it next comes in by the provider."""
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("provider_subject", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_column("provider_subject")
