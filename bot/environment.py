"""What must be set before Rasa and NumPy are imported: few threads, no telemetry, no chatter."""

from __future__ import annotations

import os

_SETTINGS = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # Multiplies in half precision, and prepares each matrix once: no weight of ours ever changes.
    "TF_ENABLE_ONEDNN_OPTS": "1",
    "TF_ONEDNN_ASSUME_FROZEN_WEIGHTS": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONWARNINGS": "ignore",
}
_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


def prepare(threads: int) -> None:
    """Set the environment of this process; settings the operator made for threads are kept."""
    os.environ.update(_SETTINGS)
    for name in _THREADS:
        os.environ.setdefault(name, str(threads))
