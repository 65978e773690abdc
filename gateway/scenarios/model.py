"""What a scenario may hold. The JSON Schema for editors and the tables of the reference page are made from this."""

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, create_model

from gateway.domain.clock import ClockSetting, InvalidClock
from gateway.scenarios.shapes import Count, Line, Mnemonic, Name, Part, Short, Text, Texts, refused
from gateway.scenarios.steps import Step
from gateway.settings import ENGLISH, Settings

FROZEN: Final = "frozen@2026-03-02T10:00:00+03:00"
"""The clock of a scenario that names none: a Monday morning in Moscow."""

_NOT_HERE: Final = frozenset({"host", "port", "data", "store", "topology", "kinds", "clock", "seed", "admin_token"})
"""Settings that a scenario has keys of its own for, or that the run decides."""


def _clock(found: object) -> object:
    try:
        ClockSetting.parse(str(found))
    except InvalidClock as error:
        raise refused(error) from None
    return found


class Player(Part):
    """Who plays a participant; the word alone is short for {played: word}."""

    played: Literal["scripted", "simulated", "replayed", "real"] = Field(
        description="scripted: the steps of this file. simulated: the node of the topology, else one that answers by "
        "kind. replayed: a recording answers. real: a system that calls over HTTP."
    )
    name: Line | None = Field(None, description="Name of a body that is in no topology.")
    provides: Texts = Field((), description="Data kinds that it answers, instead of whoever does in the topology.")
    recording: Text | None = Field(None, description="Of a replayed one: the file, beside the scenario.")
    on_miss: Literal["no-data", "simulated", "silent"] = Field(
        "no-data", description="Of a replayed one: what a request gets that the recording has no answer to."
    )


ScenarioSettings: Any = create_model(
    "ScenarioSettings",
    __base__=Part,
    __doc__="Settings of the gateway: those of serve, without what a scenario or the run decides.",
    **{  # type: ignore[call-overload] # mypy takes the names of fields for its own keywords
        name: (Annotated[Any, Field(description=ENGLISH[name])], None)
        for name in Settings.model_fields
        if name not in _NOT_HERE
    },
)


class Scenario(Part):
    """A conversation of participants, and what is expected of it."""

    scenario: Line = Field(description="Its name.")
    about: Text = Field("", description="What it shows.")
    topology: Text = Field("none", description="none, minimal, region, ivanovo-2013, or a file beside the scenario.")
    clock: Annotated[Text, BeforeValidator(_clock)] = Field(
        FROZEN, description="Where the clock stands at first (frozen@MOMENT). With a real participant: real."
    )
    seed: Count = Field(1, description="Seed of ids and of the world.")
    settings: ScenarioSettings = Field(
        default_factory=ScenarioSettings, description="Settings of the gateway, as of serve."
    )
    kinds: Texts = Field((), description="Folders of data kinds, beside the scenario.")
    namespaces: dict[Text, Text] = Field(default_factory=dict, description="Prefix -> namespace, for XPaths.")
    participants: dict[Mnemonic, Annotated[Player, Short("played")]] = Field(
        default_factory=dict, description="Who plays whom. Those of the topology who are not named are simulated."
    )
    variables: dict[Name, Text] = Field(default_factory=dict, description="Name -> text; ${name} stands for it.")
    faults: tuple[dict[Text, Any], ...] = Field((), description="Rules of faults on purpose, as of the REST API.")
    steps: tuple[Step, ...] = Field(min_length=1, description="What is done and expected, in order.")

    @property
    def real(self) -> tuple[str, ...]:
        """Mnemonics of the systems under test."""
        return self.played("real")

    def played(self, how: str) -> tuple[str, ...]:
        """Return the mnemonics of those who are played so."""
        return tuple(mnemonic for mnemonic, player in self.participants.items() if player.played == how)
