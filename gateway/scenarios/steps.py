"""What a step of a scenario may say. The JSON Schema for editors and the reference page are made from this, too."""

from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, model_validator

from gateway.domain.cases import Channel, DecisionOutcome, GroundReason
from gateway.domain.journal import JournalEvent
from gateway.ns import SMEV3_VERSIONS
from gateway.protocol.statuses import RejectCode, SignatureFailure
from gateway.scenarios.shapes import (
    Count,
    Length,
    Line,
    Mnemonic,
    Name,
    Number,
    Part,
    Sender,
    Short,
    Text,
    Texts,
    Yes,
    listed,
    wrong,
)
from gateway.scenarios.signing import Signature
from gateway.words import say

_SIGNATURE: Final = (
    "How the call is signed where the setting `signatures` is not off: own, none, broken (a wrong SignatureValue), or "
    "by a certificate that is expired, not-yet-valid, revoked or foreign."
)
_FAILURE: Final = "What the fault SignatureVerificationFault says of the signature (CertificateIsExpired)."

# --- what is asserted ------------------------------------------------------------------------------------------------


class Check(Part):
    """Something that is asserted of a message. Several keys of one item have to hold together."""

    xpath: Text | None = Field(
        None, description="XPath 1.0 of the content. Names without a prefix match any namespace."
    )
    equals: Text | None = Field(None, description="What the XPath gives: the text of the first node, or its value.")
    not_equals: Text | None = Field(None, description="What the XPath may not give.")
    contains: Text | None = Field(None, description="A part of what the XPath gives.")
    matches: Text | None = Field(None, description="A regular expression for the whole of what the XPath gives.")
    exists: Yes | None = Field(None, description="Whether the XPath finds anything.")
    count: Count | None = Field(None, description="How many nodes the XPath finds.")
    fault: Text | None = Field(None, description="Name of the SMEV fault that a rejection tells of (InvalidContent).")
    reject: Text | None = Field(None, description="RejectCode of the provider (NO_DATA).")
    status: Number | None = Field(None, description="StatusCode of an intermediate answer (RequestStatus).")
    message_id: Text | None = Field(None, description="MessageID of the message.")
    from_: Sender | None = Field(None, description="Who sent it.")
    kind: Text | None = Field(None, description="Its data kind.")
    attachments: Count | None = Field(None, description="How many attachments it has.")
    attachment: Text | None = Field(None, description="contentId of an attachment that it has.")
    text: Text | None = Field(None, description="What the description of a rejection or a status contains.")

    of_xpath: ClassVar[tuple[str, ...]] = ("equals", "not_equals", "contains", "matches", "exists", "count")

    @model_validator(mode="after")
    def _says_something(self) -> "Check":
        given = self.model_fields_set
        said = ", ".join(self.of_xpath).replace("_", "-")
        if self.xpath is not None and not given.intersection(self.of_xpath):
            raise wrong(say(f"рядом с xpath — одно из: {said}", f"beside xpath one of: {said}"), None)
        if self.xpath is None and given.intersection(self.of_xpath):
            raise wrong(say("xpath, о котором это сказано", "an xpath that this is said of"), None)
        if not given:
            raise wrong(say("проверка", "an assertion"), None)
        return self


Checks = Annotated[tuple[Check, ...], Field(description="What has to be true of the message.")]
Message = Literal["request", "answer", "status"]


class Sought(Part):
    """Which message: what it is, of which kind, from whom, and to which request it belongs."""

    message: Message | None = Field(
        None,
        description="request (GetRequest), answer (GetResponse: content, a rejection, an intermediate status, what "
        "SMEV rejected) or status (GetStatus: SMEV rejected an answer).",
    )
    kind: Text | None = Field(None, description="Data kind: agency/kind.")
    from_: Sender | None = Field(None, description="Who sent it. SMEV itself is SMEV.")
    to: Name | None = Field(None, description="The name (as) of the request that it answers, or is.")


# --- steps -----------------------------------------------------------------------------------------------------------


