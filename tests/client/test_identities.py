"""Keys of a process's own participants: made when they are needed, and not at hand when the disk is full."""

import shutil
from pathlib import Path

import pytest

from gateway import machine
from gateway.client import NoAnswer, Smev3Client
from gateway.client.identities import CannotSign, Identities
from gateway.domain.clock import ManualClock
from gateway.domain.participants import Participant, Participants
from gateway.domain.signature_mode import SignatureMode
from gateway.keyring import Keyring
from tests.client.test_signing import NOW, Smev
from tests.conversation import INN_REQUEST


def identities(folder: Path, mode: SignatureMode = SignatureMode.STRICT) -> Identities:
    participants = Participants.of([Participant("CITY", "Администрация города")])
    return Identities.among(participants, Keyring.below(folder, b"s" * 32), mode)


async def test_a_key_is_made_for_the_first_call_and_bears_the_name_of_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    ours = identities(folder, SignatureMode.LENIENT)
    city = Smev3Client(Smev(), "CITY", ManualClock(NOW), machine.new_ids(1), **ours.of("CITY"))
    assert list((folder / "issued").iterdir()) == []
    await city.send_request(INN_REQUEST)
    [issued] = (folder / "issued").iterdir()
    assert issued.name.startswith("CITY.")
    assert ours.signer_of("CITY").certificate.subject_name == "Администрация города"


async def test_a_key_that_cannot_be_kept_is_no_answer_which_every_participant_survives(tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    ours = identities(folder)
    shutil.rmtree(folder)
    folder.write_text("in the way")
    city = Smev3Client(Smev(), "CITY", ManualClock(NOW), machine.new_ids(1), **ours.of("CITY"))
    with pytest.raises(CannotSign, match="authority") as refused:
        await city.send_request(INN_REQUEST)
    assert isinstance(refused.value, NoAnswer)
