"""Requests to federal bodies as clients of the published kinds write them pass; what is known to be wrong does not."""

from collections.abc import Iterator
from typing import Final

import pytest

from agencies import minoborony, mvd, rosim, rosreestr, sfr
from agencies.answers import Answered, Rejected
from gateway import xml
from gateway.xml import Element
from tests.agencies.asking import KINDS, LIBRARY, question

ANSWERS: Final = {**minoborony.ANSWERS, **mvd.ANSWERS, **rosim.ANSWERS, **rosreestr.ANSWERS, **sfr.ANSWERS}

SMEV: Final = "urn://x-artefacts-smev-gov-ru/supplementary/commons/1.0.1"
NAME: Final = (
    f'<s:FamilyName xmlns:s="{SMEV}">Серова</s:FamilyName><s:FirstName xmlns:s="{SMEV}">Инна</s:FirstName>'
    f'<s:Patronymic xmlns:s="{SMEV}">Львовна</s:Patronymic>'
)
GUID: Final = "0f8fad5b-d9cb-469f-a165-70867728950e"
GUVM_NAME: Final = "<b:lastName>Серова</b:lastName><b:firstName>Инна</b:firstName><b:middleName>Львовна</b:middleName>"
REGISTRATION: Final = f"""
    <c:personInfo xmlns:c="urn://mvd/guvm/registration-commons/1.2.0" xmlns:b="urn://mvd/guvm/basic-types/1.2.0">
      {GUVM_NAME}<c:birthDate>2003-02-01</c:birthDate></c:personInfo>
    <c:document xmlns:c="urn://mvd/guvm/registration-commons/1.2.0" xmlns:b="urn://mvd/guvm/basic-types/1.2.0">
      <c:birthCertificate><b:series>II-ФО</b:series><b:number>123456</b:number><b:issueDate>2003-02-20</b:issueDate>
      </c:birthCertificate></c:document>"""
PERIOD: Final = f"""
    {NAME}<b:Snils xmlns:b="http://kvs.pfr.com/benefits-common/1.0.0">11223344595</b:Snils>
    <b:BirthDate xmlns:b="http://kvs.pfr.com/benefits-common/1.0.0">1950-02-01</b:BirthDate>
    <b:Gender xmlns:b="http://kvs.pfr.com/benefits-common/1.0.0">Female</b:Gender>
    <b:BeginPeriod xmlns:b="http://kvs.pfr.com/benefits-common/1.0.0">2013-01-01</b:BeginPeriod>
    <b:NumberOfMonths xmlns:b="http://kvs.pfr.com/benefits-common/1.0.0">3</b:NumberOfMonths>"""

