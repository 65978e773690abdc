import com.ctc.wstx.stax.WstxInputFactory;
import com.ctc.wstx.stax.WstxOutputFactory;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * A process that answers many questions, so that the tests start one JVM: a line is a verb and its arguments in
 * base64, the answer a line with "ok" or "error" and a value in base64.
 */
final class Peer {
    public static void main(String[] arguments) throws Exception {
        Gost.register();
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line; (line = questions.readLine()) != null;) {
            String[] words = line.split(" ");
            byte[][] values = new byte[words.length - 1][];
            for (int at = 1; at < words.length; at++) values[at - 1] = Base64.getDecoder().decode(words[at].substring(1));
            try {
                answers.println("ok " + Base64.getEncoder().encodeToString(answer(words[0], values)));
            } catch (Exception error) {
                answers.println("error " + Base64.getEncoder().encodeToString(error.toString().getBytes("UTF-8")));
            }
        }
    }

    static byte[] answer(String verb, byte[][] values) throws Exception {
        return switch (verb) {
            case "transform" -> transform(values[0], new WstxInputFactory(), new WstxOutputFactory());
            case "transform-jdk" -> transform(values[0], XMLInputFactory.newDefaultFactory(),
                XMLOutputFactory.newDefaultFactory());
            case "sign" -> sign(values);
            case "verify" -> verify(values);
            case "sign-cms" -> SmevCms.sign(values[0], key(values[1]), SandboxKeys.certificate(values[2]));
            case "verify-cms" -> fingerprint(SmevCms.verify(values[0], values[1]));
            case "open" -> open(text(values[0]), text(values[1]));
            default -> throw new IllegalArgumentException(verb);
        };
    }

    static byte[] transform(byte[] octets, XMLInputFactory readers, XMLOutputFactory writers) throws Exception {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        SmevTransform.transform(new ByteArrayInputStream(octets), written, readers, writers);
        return written.toByteArray();
    }

    /** A document, the local names of the element to sign and of the signature's container, a key, a certificate. */
    static byte[] sign(byte[][] values) throws Exception {
        Document document = parsed(values[0]);
        SmevSignature.sign(named(document, text(values[1])), named(document, text(values[2])), key(values[3]),
            SandboxKeys.certificate(values[4]));
        Transformer writer = TransformerFactory.newInstance().newTransformer();
        writer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        writer.transform(new DOMSource(document), new StreamResult(written));
        return written.toByteArray();
    }

    /** A document, the local names of the element signed and of the signature's container. */
    static byte[] verify(byte[][] values) throws Exception {
        Document document = parsed(values[0]);
        return fingerprint(SmevSignature.verify(named(document, text(values[1])), named(document, text(values[2]))));
    }

    /** A PKCS#12 file and its password: the certificate's fingerprint, and the key as PKCS#8. */
    static byte[] open(String file, String password) throws Exception {
        SandboxKeys keys = SandboxKeys.open(Path.of(file), password);
        byte[] encoded = keys.key().getEncoded();
        return (text(fingerprint(keys.certificate())) + " " + Base64.getEncoder().encodeToString(encoded)).getBytes();
    }

    static byte[] fingerprint(X509Certificate certificate) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        return HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
    }

    static PrivateKey key(byte[] pkcs8) throws Exception {
        // One factory for keys of either size: it looks at the algorithm in the PKCS#8.
        return KeyFactory.getInstance("ECGOST3410-2012", "BC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    static Document parsed(byte[] document) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(document));
    }

    static Element named(Document document, String local) {
        return (Element) document.getElementsByTagNameNS("*", local).item(0);
    }

    static String text(byte[] value) {
        return new String(value, StandardCharsets.UTF_8);
    }
}
