"""What a client says of signatures that it wanted to hold. Apart, so that who signs nothing loads no cryptography."""

from gateway.protocol.participant_replies import ProtocolError


class Untrusted(ProtocolError):
    """A signature on what came is missing, or does not hold.

    `whose` is "SMEV", "sender" or the contentId of an attachment. The message stays in its queue and comes again:
    whoever never wants to see it again acknowledges `message_id` with accepted=False, as the official client does.
    """

    def __init__(self, whose: str, why: str, message_id: str = "") -> None:
        self.whose, self.why, self.message_id = whose, why, message_id
        super().__init__(f"{whose}: {why}")