REQUESTS: Final = {
    "mvd/passport-dossier": f"""
        <k:passportDossierRequest xmlns:k="urn://mvd/guvm/passport-dossier/1.1.0"><k:person
          xmlns:b="urn://mvd/guvm/basic-types/1.1.0">{GUVM_NAME}<b:birthDate>1980-02-01</b:birthDate>
          <b:birthPlace>г. Шуя</b:birthPlace></k:person></k:passportDossierRequest>""",
    "mvd/living-place-registration": f"""
        <k:livingPlaceRegistrationRequest xmlns:k="urn://mvd/guvm/living-place-registration/1.1.0">{REGISTRATION}
        </k:livingPlaceRegistrationRequest>""",
    "mvd/staying-place-registration": f"""
        <k:stayingPlaceRegistrationRequest xmlns:k="urn://mvd/guvm/staying-place-registration/1.1.0">{REGISTRATION}
        </k:stayingPlaceRegistrationRequest>""",
    "mvd/convictions": """
        <request xmlns="urn://ru/mvd/ibd-m/convictions/search/1.0.2" Id="ID_7"><birthDate><year>1980</year>
          <month>2</month><day>1</day></birthDate><surname>Серова</surname><name>Инна</name>
          <registrationPlace><type>000</type><regionCode>024</regionCode><place>г. Шуя</place></registrationPlace>
          <registrationPlace><type>100</type><regionCode>024</regionCode><place/></registrationPlace>
          <further xmlns="">1</further></request>""",
    "mvd/vehicles": """
        <RequestBenefit489 xmlns="urn://x-artefacts-gibdd-benefit489/data/1.0"><OwnerLastName>Серова</OwnerLastName>
          <OwnerFirstName>Инна</OwnerFirstName><OwnerBirthDate>1980-02-01</OwnerBirthDate></RequestBenefit489>""",
    "sfr/snils-by-additional-data": f"""
        <k:SnilsByAdditionalDataRequest xmlns:k="http://kvs.pfr.com/snils-by-additionalData/1.0.1"
          xmlns:p="http://common.kvs.pfr.com/1.0.0" xmlns:s="{SMEV}">{NAME}<k:BirthDate>1980-02-01</k:BirthDate>
          <k:Gender>Female</k:Gender><k:BirthPlace><p:PlaceType>ОСОБОЕ</p:PlaceType><p:Settlement>Шуя</p:Settlement>
          </k:BirthPlace><p:PfrIdentificationDocument><p:Type>ПРОЧЕЕ</p:Type><p:Document><s:Number>77</s:Number>
          <s:IssueDate>2000-02-01</s:IssueDate><s:Issuer>ОВД</s:Issuer></p:Document></p:PfrIdentificationDocument>
        </k:SnilsByAdditionalDataRequest>""",
    "sfr/snils-by-data": f"""
        <k:SnilsByDataRequest xmlns:k="http://kvs.pfr.com/snils-by-data/1.1.2">{NAME}<k:Gender>Female</k:Gender>
          <k:BirthDate>1980-02-01</k:BirthDate></k:SnilsByDataRequest>""",
    "sfr/snils-validation": f"""
        <k:SnilsValidationRequest xmlns:k="http://kvs.pfr.com/snils-validation/1.0.1">{NAME}
          <k:Snils>11223344595</k:Snils><k:Gender>Female</k:Gender><k:BirthDate>1980-02-01</k:BirthDate>
        </k:SnilsValidationRequest>""",
    "sfr/payments-for-period": f"""
        <k:BapForPeriodRequest xmlns:k="http://kvs.pfr.com/bap-for-period/1.0.1">{PERIOD}</k:BapForPeriodRequest>""",
    "sfr/care-benefits": f"""
        <k:BenefitsCareForPeriodRequest xmlns:k="http://kvs.pfr.com/benefits-care-for-period/1.0.1">{PERIOD}
        </k:BenefitsCareForPeriodRequest>""",
    "sfr/work-fact": """
        <v:InfoWorkZL xmlns:v="http://kvs.pfr.com/work-fact/1.0.1"><v:Lastname>Серова</v:Lastname>
          <v:Firstname>Инна</v:Firstname><v:Patronymic>Львовна</v:Patronymic><v:SNILS>11223344595</v:SNILS>
          <v:Period_from>10.2012</v:Period_from><v:Period_to>02.2013</v:Period_to><v:Further>1</v:Further>
        </v:InfoWorkZL>""",
    "sfr/disability": """
        <k:ExtractionInvalidDataRequest xmlns:k="http://kvs.fri.com/extraction-invalid-data/1.0.3">
          <k:SNILS>11223344595</k:SNILS><k:TypeOfExtraction>Flexible</k:TypeOfExtraction>
          <k:ExtractionPeriod/></k:ExtractionInvalidDataRequest>""",
    "sfr/social-support": """
        <k:request xmlns:k="urn://egisso-ru/msg/10.13.I/1.0.3" xmlns:a="urn://egisso-ru/types/prsn-request/1.0.3">
          <a:requestData><a:snils>11223344595</a:snils><a:onmszCode>1234.000001</a:onmszCode>
          <a:assignmentsInclude>true</a:assignmentsInclude><a:assignmentsFilter><a:form>01</a:form></a:assignmentsFilter>
          <a:obligationsInclude>0</a:obligationsInclude><a:incomesInclude>false</a:incomesInclude>
          <a:assigneeInclude>false</a:assigneeInclude><a:reportPeriod><a:beginDate>2013-01-01</a:beginDate>
          <a:endDate>2013-02-01</a:endDate></a:reportPeriod><a:serviceTitle>Выплата</a:serviceTitle></a:requestData>
        </k:request>""",
    "sfr/child-allowance": """
        <k:OsznChildAllowanceRequest xmlns:k="http://fss.ru/smev-3/oszn_child_allowance_root/1.0.0"
          xmlns:f="http://fss.ru/smev-3/oszn_child_allowance_types/1.0.0"><f:senderName>Отдел</f:senderName>
          <f:senderRegionCode>37</f:senderRegionCode><f:receiverOktmo>24701000</f:receiverOktmo>
          <f:receiverName>Отдел</f:receiverName><f:recipient><f:lastName>Серова</f:lastName>
          <f:firstName>Инна</f:firstName><f:birthDate>1980-02-01</f:birthDate><f:snils>11223344595</f:snils>
          <f:documentTypeCode>21</f:documentTypeCode><f:documentSeriesAndNumber>2490 1</f:documentSeriesAndNumber>
          </f:recipient><f:child><f:lastName>Серов</f:lastName><f:firstName>Лев</f:firstName>
          <f:birthDate>2012-02-01</f:birthDate><f:documentSeries>I-ФО</f:documentSeries>
          <f:documentNumber>123456</f:documentNumber></f:child><f:periodStart>2013-01-01</f:periodStart>
          <f:periodEnd>2013-02-01</f:periodEnd></k:OsznChildAllowanceRequest>""",
    "sfr/insurance-settlements": """
        <SvedSostRaschRequest xmlns="http://fss.ru/smev-3/rasch_registration/1.0.2"><Whatever a="1">да</Whatever>
        </SvedSostRaschRequest>""",
    "sfr/not-insured": """
        <запрос xmlns="http://fss.ru/SvedRegisterNoPosob"><регион>37</регион><гражданин><имя>Инна</имя></гражданин>
        </запрос>""",
    "rosreestr/cadastre-and-rights": """
        <p:CreateRequest xmlns:p="http://portal.rosreestr.ru/" xmlns:t="http://portal.fccland.ru/types/">
          <t:createRequestBean><t:okato>24000000000</t:okato><t:oktmo/><t:requestType>558</t:requestType>
          </t:createRequestBean></p:CreateRequest>""",
    "rosim/federal-property": """
        <RegisterRequest xmlns="http://rosim.ru/register/xmlExcerpt/2013/04"><Any><Thing/></Any></RegisterRequest>""",
    "ffoms/medical-services": """
        <f:InputData xmlns:f="http://ffoms.ru/GetInsuredRenderedMedicalServices/1.0.0"
          xmlns:s="urn://x-artefacts-smev-gov-ru/supplementary/commons/1.2"><f:InsuredRenderingListRequest>
          <f:RegionCode>24000</f:RegionCode><s:FamilyName>СЕРОВА</s:FamilyName><s:FirstName>ИННА</s:FirstName>
          <f:BirthDate>1980-02-01</f:BirthDate><f:UnitedPolicyNumber>3210987654321098</f:UnitedPolicyNumber>
          <f:DateFrom>2012-01-01</f:DateFrom><f:DateTo>2012-12-31</f:DateTo></f:InsuredRenderingListRequest>
        </f:InputData>""",
    "gisjkh/utility-debt": f"""
        <d:ImportDebtRequestsRequest xmlns:d="urn:dom.gosuslugi.ru/debt-requests/1.0.0" Id="signed"
          xmlns:c="urn:dom.gosuslugi.ru/common/1.2.0"><c:information-system-id>{GUID}</c:information-system-id>
          <c:organization-id>{GUID}</c:organization-id><d:action><d:transport-id>{GUID}</d:transport-id>
          <d:action-type>SEND</d:action-type><d:request-data><d:applicant-info><d:firstname>Инна</d:firstname>
          <d:lastname>Серова</d:lastname><d:snils>11223344595</d:snils><d:document><d:type>1</d:type>
          <d:series>2490</d:series><d:number>1</d:number></d:document></d:applicant-info><d:housing-fund-object>
          <d:house-id>{GUID}</d:house-id><d:address-details>5</d:address-details></d:housing-fund-object>
          <d:executor-id>{GUID}</d:executor-id></d:request-data></d:action></d:ImportDebtRequestsRequest>""",
    "egrz/expert-conclusion": """
        <e:PublicPrintOutRequest xmlns:e="urn://x-artefacts-gis-ergz-public/2.0.0"
          xmlns:t="urn://x-artefacts-gis-ergz-types/2.0.0"><t:ExpertiseResultNumber>37-1-2-3-000010-2013
          </t:ExpertiseResultNumber><t:ExpertiseResultDate>2013-02-01</t:ExpertiseResultDate></e:PublicPrintOutRequest>""",
}


