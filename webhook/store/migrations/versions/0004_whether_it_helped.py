"""Give what a person said about being helped a column of its own beside what came of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_CASES = sa.table("cases", sa.column("outcome", sa.String), sa.column("helped", sa.String))
_SAID = ("helped", "helped_a_bit", "did_not_help")


def upgrade() -> None:
    """Apply; what was said so far lay where the outcome is kept."""
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("helped", sa.String(length=16), nullable=True))
    said = _CASES.c.outcome.in_(_SAID)
    op.execute(_CASES.update().where(said).values(helped=_CASES.c.outcome, outcome=None))


def downgrade() -> None:
    """Take back; one column can hold one of the two, and what came of it goes first."""
    alone = _CASES.c.outcome.is_(None) & _CASES.c.helped.is_not(None)
    op.execute(_CASES.update().where(alone).values(outcome=_CASES.c.helped))
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_column("helped")