class Attached(Part):
    """An attachment: a file beside the scenario, or a text written in it. A text alone is short for {file: …}."""

    file: Text | None = Field(None, description="File beside the scenario; its name becomes the contentId.")
    name: Line | None = Field(None, description="contentId.")
    type_: Line | None = Field(None, description="MimeType.")
    text: Text | None = Field(None, description="The content, as UTF-8.")

    @model_validator(mode="after")
    def _is_there(self) -> "Attached":
        if (self.file is None) == (self.text is None):
            raise wrong(say("file или text", "file or text"), None)
        if self.text is not None and self.name is None:
            raise wrong(say("name рядом с text", "name beside text"), None)
        return self


class Law(Part):
    """The law envelope (210-FZ, Art. 7.2 part 1). The number comes from `case`; see docs/reference/law-envelope.md."""

    service_code: Line | None = Field(None, description="Service/Code.")
    service_name: Line | None = Field(None, description="Service/Name.")
    register_number: Line | None = Field(None, description="Service/RegisterNumber.")
    legal_basis: Line | None = Field(None, description="LegalBasis.")
    basic_resource: Line | None = Field(None, description="BasicResource.")
    contact: Line | None = Field(None, description="Contact.")
    official: Line | None = Field(None, description="Official/FullName.")
    post: Line | None = Field(None, description="Official/Post.")
    phone: Line | None = Field(None, description="Official/Phone.")
    email: Line | None = Field(None, description="Official/Email.")


class Said(Part):
    """What a message says, whoever sends it."""

    content: Text | None = Field(
        None,
        description="example (of the kind, the default), sample (made from its schema), FILE.xml beside the scenario, "
        "XML, or, in a request that serves a case, offered (what the gateway offers instead of a refused demand).",
    )
    set_: dict[Text, Text] = Field(
        default_factory=dict,
        description="XPath -> text: elements and attributes of the content that get another value.",
    )
    attachments: tuple[Annotated[Attached, Short("file")], ...] = Field(
        (), description="Files beside the scenario, or {name, type, text}."
    )
    valid: Yes = Field(True, description="false: the content breaks its schema on purpose.")
    message_id: Text | None = Field(None, description="MessageID; a new one without it.")
    version: Annotated[Text, listed(SMEV3_VERSIONS)] = Field("1.2", description="Of message-exchange: 1.1, 1.2 or 1.3.")
    signature: Annotated[Text, listed(Signature)] = Field("own", description=_SIGNATURE)
    fault: Text | None = Field(None, description="Name of the SMEV fault that the call is refused with.")
    failure: Annotated[Text, listed(SignatureFailure)] | None = Field(None, description=_FAILURE)
    as_: Name | None = Field(None, description="What later steps call it.")


class Send(Said):
    """A scripted participant sends a request (SendRequest)."""

    from_: Mnemonic = Field(description="The scripted participant who sends.")
    kind: Text | None = Field(None, description="Data kind: agency/kind; not needed where the content says it.")
    case: Text | None = Field(None, description="The case that it serves: the name (as) of a case, or its number.")
    law: Law | None = Field(None, description="The law envelope beside the case's number.")
    reference: Text | None = Field(None, description="ReferenceMessageID.")
    transaction_code: Text | None = Field(None, description="TransactionCode.")
    node_id: Text | None = Field(None, description="NodeID.")
    life: Length | None = Field(None, description="Until its EOL.")
    test: Yes = Field(False, description="TestMessage.")


class Take(Sought):
    """A scripted participant takes the next message of its queue, which has to be there within the time."""

    at: Mnemonic = Field(description="The scripted participant who takes.")
    within: Length | None = Field(None, description="How long it may take to come, on the scenario's clock; at once.")
    ack: Yes = Field(True, description="false: it is not acknowledged, and comes again after its lease.")
    assert_: Checks = ()
    keep: dict[Name, Text] = Field(default_factory=dict, description="Name -> XPath: variables of later steps.")
    as_: Name | None = Field(None, description="What later steps call it.")


class Reject(Part):
    """RequestRejected."""

    code: Annotated[Text, listed(RejectCode)] = Field(description="RejectionReasonCode.")
    text: Text = Field("", description="RejectionReasonDescription.")


