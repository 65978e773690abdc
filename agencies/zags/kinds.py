"""What tells the kinds of the register of civil acts (ЕГР ЗАГС) apart; all else of them is alike."""

from typing import Final

from agencies.answers import Builder

PASSPORT_CODE: Final = "21"
"""КодВидДок of a passport of a citizen of the Russian Federation."""


class ActKind:
    """A kind of act, ТипАГС `act_type`: `code` names the roots, `record` and `certificate` are elements of an answer.

    `root` builds elements of the kind's own namespace, `types` those of its types.
    """

    def __init__(self, act_type: str, code: str, namespace: tuple[str, str], elements: tuple[str, str]) -> None:
        number, version = namespace
        slug = code.lower()
        self.act_type: Final = act_type
        self.code: Final = code
        self.record, self.certificate = elements
        self.root: Final = Builder(f"urn://x-artefacts-zags-{slug}/root/{number}/{version}")
        self.types: Final = Builder(f"urn://x-artefacts-zags-{slug}/types/{version}")


BIRTH: Final = ActKind("01", "ROGDINF", ("112-51", "4.0.1"), ("СведРегРожд", "СвидетРожд"))
MARRIAGE: Final = ActKind("02", "BRAKZAKINF", ("112-54", "4.0.0"), ("СведРегЗаклБрак", "СвидетЗаклБрак"))
DIVORCE: Final = ActKind("03", "BRAKRASTINF", ("112-55", "4.0.0"), ("СведРегРастБрак", "СвидетРастБрак"))
NAME_CHANGE: Final = ActKind("06", "PERNAMEINF", ("112-53", "4.0.0"), ("СведРегПерИмя", "СвидетПерИмя"))
DEATH: Final = ActKind("07", "FATALINF", ("112-52", "4.0.1"), ("СведРегСмерт", "СвидетСмерт"))
