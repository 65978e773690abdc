import org.w3c.dom.Element;
import smev.*;

/** Asks the tax service (ФНС) for a firm by its ОГРН, takes the answer and acknowledges it; then provokes a fault. */
final class Consumer {
    static final String EGRUL = "urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6";

    public static void main(String[] arguments) {
        try {
            converse(new Participant(arguments));
        } catch (Exception error) {
            System.err.println("consumer: " + error);
            System.exit(1);
        }
    }

    static void converse(Participant consumer) throws Exception {
        SendRequestRequest request = request(consumer);
        String id = request.getSenderProvidedRequestData().getMessageID();
        MessageMetadata sent = consumer.smev.sendRequest(request).getMessageMetadata();
        System.out.println("sent: " + sent.getMessageId() + " " + sent.getStatus().value());

        Response response = answerTo(id, consumer);
        Element firm = Participant.first(content(response), "СвЮЛ");
        System.out.printf("answer: ОГРН %s, ИНН %s, %s%n", firm.getAttribute("ОГРН"), firm.getAttribute("ИНН"),
            Participant.first(firm, "СвНаимЮЛ").getAttribute("НаимЮЛСокр"));
        consumer.acknowledge(response.getMessageMetadata().getMessageId());

        try {
            consumer.smev.sendRequest(request);
            throw new IllegalStateException("SMEV took a second message with MessageID " + id);
        } catch (MessageIsAlreadySentException fault) { // after an answer that got lost this is good news
            Participant.printFault(fault, fault.getFaultInfo());
        }
    }

    static SendRequestRequest request(Participant consumer) throws Exception {
        String id = Participant.timeBasedUuid();
        SenderProvidedRequestData data = new SenderProvidedRequestData();
        data.setId("SIGNED_BY_CONSUMER"); // what the signature of the caller refers to
        data.setMessageID(id);
        data.setMessagePrimaryContent(Participant.content("""
            <FNSVipULRequest xmlns="%s" ИдДок="%s" НомерДела="1">
              <ЗапросЮЛ><ОГРН>1083799231834</ОГРН></ЗапросЮЛ>
            </FNSVipULRequest>""".formatted(EGRUL, id)));
        SendRequestRequest request = new SendRequestRequest();
        request.setSenderProvidedRequestData(data);
        if (consumer.mtom) {
            data.setAttachmentHeaderList(consumer.header("every-byte.bin", Participant.everyByte()));
            request.setAttachmentContentList(Participant.content("every-byte.bin", Participant.everyByte()));
        }
        request.setCallerInformationSystemSignature(consumer.signature(data)); // last: it covers all of the data
        return request;
    }

    /** Polls the queue of responses. Another's answer is left: without Ack it comes again when its lease ends. */
    static Response answerTo(String id, Participant consumer) throws Exception {
        GetResponseRequest call = new GetResponseRequest();
        for (int attempt = 0; attempt < 60; attempt++) {
            call.setMessageTypeSelector(Participant.selector(EGRUL, "FNSVipULResponse"));
            call.setCallerInformationSystemSignature(consumer.signature(call.getMessageTypeSelector()));
            GetResponseResponse.ResponseMessage message = consumer.smev.getResponse(call).getResponseMessage();
            if (message == null) {
                Thread.sleep(500); // the queue is empty
            } else if (id.equals(message.getResponse().getOriginalMessageId())) {
                Participant.print(message.getAttachmentContentList());
                return message.getResponse();
            }
        }
        throw new IllegalStateException("no answer to " + id);
    }

    /** SendRequest only queues: that SMEV rejects the content is told here, by AsyncProcessingStatus. */
    static Element content(Response response) {
        SenderProvidedResponseData data = response.getSenderProvidedResponseData();
        if (data.getMessagePrimaryContent() != null) return data.getMessagePrimaryContent().getAny();
        AsyncProcessingStatus status = data.getAsyncProcessingStatus();
        throw new IllegalStateException(status == null
            ? "the provider rejected the request, or reports its progress"
            : status.getStatusCategory().value() + ": " + status.getStatusDetails());
    }
}
