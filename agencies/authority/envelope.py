"""The law envelope of an inter-agency request: which case it serves, by what right, who prepared it."""

from datetime import date
from typing import Final

from agencies.authority.cases import OpenCase, Wanted
from agencies.world import Body
from gateway.domain.cases import Subject
from gateway.domain.law_envelope import write_law_envelope
from gateway.domain.once_only.events import LawEnvelope

_LEGAL_BASIS: Final = "Административный регламент предоставления услуги, перечень документов межведомственного запроса"
_POST: Final = "Специалист отдела предоставления услуг"
_OFFICIALS: Final = ("Белова Анна Сергеевна", "Орлов Пётр Ильич", "Зимина Ольга Викторовна", "Крылов Игорь Львович")
"""Invented ones."""


def envelope_of(case: OpenCase, wanted: Wanted, body: Body, today: date) -> bytes:
    """Return the law envelope; who is named beside the applicant has consented in the application (Art. 7 part 3)."""
    application, passport = case.application, case.passport
    acts = () if passport is None else passport.acts
    others = [named.who for named in application.named]
    consents = [*others, *([application.applicant] if wanted.restricted else [])]
    return write_law_envelope(
        LawEnvelope(
            case_number=case.number,
            service_code=application.service_code,
            service_name=application.service_name,
            register_number=(passport.register_number if passport else None) or "",
            legal_basis=acts[0] if acts else _LEGAL_BASIS,
            contact=body.name,
            official=_OFFICIALS[int(body.inn) % len(_OFFICIALS)],
            post=_POST,
            phone="8 (4932) 00-00-00",
            consent_on=today if consents else None,
            consent_of="; ".join(
                f"{who.family_name} {who.first_name} {who.patronymic or ''}".strip() for who in consents
            ),
            applicant=Subject(snils=application.snils),
        )
    )
