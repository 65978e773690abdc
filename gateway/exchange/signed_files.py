"""Signatures of files (SignaturePKCS7): those that came with a call, and those that lie in the file store (spec §8)."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from gateway.protocol.messages import AttachmentHeader, RefAttachmentHeader
from gateway.protocol.operations import Call, SendRequest, SendResponse
from gateway.signature import cms
from gateway.signature.algorithms import GOST2012_256
from gateway.signature.certificates import Certificate
from gateway.signature.cms import CmsProblem
from gateway.storage.attachments import Look, StoredFile
from gateway.values import value

_LARGE: Final = 256 * 1024
"""Bytes: some ten milliseconds of hashing."""
_PIECE: Final = 1024 * 1024


@value
class VerifiedFile:
    """What came of a file's signature: the certificate by which it holds, or the problem.

    `where` is the place of the signature in the call.
    """

    name: str
    where: str
    certificate: Certificate | None = None
    problem: CmsProblem | None = None


async def verified_files(call: Call, look: Callable[[str], Look] | None) -> Sequence[VerifiedFile]:
    """Verify the signature of each file of a call that has one; large ones off the event loop, where others wait.

    `look` finds files by reference, which have been hashed by then; None where there are none.
    """
    if not isinstance(call, SendRequest | SendResponse):
        return ()
    files = [*_sent(call), *(_referred(call, look) if look is not None else ())]
    if sum(file.to_hash for file in files) < _LARGE:
        return [file.verified() for file in files]
    return await asyncio.to_thread(lambda: [file.verified() for file in files])


@value
class _Signed:
    """A file with a signature, and its content: at hand, or in the store."""

    name: str
    where: str
    signature: bytes
    content: bytes | StoredFile

    @property
    def to_hash(self) -> int:
        """How many bytes at most have to be hashed."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.size

    def verified(self) -> VerifiedFile:
        try:
            content = self.content if isinstance(self.content, bytes) else _digest(self.content, self.signature)
            return VerifiedFile(self.name, self.where, cms.verify(self.signature, content).certificate)
        except CmsProblem as problem:
            return VerifiedFile(self.name, self.where, problem=problem)


def _digest(file: StoredFile, signature: bytes) -> cms.Digest:
    """Return the digest that the signature is over: the one that the store has, or another, which costs a reading."""
    algorithm = cms.algorithm_of(signature)
    if algorithm is GOST2012_256 and file.digest is not None:
        return cms.Digest(file.digest)
    if algorithm.new_digest is None:
        return cms.Digest(algorithm.digest(file.path.read_bytes()), algorithm)
    digest = algorithm.new_digest()
    with file.path.open("rb") as content:
        while piece := content.read(_PIECE):
            digest.update(piece)
    return cms.Digest(digest.digest(), algorithm)


def _sent(call: SendRequest | SendResponse) -> list[_Signed]:
    contents = {attachment.content_id: attachment.content for attachment in call.attachments}
    found = []
    for place, header in enumerate(call.data.attachment_headers, 1):
        content = contents.get(header.content_id)
        if header.signature is not None and content is not None:
            found.append(_Signed(header.content_id, _where(header, place), header.signature, content))
    return found


def _referred(call: SendRequest | SendResponse, look: Callable[[str], Look]) -> list[_Signed]:
    found = []
    for place, header in enumerate(call.data.ref_attachment_headers, 1):
        files = () if header.signature is None else look(header.uuid).files
        if header.signature is not None and len(files) == 1:  # else `files_are_as_described` refuses it
            found.append(_Signed(header.uuid, _where(header, place), header.signature, files[0]))
    return found


def _where(header: AttachmentHeader | RefAttachmentHeader, place: int) -> str:
    name = type(header).__name__
    return f"{name}List/{name}[{place}]/SignaturePKCS7"
