"""The world by REST, below `/__admin/world`: who is in it, what is known of a number, what a tester says instead.

The gateway mounts these views without knowing them: `agencies.runner.Nodes.admin_routes`. Keys are those of the
records, in snake_case: a fixture names things as they are read here.
"""

import json
from functools import partial

from aiohttp import web
from pydantic import ConfigDict

from agencies.kept_world import KeptWorld
from agencies.world.describe import NotInWorld, describe, list_cases
from agencies.world.fixtures import FixtureError, Fixtures
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Shape, Word, described
from gateway.words import say


class EdgePerson(Shape):
    """Somebody of an edge case."""

    model_config = ConfigDict(alias_generator=None)

    case: str
    about: str
    snils: str
    inn: str | None
    full_name: str
    birth_date: str


class EdgePeople(Shape):
    """The people of the edge cases."""

    people: list[EdgePerson]


class Subject(Shape):
    """All that the world knows of a person, a firm or an estate: the keys are those of docs/reference/world.md."""

    model_config = ConfigDict(extra="allow", alias_generator=None)

    subject: str


class AppliedFixtures(Shape):
    """What came of fixtures; wrong check digits are a warning, and kept."""

    applied: int
    warnings: list[str]


class ForgottenFixtures(Shape):
    """Of how many subjects the fixtures that came by REST were forgotten."""

    forgotten: int


class _WorldView(AdminView):
    @property
    def kept(self) -> KeptWorld:
        """The world of the agencies."""
        kept: KeptWorld = self.nodes.kept_world
        return kept


class WorldView(_WorldView):
    """`/__admin/world`."""

    @described(
        lambda: say(
            "Особые люди мира по названию случая: должник, без ИНН, однофамильцы…",
            "The edge people of the world by the name of their case: debtor, no INN, namesakes…",
        ),
        EdgePeople,
        404,
    )
    async def get(self, case: Word | None = None) -> web.Response:
        try:
            found = list_cases(self.kept.world, case)
        except NotInWorld as error:
            raise _not_in_world(error) from error
        return self.reply(EdgePeople(people=[EdgePerson(**person) for person in found]))


class SubjectView(_WorldView):
    """`/__admin/world/{number}`."""

    @described(
        lambda: say(
            "Всё, что известно о СНИЛС, ИНН, ОГРН, ОГРНИП или кадастровом номере.",
            "All that is known of a SNILS, INN, OGRN, OGRNIP or cadastral number.",
        ),
        Subject,
        404,
    )
    async def get(self, number: str, /) -> web.Response:
        try:
            return self.reply(Subject(**describe(self.kept.world, number)))
        except NotInWorld as error:
            raise _not_in_world(error) from error


class FixturesView(_WorldView):
    """`/__admin/world/fixtures`."""

    @described(lambda: say("Фикстуры: что сказано о мире.", "Fixtures: what has been said of the world."), Fixtures)
    async def get(self) -> web.Response:
        return web.json_response(self.kept.fixtures(), dumps=_as_json)

    @described(
        lambda: say(
            "Добавить людей, организации, недвижимость или изменить их: с этого момента все ведомства отвечают так. "
            "Неверные контрольные цифры — предупреждение.",
            "Add people, firms, real estate, or change them: from now on all agencies answer so. "
            "Wrong check digits are a warning.",
        ),
        AppliedFixtures,
        422,
    )
    async def post(self, fixtures: Fixtures) -> web.Response:
        try:
            warnings = self.kept.apply(fixtures)
        except FixtureError as error:
            first = error.problems[0]
            title, detail = say("Фикстуры не годятся", "The fixtures cannot be applied"), str(error)
            raise Refused(422, "fixtures", title, detail, first.advice) from error
        except OSError as error:
            raise _unkept(error) from error
        return self.reply(AppliedFixtures(applied=len(fixtures.subjects), warnings=list(warnings)))

    @described(
        lambda: say("Забыть фикстуры, присланные по REST.", "Forget the fixtures that came by REST."), ForgottenFixtures
    )
    async def delete(self) -> web.Response:
        try:
            return self.reply(ForgottenFixtures(forgotten=self.kept.forget()))
        except OSError as error:
            raise _unkept(error) from error


def _not_in_world(error: NotInWorld) -> Refused:
    hint = say("кто есть: GET /__admin/world", "who is there: GET /__admin/world")
    return Refused(404, "world", say("В мире такого нет", "The world has none"), str(error), hint)


def _unkept(error: OSError) -> Refused:
    title = say("Фикстуры не сохранить", "The fixtures cannot be kept")
    hint = say("проверьте место на диске и права на папку данных", "check the space and the rights of the data folder")
    return Refused(503, "fixtures", title, f"{error.filename}: {error.strerror}", hint)


_as_json = partial(json.dumps, ensure_ascii=False)