@pytest.mark.parametrize("kind_id", sorted(REQUESTS))
def test_a_request_of_the_published_kind_passes(kind_id: str) -> None:
    request = xml.parse(REQUESTS[kind_id].strip().encode())
    kind = LIBRARY.catalogue.by_id(kind_id)
    assert kind is not None
    assert xml.name_of(request) == (kind.request.namespace, kind.request.root)
    assert LIBRARY.violations(request) == ()


@pytest.mark.parametrize(
    ("kind_id", "right", "wrong"),
    [
        ("mvd/convictions", "<year>1980</year>", "<year>восьмидесятый</year>"),
        ("mvd/living-place-registration", "b:lastName", "c:lastName"),
        ("sfr/snils-validation", "11223344595", "112-233-445 95"),
        ("sfr/payments-for-period", ">3<", ">три<"),
        ("sfr/disability", "Flexible", "Elastic"),
        ("gisjkh/utility-debt", "SEND", "LOSE"),
    ],
)
def test_what_is_known_of_a_request_is_checked(kind_id: str, right: str, wrong: str) -> None:
    spoiled = REQUESTS[kind_id].strip().replace(right, wrong)
    assert spoiled != REQUESTS[kind_id].strip()
    assert LIBRARY.violations(xml.parse(spoiled.encode()))


