import org.w3c.dom.Element;
import smev.*;

/** Waits for a request for a person's ИНН, answers it and acknowledges it; then provokes a fault. */
final class Provider {
    static final String INN = "urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1";

    public static void main(String[] arguments) {
        try {
            converse(new Participant(arguments));
        } catch (Exception error) {
            System.err.println("provider: " + error);
            System.exit(1);
        }
    }

    static void converse(Participant provider) throws Exception {
        Request request = nextRequest(provider);
        MessageMetadata received = request.getMessageMetadata();
        Element content = request.getSenderProvidedRequestData().getMessagePrimaryContent().getAny();
        Element name = Participant.first(content, "ФИО");
        System.out.printf("request: %s from %s: %s %s %s%n", received.getMessageId(),
            received.getSender().getMnemonic(),
            name.getAttribute("Фамилия"), name.getAttribute("Имя"), name.getAttribute("Отчество"));

        // ReplyTo is SMEV's own: it is copied, and never read.
        SendResponseRequest answer = answer(request.getReplyTo(), content.getAttribute("ИдЗапрос"), provider);
        MessageMetadata sent = provider.smev.sendResponse(answer).getMessageMetadata();
        System.out.println("sent: " + sent.getMessageId() + " " + sent.getStatus().value());
        // Last: a request that is not acknowledged comes again, also to a provider that broke down over it.
        provider.acknowledge(received.getMessageId());

        try {
            provider.smev.sendResponse(answer("nobody", content.getAttribute("ИдЗапрос"), provider));
            throw new IllegalStateException("SMEV took a response to nobody");
        } catch (RecipientIsNotFoundException fault) {
            Participant.printFault(fault, fault.getFaultInfo());
        }
    }

    static Request nextRequest(Participant provider) throws Exception {
        GetRequestRequest call = new GetRequestRequest();
        for (int attempt = 0; attempt < 120; attempt++) {
            call.setMessageTypeSelector(Participant.selector(INN, "FNSINNSingularRequest"));
            call.setCallerInformationSystemSignature(provider.signature(call.getMessageTypeSelector()));
            GetRequestResponse.RequestMessage message = provider.smev.getRequest(call).getRequestMessage();
            if (message != null) {
                Participant.print(message.getAttachmentContentList());
                return message.getRequest();
            }
            Thread.sleep(500); // the queue is empty
        }
        throw new IllegalStateException("no request came");
    }

    static SendResponseRequest answer(String to, String requestNumber, Participant provider) throws Exception {
        SenderProvidedResponseData data = new SenderProvidedResponseData();
        data.setId("SIGNED_BY_PROVIDER"); // what the signature of the caller refers to
        data.setMessageID(Participant.timeBasedUuid());
        data.setTo(to);
        MessagePrimaryContent content = Participant.content("""
            <FNSINNSingularResponse xmlns="%s" ИННФЛ="379945132320"/>""".formatted(INN));
        content.getAny().setAttribute("ИдЗапрос", requestNumber); // set, not pasted: it may hold a quote
        data.setMessagePrimaryContent(content);
        SendResponseRequest response = new SendResponseRequest();
        response.setSenderProvidedResponseData(data);
        if (provider.mtom) {
            data.setAttachmentHeaderList(provider.header("every-byte.bin", Participant.everyByte()));
            response.setAttachmentContentList(Participant.content("every-byte.bin", Participant.everyByte()));
        }
        response.setCallerInformationSystemSignature(provider.signature(data)); // last: it covers all of the data
        return response;
    }
}
