"""The passports that ship: all are there, say what the data kinds can serve, and change with the law."""

import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from gateway.domain.once_only import passport_problems
from gateway.domain.services import DEFAULT_TERM_TO_ANSWER, DocumentClass, Level
from gateway.domain.working_time import Term
from gateway.library.passports import Passports, Written
from tests.passport_files import SHIPPED, shipped_kinds, shipped_passports

SPRING_2013: Final = date(2013, 3, 1)
SPRING_2019: Final = date(2019, 3, 1)
KINDS: Final = shipped_kinds()


@pytest.fixture(scope="module")
def passports() -> Passports:
    return shipped_passports()


def test_there_are_65_regional_and_28_municipal_services(passports: Passports) -> None:
    assert Counter(passport.level for passport in passports) == {Level.REGIONAL: 65, Level.MUNICIPAL: 28}
    regional = [f"R{number:02}" for number in range(1, 66)]
    assert passports.codes == (*[f"M{number:02}" for number in range(1, 29)], *regional)
    assert len(passports) == 93


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*/*.toml")), ids=lambda path: path.stem)
def test_a_passport_follows_the_rules(path: Path) -> None:
    passport = Written.read(path, KINDS).passport
    assert passport_problems(passport) == ()
    assert (path.parent.name, path.stem) == (passport.level, passport.code)
    assert passport.document("application", SPRING_2013) is not None
    assert passport.status in ("sourced", "typical")
    assert "general knowledge" in passport.source
    for text in (passport.name, passport.body, *passport.acts, *(each.name for each in passport.documents)):
        assert re.search("[а-яё]", text), text
    for text in (passport.name_en, passport.source, *(each.name_en for each in passport.documents)):
        assert re.search("[a-z]", text), text


def test_every_interagency_document_can_be_requested(passports: Passports) -> None:
    kinds = set()
    for passport in passports:
        for document in passport.documents:
            if document.document_class is DocumentClass.INTERAGENCY:
                kind = KINDS.catalogue.by_id(document.kind or "")
                assert kind is not None, document
                assert kind.request.root, document
                assert kind.response is not None, document
                assert document.holder, document
                kinds.add(kind.id)
    assert len(kinds) == 49


def test_a_document_is_the_same_in_every_passport(passports: Passports) -> None:
    said = defaultdict(set)
    for passport in passports:
        for each in passport.documents:
            said[each.code, each.document_class].add((each.name_en, each.kind, each.item, each.since, each.until))
    for (code, document_class), meanings in said.items():
        if document_class is DocumentClass.INTERAGENCY:
            assert len(meanings) == 1, (code, meanings)
    kinds = [next(iter(meanings))[1] for (_, each), meanings in said.items() if each is DocumentClass.INTERAGENCY]
    assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize(
    ("day", "personal", "interagency"), [(date(2012, 7, 1), 354, 274), (SPRING_2013, 333, 295), (SPRING_2019, 324, 323)]
)
def test_the_list_of_personal_documents_shrinks(
    passports: Passports, day: date, personal: int, interagency: int
) -> None:
    counted = Counter(each.document_class for passport in passports for each in passport.in_force(day))
    assert counted == {DocumentClass.PERSONAL: personal, DocumentClass.INTERAGENCY: interagency}


def test_the_child_allowance_asks_for_less_since_the_register_of_civil_acts(passports: Passports) -> None:
    allowance = passports.by_code("R01")
    assert allowance is not None
    brought = {each.code for each in allowance.in_force(SPRING_2013)} - {
        each.code for each in allowance.to_fetch(SPRING_2013)
    }
    assert brought == {
        "application", "identity-document", "birth-certificate", "bank-account", "employment-papers",
    }  # fmt: skip
    assert len(allowance.to_fetch(SPRING_2013)) == 10
    certificate = allowance.document("birth-certificate", SPRING_2013)
    assert certificate is not None
    assert (certificate.document_class, certificate.item) == (DocumentClass.PERSONAL, 3)
    fetched = {each.code: each.kind for each in allowance.to_fetch(SPRING_2019)}
    assert fetched.keys() - {each.code for each in allowance.to_fetch(SPRING_2013)} == {"birth-certificate"}
    assert fetched["birth-certificate"] == "zags/birth"
    foreign = allowance.document("foreign-civil-act-certificate", SPRING_2019)
    assert foreign is not None
    assert (foreign.item, foreign.mandatory) == (3, False)


def test_a_receipt_is_looked_up_where_a_fee_is_paid(passports: Passports) -> None:
    with_fee = [each for each in passports if each.knows("payment-receipt")]
    assert len(with_fee) == 21
    for passport in with_fee:
        before = passport.document("payment-receipt", date(2012, 12, 31))
        since = passport.document("payment-receipt", date(2013, 1, 1))
        assert before is not None
        assert since is not None
        assert before.not_held
        assert (since.document_class, since.kind) == (DocumentClass.INTERAGENCY, "treasury/payments")


def test_a_service_may_need_nobody_else(passports: Passports) -> None:
    attestation = passports.by_code("R39")
    assert attestation is not None
    assert attestation.to_fetch(SPRING_2013) == ()
    assert attestation.in_force(SPRING_2013)


def test_rosreestr_answers_in_three_days_since_2017(passports: Passports) -> None:
    kind = "rosreestr/egrn-statement"
    assert passports.term_to_answer(kind, date(2016, 12, 31)) == DEFAULT_TERM_TO_ANSWER
    assert passports.term_to_answer(kind, date(2017, 1, 1)) == Term.parse("3 working days")
    assert passports.term_to_answer("fns/egrul", date(2023, 1, 1)) == DEFAULT_TERM_TO_ANSWER
    [special] = passports.terms
    assert special.source
    assert special.confidence == "general knowledge"
