import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import org.apache.xml.security.c14n.Canonicalizer;
import org.apache.xml.security.keys.content.X509Data;
import org.apache.xml.security.signature.XMLSignature;
import org.apache.xml.security.transforms.Transforms;
import org.apache.xml.security.utils.Constants;
import org.w3c.dom.Element;

/** The ds:Signature that SMEV wants and gives: one Reference to the Id of one element, GOST R 34.10-2012. */
final class SmevSignature {
    private SmevSignature() {
    }

    /** Sign `element`, which has an attribute Id, and put the signature into `container`, which stands beside it. */
    static void sign(Element element, Element container, PrivateKey key, X509Certificate certificate) throws Exception {
        Gost gost = Gost.of(certificate);
        String id = identified(element);
        XMLSignature signature = new XMLSignature(element.getOwnerDocument(), "", gost.signatureUri,
            Canonicalizer.ALGO_ID_C14N_EXCL_OMIT_COMMENTS);
        container.appendChild(signature.getElement());
        Transforms transforms = new Transforms(element.getOwnerDocument());
        transforms.addTransform(Transforms.TRANSFORM_C14N_EXCL_OMIT_COMMENTS);
        transforms.addTransform(SmevTransform.URI);
        signature.addDocument("#" + id, transforms, gost.digestUri);
        X509Data data = new X509Data(element.getOwnerDocument());
        data.addCertificate(certificate);
        signature.getKeyInfo().add(data);
        signature.sign(key);
    }

    /**
     * Verify the signature in `container` over `element`, and return the certificate it was made with. Whom that
     * belongs to, and whether to trust it, is for the caller to decide.
     */
    static X509Certificate verify(Element element, Element container) throws Exception {
        Element its = (Element) container.getElementsByTagNameNS(Constants.SignatureSpecNS, "Signature").item(0);
        if (its == null) throw new GeneralSecurityException("no ds:Signature in " + container.getNodeName());
        // Only this element is told to have an ID: a Reference to any other leads nowhere.
        String id = identified(element);
        XMLSignature signature = new XMLSignature(its, "", true);
        if (signature.getSignedInfo().getLength() != 1)
            throw new GeneralSecurityException("one Reference expected, found " + signature.getSignedInfo().getLength());
        String uri = signature.getSignedInfo().item(0).getURI();
        if (!uri.equals("#" + id))
            throw new GeneralSecurityException("the signature is over " + uri + ", not over #" + id);
        X509Certificate certificate = certificate(signature);
        if (!signature.checkSignatureValue(certificate.getPublicKey()))
            throw new GeneralSecurityException("the signature does not match " + uri);
        return certificate;
    }

    private static String identified(Element element) throws GeneralSecurityException {
        if (element.getAttribute("Id").isEmpty())
            throw new GeneralSecurityException(element.getNodeName() + " has no Id");
        element.setIdAttribute("Id", true);
        return element.getAttribute("Id");
    }

    private static X509Certificate certificate(XMLSignature signature) throws Exception {
        if (signature.getKeyInfo() == null || signature.getKeyInfo().lengthX509Data() != 1)
            throw new GeneralSecurityException("KeyInfo without one X509Data");
        X509Data data = signature.getKeyInfo().itemX509Data(0);
        if (data.lengthCertificate() == 0) throw new GeneralSecurityException("X509Data without a certificate");
        return SandboxKeys.certificate(data.itemCertificate(0).getCertificateBytes());
    }
}
