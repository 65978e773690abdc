"""What a scenario runs in: the settings of its gateway, the kinds and the participants that it will find there."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Final

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from gateway import inventory
from gateway.inventory import CannotStart
from gateway.library import Library
from gateway.scenarios.model import FROZEN, Scenario
from gateway.scenarios.problems import Member, Problem, ScenarioError, in_words
from gateway.scenarios.reading import ReadScenario
from gateway.settings import Settings
from gateway.topology import Topology
from gateway.words import say

_FILES: Final = ("services", "fixtures")
"""Settings that name files and folders, from where the scenario stands."""


class _Given(Settings):
    """Settings that come from the scenario alone: what the environment says is for gateways that serve."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(env_prefix="MOCK_SMEV_SCENARIO_", extra="forbid")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Settings of the gateway, the kinds that it loads, the topology."""

    settings: Settings
    library: Library
    topology: Topology


def settings_of(read: ReadScenario, data: Path, port: int = 0) -> Settings:
    """Return the settings of the gateway that a scenario is run against; `data` is a folder of its own.

    Raises: ScenarioError.
    """
    scenario, folder = read.scenario, read.file.parent
    given = _given(read)
    try:
        return _Given(
            **given,
            port=port,
            data=data,
            store="sqlite://",
            seed=scenario.seed,
            clock=clock_of(scenario),
            topology=_topology(scenario.topology, folder),
            kinds=tuple(str(folder / each) for each in scenario.kinds),
        )
    except ValidationError as error:
        raise ScenarioError(_problem(read, each) for each in error.errors(include_url=False)) from error


def clock_of(scenario: Scenario) -> str:
    """Return how the clock goes: a system under test lives in real time unless the scenario says otherwise."""
    return "real" if scenario.real and "clock" not in scenario.model_fields_set else scenario.clock or FROZEN


def _given(read: ReadScenario) -> dict[str, Any]:
    scenario = read.scenario
    told = scenario.settings
    given: dict[str, Any] = {name: getattr(told, name) for name in told.model_fields_set}
    for name in _FILES:
        if isinstance(given.get(name), list):
            given[name] = tuple(str(read.file.parent / each) for each in given[name])
    players = scenario.participants.items()
    own = [f"{mnemonic}={player.name}" if player.name else mnemonic for mnemonic, player in players]
    provides = [f"{mnemonic}={kind}" for mnemonic, player in players for kind in player.provides]
    return {
        **given,
        "participant": (*_listed(given.get("participant")), *own),
        "provide": (*_listed(given.get("provide")), *provides),
    }


def _listed(given: object) -> tuple[Any, ...]:
    return tuple(given) if isinstance(given, list | tuple) else ()


def _topology(name: str, folder: Path) -> str:
    return str(folder / name) if name.endswith(".toml") else name


def _problem(read: ReadScenario, error: Any) -> Problem:
    name, *rest = error["loc"] or ("settings",)
    member: Member = ("settings", str(name).replace("_", "-"), *rest)
    return read.problem(member, f"{error['msg']}; " + say("найдено: ", "found ") + in_words(error["input"]))


def surroundings_of(read: ReadScenario) -> Surroundings:
    """Return what a scenario runs in; nothing is started.

    Raises: ScenarioError.
    """
    settings = settings_of(read, Path("/nonexistent"))
    try:
        library = _library(settings.kinds)
    except CannotStart as error:
        raise ScenarioError([read.problem(("kinds",), str(error))]) from error
    try:
        return Surroundings(settings, library, inventory.load_topology(settings, library))
    except CannotStart as error:
        raise ScenarioError([read.problem(("topology",), str(error))]) from error


@lru_cache(8)
def _library(kinds: tuple[str, ...]) -> Library:
    """Return the kinds that ship and those of folders; many scenarios of one run look at the same ones."""
    return inventory.load_kinds(Settings.model_construct(kinds=kinds, data=Path("/nonexistent")))


def known_participants(read: ReadScenario, topology: Topology) -> Mapping[str, str]:
    """Return who there is: mnemonic -> how played."""
    of_topology = {each.mnemonic: "simulated" for each in topology.participants}
    return of_topology | {mnemonic: player.played for mnemonic, player in read.scenario.participants.items()}


def has_node(topology: Topology, mnemonic: str) -> bool:
    """Tell whether the topology itself has somebody play `mnemonic`."""
    return any(node.mnemonic == mnemonic for node in topology.nodes)
