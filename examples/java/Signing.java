import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.bind.JAXBContext;
import javax.xml.namespace.QName;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.ws.handler.MessageContext;
import javax.xml.ws.handler.soap.SOAPHandler;
import javax.xml.ws.handler.soap.SOAPMessageContext;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import smev.XMLDSigSignatureType;

/** Signs what a participant says, and verifies the signature of SMEV in every reply that has one. */
final class Signing implements SOAPHandler<SOAPMessageContext> {
    private final SandboxKeys keys;
    private final JAXBContext jaxb = JAXBContext.newInstance("smev");
    private final DocumentBuilderFactory documents = DocumentBuilderFactory.newInstance();

    Signing(Path pkcs12, String password) throws Exception {
        Gost.register();
        keys = SandboxKeys.open(pkcs12, password);
        documents.setNamespaceAware(true);
    }

    /** SignaturePKCS7 of an attachment with these bytes. */
    byte[] cms(byte[] attachment) throws Exception {
        return SmevCms.sign(attachment, keys.key(), keys.certificate());
    }

    /**
     * The signature of what has an Id: the data of a message, a selector, the target of Ack. It is made of the object
     * before the call: the transform makes one text of whatever prefixes and blanks JAX-WS will write it with.
     */
    XMLDSigSignatureType signature(Object identified) throws Exception {
        Document document = documents.newDocumentBuilder().newDocument();
        jaxb.createMarshaller().marshal(identified, document);
        Element container = document.createElement("container"); // of the document, but not in what is signed
        SmevSignature.sign(document.getDocumentElement(), container, keys.key(), keys.certificate());
        XMLDSigSignatureType signature = new XMLDSigSignatureType();
        signature.setAny((Element) container.getFirstChild());
        return signature;
    }

    @Override
    public boolean handleMessage(SOAPMessageContext context) {
        // Not getMessage() on the way out: SAAJ takes no line breaks in content that JAXB writes.
        if (Boolean.TRUE.equals(context.get(MessageContext.MESSAGE_OUTBOUND_PROPERTY))) return true;
        try {
            verify(context.getMessage().getSOAPBody());
            return true;
        } catch (Exception error) {
            throw new IllegalStateException("signature: " + error.getMessage(), error);
        }
    }

    /** SMEVSignature stands beside what it signs: MessageMetadata, Request, Response or AsyncProcessingStatusData. */
    private static void verify(Element body) throws Exception {
        Element container = (Element) body.getElementsByTagNameNS("*", "SMEVSignature").item(0);
        if (container == null) return; // an empty queue, an answer to Ack, a sandbox that signs nothing
        Node node = container.getParentNode().getFirstChild();
        while (!(node instanceof Element element && element.hasAttribute("Id"))) node = node.getNextSibling();
        declareDefaultNamespaces((Element) node);
        X509Certificate certificate = SmevSignature.verify((Element) node, container);
        System.out.println("signed by: " + certificate.getSubjectX500Principal());
    }

    /**
     * Where an element without a prefix holds one of another namespace, the JAX-WS runtime writes the declaration of the
     * inner one on the outer one, too: canonical XML would have it there. The names in the DOM are right.
     */
    private static void declareDefaultNamespaces(Element element) {
        String namespace = element.getNamespaceURI();
        if (element.getPrefix() == null)
            element.setAttributeNS(XMLConstants.XMLNS_ATTRIBUTE_NS_URI, "xmlns", namespace == null ? "" : namespace);
        for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling())
            if (node instanceof Element inner) declareDefaultNamespaces(inner);
    }

    @Override
    public boolean handleFault(SOAPMessageContext context) {
        return true; // faults are not signed
    }

    @Override
    public void close(MessageContext context) {
    }

    @Override
    public Set<QName> getHeaders() {
        return Set.of();
    }
}