def test_a_number_of_the_cadastre_is_checked_in_an_open_request() -> None:
    request = '<CreateRequest xmlns="http://portal.rosreestr.ru/"><cadastralNumber>{}</cadastralNumber></CreateRequest>'
    assert LIBRARY.violations(xml.parse(request.format("37:24:990000:1").encode())) == ()
    assert LIBRARY.violations(xml.parse(request.format("37-24").encode()))


def spoiled_requests(kind_id: str) -> Iterator[Element]:
    """Yield the example of a kind without each of its elements, and with each of its texts spoiled."""
    body = next((KINDS / kind_id).iterdir()).joinpath("example-request.xml").read_bytes()
    count = len(list(xml.parse(body).iter("*")))
    for index in range(1, count):
        without = xml.parse(body)
        node = list(without.iter("*"))[index]
        parent = node.getparent()
        assert parent is not None
        parent.remove(node)
        yield without
        for text in ("", " ", "-1", "0000-00-00", "9999-12-31", "1" * 40, "Ё'\""):
            written = xml.parse(body)
            list(written.iter("*"))[index].text = text
            yield written


@pytest.mark.parametrize("kind_id", sorted(ANSWERS))
def test_no_request_makes_an_agency_fail_or_answer_what_is_not_valid(kind_id: str) -> None:
    told = [ANSWERS[kind_id](question(request))[-1] for request in spoiled_requests(kind_id)]
    assert len(told) >= 8
    for answer in told:
        if isinstance(answer, Rejected):
            assert answer.code in ("NO_DATA", "UNKNOWN_REQUEST_DESCRIPTION")
            assert answer.description
        else:
            assert isinstance(answer, Answered)


@pytest.mark.parametrize("kind_id", sorted(ANSWERS))
def test_a_spoiled_request_that_is_valid_still_gets_a_valid_answer(kind_id: str) -> None:
    requests = [request for request in spoiled_requests(kind_id) if not LIBRARY.violations(request)]
    answers = [ANSWERS[kind_id](question(request))[-1] for request in requests]
    contents = [xml.parse(xml.source(answer.content)) for answer in answers if isinstance(answer, Answered)]
    assert [violation for content in contents for violation in LIBRARY.violations(content)] == []