class Status(Part):
    """RequestStatus: not the last word."""

    code: Number = Field(description="StatusCode.")
    text: Text = Field("", description="StatusDescription.")


class Answer(Said):
    """The scripted participant who took a request answers it (SendResponse)."""

    to: Name = Field(description="The name (as) of the request that was taken.")
    reject: Reject | None = Field(None, description="A rejection instead of content.")
    status: Status | None = Field(None, description="An intermediate status instead of content.")

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Answer":
        if sum(said is not None for said in (self.content, self.reject, self.status)) > 1:
            raise wrong(say("одно из: content, reject, status", "one of: content, reject, status"), ())
        return self


class Ack(Part):
    """The scripted participant who took a message acknowledges it (Ack)."""

    message: Name = Field(description="The name (as) of the message that was taken.")
    accepted: Yes = Field(True, description="The attribute of AckTargetMessage.")
    signature: Annotated[Text, listed(Signature)] = Field("own", description=_SIGNATURE)
    fault: Text | None = Field(None, description="Name of the SMEV fault that the call is refused with.")
    failure: Annotated[Text, listed(SignatureFailure)] | None = Field(None, description=_FAILURE)


class Expect(Sought):
    """A message reaches a participant, whoever plays it. A scripted one takes and acknowledges it."""

    at: Mnemonic = Field(description="Whom it reaches.")
    within: Length | None = Field(None, description="How long it may take, on the scenario's clock; at once.")
    assert_: Checks = ()
    keep: dict[Name, Text] = Field(default_factory=dict, description="Name -> XPath: variables of later steps.")
    as_: Name | None = Field(None, description="What later steps call it.")


class Never(Sought):
    """No such message reaches a participant."""

    at: Mnemonic = Field(description="Whom it does not reach.")
    within: Length | None = Field(None, description="For how long, on the scenario's clock; up to now.")


class Entry(Part):
    """An entry of the journal, sought by the words of /__admin/wait."""

    event: Annotated[Text, listed(JournalEvent)] | None = Field(None, description="What happened.")
    by: Mnemonic | None = Field(None, description="Who did it, or whom it hit.")
    participant: Mnemonic | None = Field(None, description="Who is on either side of the message.")
    operation: Text | None = Field(
        None, description="SendRequest, SendResponse, GetRequest, GetResponse, GetStatus, Ack."
    )
    kind: Text | None = Field(None, description="Data kind: agency/kind.")
    of: Name | None = Field(None, description="The name (as) of a request whose interaction it belongs to.")
    fault: Text | None = Field(None, description="Name of the fault.")
    status: Text | None = Field(None, description="Status of the interaction, or the rule of a violation.")
    xpath: Text | None = Field(None, description="XPath that finds something in the content of the message.")


class Counted(Entry):
    """How many entries of the journal there are, by now."""

    equals: Count | None = Field(None, description="Exactly so many.")
    at_least: Count | None = Field(None, description="So many or more.")
    at_most: Count | None = Field(None, description="So many or fewer.")

    @model_validator(mode="after")
    def _says_how_many(self) -> "Counted":
        if not self.model_fields_set & {"equals", "at_least", "at_most"}:
            raise wrong(say("equals, at-least или at-most", "equals, at-least or at-most"), None)
        return self


class Person(Part):
    """The applicant; numbers in digits only."""

    snils: Text | None = Field(None, description="SNILS, 11 digits.")
    inn: Text | None = Field(None, description="INN, 12 digits, of a firm 10.")
    ogrn: Text | None = Field(None, description="OGRN, 13 or 15 digits.")
    family_name: Line | None = Field(None, description="Family name.")
    first_name: Line | None = Field(None, description="First name.")
    patronymic: Line | None = Field(None, description="Patronymic.")
    birth_date: Text | None = Field(None, description="As 1967-03-10.")
    passport_series: Text | None = Field(None, description="Series of the passport.")
    passport_number: Text | None = Field(None, description="Number of the passport.")
    name: Line | None = Field(None, description="Of a firm.")


