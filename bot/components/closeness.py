"""What a closeness to a detail says of the chance that a reader would choose it.

The policies' limits are closenesses. Both rows are from held-out voices; see docs/evaluation.md.
"""

from __future__ import annotations

from typing import Final

CHANCES: Final = (0.0, 0.12, 0.18, 0.25, 0.45, 0.5, 0.55, 0.65, 0.8, 1.0)
CLOSENESS: Final = (0.3, 0.5, 0.57, 0.6, 0.66, 0.675, 0.7, 0.75, 0.85, 0.98)
