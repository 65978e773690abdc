"""Every data kind that is shipped can be sampled, request and response."""

from pathlib import Path

import pytest

from gateway import xml
from gateway.library import Library, load
from gateway.library.folders import KindFolder, find_folders
from gateway.library.sampling import Fullness, Sampler
from gateway.protocol.messages import MessageType
from tests.sampling.samples import TODAY

KINDS = Path(__file__).resolve().parents[2] / "schemas" / "kinds"
FOLDERS = [folder for folder in find_folders(KINDS) if isinstance(folder, KindFolder)]


@pytest.fixture(scope="module")
def library() -> Library:
    return load(KINDS)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.kind.id)
def test_samples_of_a_kind_are_valid(folder: KindFolder, library: Library) -> None:
    sampler, again = Sampler(folder.xsd, folder.path), Sampler(folder.xsd, folder.path)
    fullnesses: tuple[Fullness, ...] = ("minimal", "full")
    for root in folder.kind.roots:
        for seed in range(3):
            for fullness in fullnesses:
                made = sampler.sample(root, seed, today=TODAY, fullness=fullness)
                source = xml.source(made)
                read = xml.parse(source)
                assert MessageType.of(read) == root
                assert library.violations(read) == ()
                assert xml.source(again.sample(root, seed, today=TODAY, fullness=fullness)) == source


def test_there_are_kinds_to_sample() -> None:
    assert len(FOLDERS) >= 6
