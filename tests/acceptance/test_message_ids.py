"""MessageIDs of another form: refused as SMEV does, taken where the settings say so."""

import pytest

from gateway.client import Smev3Client
from gateway.machine import SystemClock, new_ids
from gateway.protocol.participant_replies import FaultReceived
from gateway.xml import parse, source
from tests.acceptance.conftest import Start
from tests.conversation import INN_REQUEST, INN_RESPONSE, PROVIDER

OTHER_FORMS = ["OWN-<1>&", "7E1D2C3B-0A1B-4C5D-8E9F-001122334455", "я" * 36]


@pytest.mark.parametrize("message_id", OTHER_FORMS)
async def test_any_message_id_makes_a_whole_exchange(start: Start, message_id: str) -> None:
    gateway = await start(any_message_id=True, any_uuid_version=True)
    clock, ids = SystemClock(), new_ids()
    async with (
        Smev3Client(gateway.url, "CITY", clock, ids) as city,
        Smev3Client(gateway.url, PROVIDER, clock, ids) as fns,
    ):
        await city.send_request(INN_REQUEST, message_id=message_id)
        request = await fns.take_request()
        assert request is not None
        assert (request.message_id, request.metadata.message_id) == (message_id, message_id)
        await fns.ack(message_id)
        assert request.reply_to is not None
        await fns.send_response(request.reply_to, INN_RESPONSE)
        response = await city.take_response()
        assert response is not None
        assert response.original_message_id == message_id
        with pytest.raises(FaultReceived, match="SMEV-301"):
            await city.send_request(INN_REQUEST, message_id=message_id)
        with pytest.raises(FaultReceived, match="SMEV-300"):
            await city.send_request(INN_REQUEST, message_id="x" * 37)


async def test_a_rejected_request_of_any_form_is_named_in_its_rejection(start: Start) -> None:
    gateway = await start(any_message_id=True, any_uuid_version=True)
    async with Smev3Client(gateway.url, "CITY", SystemClock(), new_ids()) as city:
        await city.send_request(source(parse(b'<unheard xmlns="urn:of"/>')), message_id="<&>")
        response = await city.take_response()
        assert response is not None
        assert response.async_status is not None
        assert response.async_status.original_message_id == "<&>"


async def test_the_form_is_checked_apart_from_the_version(start: Start) -> None:
    gateway = await start(any_message_id=True)
    ids, clock = new_ids(), SystemClock()
    async with Smev3Client(gateway.url, "CITY", clock, ids) as city:
        await city.send_request(INN_REQUEST, message_id=ids.message_id(clock.now()).upper())
        with pytest.raises(FaultReceived, match="SMEV-300"):
            await city.send_request(INN_REQUEST, message_id="OWN-1")
