import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringReader;
import java.net.URL;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.GregorianCalendar;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import javax.activation.DataHandler;
import javax.activation.DataSource;
import javax.xml.datatype.DatatypeFactory;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.WebFault;
import javax.xml.ws.soap.MTOMFeature;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import smev.*;

/** A participant of SMEV: the port that wsimport generated, and what SMEV wants beyond ordinary SOAP. */
final class Participant {
    final SMEVMessageExchangePortType smev;
    final boolean mtom;

    /** Nothing is signed where this is null. */
    final Signing signing;

    /** Command line: the gateway's root URL, the mnemonic, text or mtom, and to sign a PKCS#12 file and its password. */
    Participant(String[] arguments) throws Exception {
        boolean signed = arguments.length == 5;
        if (!(signed || arguments.length == 3) || !arguments[2].matches("text|mtom"))
            throw new IllegalArgumentException("arguments: URL MNEMONIC text|mtom [KEYS.p12 PASSWORD]");
        // The real SMEV reads the caller's name in the certificate of CallerInformationSystemSignature; where nothing
        // is signed the sandbox reads it in the address.
        URL wsdl = new URL(arguments[0] + (signed ? "" : "/as/" + arguments[1]) + "/smev/v1.2/ws?wsdl");
        mtom = arguments[2].equals("mtom");
        // With MTOM every call is multipart/related with base64 values in parts of their own, and so is every reply,
        // faults too. Without it base64 stays inside the XML.
        smev = new SMEVMessageExchangeService(wsdl).getSMEVMessageExchangeEndpoint(new MTOMFeature(mtom));
        signing = signed ? new Signing(Path.of(arguments[3]), arguments[4]) : null;
        if (signed) ((BindingProvider) smev).getBinding().setHandlerChain(List.of(signing));
    }

    /** CallerInformationSystemSignature over an object with an Id; null where nothing is signed. */
    XMLDSigSignatureType signature(Object identified) throws Exception {
        return signing == null ? null : signing.signature(identified);
    }

    /** What to take from the queue: messages whose business root is {namespace}root. */
    static MessageTypeSelector selector(String namespace, String root) throws Exception {
        MessageTypeSelector selector = new MessageTypeSelector();
        selector.setId("SIGNED_BY_CALLER"); // what the signature refers to that the real SMEV wants on every call
        selector.setNamespaceURI(namespace);
        selector.setRootElementLocalName(root);
        selector.setTimestamp(DatatypeFactory.newInstance().newXMLGregorianCalendar(new GregorianCalendar()));
        return selector;
    }

    /** A taken message stays in the queue, hidden for a while, until this. */
    void acknowledge(String messageId) throws Exception {
        AckTargetMessage target = new AckTargetMessage();
        target.setId("SIGNED_BY_CALLER");
        target.setAccepted(true); // false: the signature of SMEV is bad, and the message was thrown away
        target.setValue(messageId);
        AckRequest ack = new AckRequest();
        ack.setAckTargetMessage(target);
        ack.setCallerInformationSystemSignature(signature(target));
        smev.ack(ack);
        System.out.println("acknowledged: " + messageId);
    }

    /** Business content is any one element: the WSDL does not know its type, so it goes in and comes out as DOM. */
    static MessagePrimaryContent content(String xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        MessagePrimaryContent content = new MessagePrimaryContent();
        content.setAny(factory.newDocumentBuilder().parse(new InputSource(new StringReader(xml))).getDocumentElement());
        return content;
    }

    static Element first(Element content, String name) {
        return (Element) content.getElementsByTagNameNS("*", name).item(0);
    }

    /** An attachment is a header among the signed data and a content outside it, paired by contentId = Id. */
    AttachmentHeaderList header(String contentId, byte[] bytes) throws Exception {
        AttachmentHeaderType header = new AttachmentHeaderType();
        header.setContentId(contentId);
        header.setMimeType("application/octet-stream");
        if (signing != null) header.setSignaturePKCS7(signing.cms(bytes));
        AttachmentHeaderList headers = new AttachmentHeaderList();
        headers.getAttachmentHeader().add(header);
        return headers;
    }

    static AttachmentContentList content(String id, byte[] bytes) {
        AttachmentContentType content = new AttachmentContentType();
        content.setId(id);
        content.setContent(new DataHandler(new Bytes(bytes)));
        AttachmentContentList contents = new AttachmentContentList();
        contents.getAttachmentContent().add(content);
        return contents;
    }

    static byte[] everyByte() {
        byte[] bytes = new byte[256];
        for (int value = 0; value < bytes.length; value++) bytes[value] = (byte) value;
        return bytes;
    }

    static void print(AttachmentContentList attachments) throws Exception {
        if (attachments == null) return;
        for (AttachmentContentType attachment : attachments.getAttachmentContent()) {
            byte[] bytes = attachment.getContent().getInputStream().readAllBytes();
            String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            System.out.printf("attachment: %s, %d bytes, SHA-256 %s%n", attachment.getId(), bytes.length, hash);
        }
    }

    /** wsimport made an exception of every fault; its name, its SMEV code, its text. */
    static void printFault(Exception fault, smev.Void detail) {
        // SMEV declares most faults as Void and sends them with xsi:type="SmevFault": the code is in the derived type.
        String name = fault.getClass().getAnnotation(WebFault.class).name();
        System.out.printf("refused: %s, %s, %s%n", name, ((SmevFault) detail).getCode(), fault.getMessage());
    }

    /** MessageID must be a UUID of version 1 (of time); java.util.UUID makes only versions 3 and 4. */
    static String timeBasedUuid() {
        long t = System.currentTimeMillis() * 10_000 + System.nanoTime() / 100 % 10_000 + 0x01B21DD213814000L;
        long high = t << 32 | (t & 0xFFFF_0000_0000L) >>> 16 | 0x1000 | t >>> 48 & 0xFFF;
        return new UUID(high, UUID.randomUUID().getLeastSignificantBits()).toString();
    }

    /** Bytes as the DataSource that a DataHandler reads; javax.activation has none. */
    private record Bytes(byte[] content) implements DataSource {
        public InputStream getInputStream() {
            return new ByteArrayInputStream(content);
        }

        public OutputStream getOutputStream() {
            throw new UnsupportedOperationException();
        }

        public String getContentType() {
            return "application/octet-stream";
        }

        public String getName() {
            return "";
        }
    }
}