class OpenCase(Part):
    """A case is opened; its terms begin."""

    service: Text = Field(description="Code of the service.")
    body: Mnemonic = Field(description="Who provides it.")
    applicant: Person = Field(description="Who applies.")
    number: Line | None = Field(None, description="A number of one's own.")
    parameters: dict[Text, Text] = Field(default_factory=dict, description="cadastral_number, ogrn, oktmo, …")
    documents: Texts = Field((), description="Codes of documents that the applicant brings.")
    channel: Annotated[Text, listed(Channel)] = Field("portal", description="How the application came.")
    as_: Name | None = Field(None, description="What later steps call it.")


class Judged(Part):
    """What the body of a case does by hand, judged by the rules of 210-FZ."""

    case: Text = Field(description="The name (as) of a case, or its number.")
    refused: Yes = Field(False, description="true: the rules have to refuse it.")
    rule: Text | None = Field(None, description="A rule that has to find something in it.")


class Demand(Judged):
    """The body asks the applicant for documents."""

    documents: Texts = Field(description="Codes of documents.")
    channel: Annotated[Text, listed(Channel)] = Field("counter", description="How it asks.")


class Ground(Part):
    """A reason of a decision."""

    reason: Annotated[Text, listed(GroundReason)] = Field(description="Why.")
    document: Text | None = Field(None, description="Code of the document that it is about.")


class Decide(Judged):
    """The body decides."""

    outcome: Annotated[Text, listed(DecisionOutcome)] = Field(description="What it decides.")
    grounds: tuple[Ground, ...] = Field((), description="Why.")


class ViolationSought(Part):
    """A violation of 210-FZ that was found."""

    rule: Text | None = Field(None, description="Id of the rule: L-7-1-2.")
    by: Mnemonic | None = Field(None, description="Who breaks it.")
    case: Text | None = Field(None, description="The name (as) of a case, or its number.")


class ExpectViolation(ViolationSought):
    """A violation is found within the time."""

    within: Length | None = Field(None, description="How long it may take, on the scenario's clock; at once.")


class Step(Part):
    """One thing that is done or expected; `about` says why."""

    about: Text | None = Field(None, description="Why; shown in the report.")
    send: Send | None = Field(None, description="SendRequest of a scripted participant.")
    take: Take | None = Field(
        None, description="GetRequest, GetResponse or GetStatus of a scripted participant, and its Ack."
    )
    answer: Answer | None = Field(None, description="SendResponse to a request that was taken.")
    ack: Ack | None = Field(None, description="Ack of a message that was taken with ack: false.")
    expect: Expect | None = Field(None, description="A message reaches a participant, whoever plays it.")
    never: Never | None = Field(None, description="No such message reaches a participant.")
    count: Counted | None = Field(None, description="How many entries the journal has.")
    order: tuple[Entry, ...] | None = Field(None, description="Entries of the journal that follow each other so.")
    advance: Text | None = Field(
        None, description="The clock moves: by 5d, to a moment, or to the next due event (next)."
    )
    open_case: OpenCase | None = Field(None, description="A case is opened.")
    demand: Demand | None = Field(None, description="The body of a case asks the applicant for documents.")
    decide: Decide | None = Field(None, description="The body of a case decides.")
    expect_violation: ExpectViolation | None = Field(None, description="A violation of 210-FZ is found.")
    no_violations: Annotated[ViolationSought, Short("")] | None = Field(
        None, description="true, or which violations there are none of, by now."
    )
    note: Text | None = Field(None, description="A line in the report.")

    @model_validator(mode="after")
    def _is_one(self) -> "Step":
        given = [name for name in self.model_fields_set if name != "about" and getattr(self, name) is not None]
        if len(given) != 1:
            names = ", ".join(sorted(name.replace("_", "-") for name in type(self).model_fields if name != "about"))
            found = ", ".join(sorted(given)) or None
            raise wrong(say(f"один шаг из: {names}", f"one step of: {names}"), found)
        return self

    @property
    def word(self) -> str:
        """The key that says what is done."""
        name = next(name for name in self.model_fields_set if name != "about" and getattr(self, name) is not None)
        return name.replace("_", "-")

    @property
    def does(self) -> Any:
        """What stands at that key."""
        return getattr(self, self.word.replace("-", "_"))
