"""Settings of the file: as lines, and the law as a table."""

from pathlib import Path

import pytest

from gateway.domain.once_only.enforcement import Mode, Unattributed
from gateway.settings import Settings, SettingsError, read_settings


def read(file: Path, text: str, **flags: object) -> Settings:
    file.write_text(text, encoding="utf-8")
    return read_settings(flags, file)


def test_the_law_is_a_table_or_lines(tmp_path: Path) -> None:
    file = tmp_path / "smev.toml"
    for text in (
        'port = 1\n[once_only]\nmode = "observe"\nunattributed = "refuse"',
        'port = 1\nonce_only = "observe"\nunattributed = "refuse"',
        'port = 1\nonce_only.mode = "observe"\nonce_only.unattributed = "refuse"',
    ):
        settings = read(file, text)
        assert (settings.port, settings.once_only, settings.unattributed) == (1, Mode.OBSERVE, Unattributed.REFUSE)
    assert read(file, text, once_only="enforce").once_only is Mode.ENFORCE
    assert read(file, "port = 1").once_only is Mode.ENFORCE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[once_only]\nmood = "observe"', "once_only.mood"),
        ('[once_only]\nmode = "sometimes"', "sometimes"),
        ('unattributed = "no"', "unattributed"),
    ],
)
def test_what_is_wrong_with_it_is_told(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        read(tmp_path / "smev.toml", text)
