"""A service of yours, as small as it can be: it asks the tax service for a person's ИНН through SMEV."""

import asyncio
from pathlib import Path

from gateway.client import Smev3Client


def inn_of(question: Path, *, smev: str) -> str:
    """Send the question in the file `question` to the SMEV at the address `smev`; return the ИНН in the answer."""
    return asyncio.run(_inn_of(question.read_bytes(), smev))


async def _inn_of(question: bytes, smev: str) -> str:
    async with Smev3Client(smev, "MYSYSTEM") as client:
        sent = await client.send_request(question)
        async with client.responses(longest_pause=0.1) as responses:
            async for response in responses:
                if response.original_message_id == sent.message_id and response.status is None:
                    return "" if response.content is None else response.content.get("ИННФЛ", "")
    return ""
