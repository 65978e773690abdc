"""The login that SMEV gives the reader of one file: 30 random characters twice, as in real messages (spec §8)."""

import hashlib
import hmac
import string
from typing import Final

_ALPHABET: Final = string.ascii_letters + string.digits
_LENGTH: Final = 30


def new_login(secret: bytes, message_id: str, uuid: str) -> tuple[str, str]:
    """Return the user name and the password for a file of a message.

    Nobody can guess them without `secret`; with it they are the same each time, so that a run can be repeated.
    """
    return _characters(secret, "user", message_id, uuid), _characters(secret, "password", message_id, uuid)


def _characters(secret: bytes, *said: str) -> str:
    digest = hmac.digest(secret, "\n".join(("file login", *said)).encode(), hashlib.sha512)
    number = int.from_bytes(digest)
    # 64 bytes are 2^333 times what 30 characters hold: no character is likelier than another.
    found = []
    for _ in range(_LENGTH):
        number, place = divmod(number, len(_ALPHABET))
        found.append(_ALPHABET[place])
    return "".join(found)
