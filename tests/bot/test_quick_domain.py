"""The domain inside a model is read as Rasa would have read it."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from bot.fingerprint import newest
from tests.bot.assistant import bot_prints

COMPARE = """
import warnings
warnings.simplefilter("ignore")
from pathlib import Path
from rasa.shared.core.domain import Domain
from bot import quick_domain
folder = Path({folder!r})
theirs = Domain.from_path(str(folder))
quick_domain.use()
Domain.from_file = None  # from here on Rasa's own way fails
ours = Domain.from_path(folder)
print(theirs.as_dict() == ours.as_dict() and theirs.fingerprint() == ours.fingerprint())
titles = {{button["title"] for said in ours.responses.values() for one in said
          for button in one.get("buttons") or []}}
print("No" in titles and len(ours.responses) > 500)
"""


@pytest.mark.slow
@pytest.mark.assistant
def test_domain_of_a_model_is_what_rasa_reads(small_model: Path, tmp_path: Path) -> None:
    with tarfile.open(newest(small_model)) as model:
        member = next(one for one in model if one.name.endswith("domain_provider/domain.yml"))
        model.extract(member, tmp_path, filter="data")
    assert bot_prints(COMPARE.format(folder=str((tmp_path / member.name).parent)))[-2:] == [
        "True",
        "True",
    ]
