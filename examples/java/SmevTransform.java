import com.ctc.wstx.stax.WstxInputFactory;
import com.ctc.wstx.stax.WstxOutputFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.namespace.QName;
import javax.xml.stream.XMLEventReader;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import javax.xml.stream.events.Attribute;
import javax.xml.stream.events.StartElement;
import javax.xml.stream.events.XMLEvent;
import org.apache.xml.security.c14n.CanonicalizationException;
import org.apache.xml.security.signature.XMLSignatureInput;
import org.apache.xml.security.transforms.Transform;
import org.apache.xml.security.transforms.TransformSpi;
import org.apache.xml.security.transforms.TransformationException;

/**
 * urn://smev-gov-ru/xmldsig/transform for Apache Santuario: one text of many spellings of the same XML.
 *
 * Woodstox reads and writes, by name: what it escapes is part of what is signed, and the StAX that comes with the JDK
 * escapes other characters and loses some blanks.
 */
public final class SmevTransform extends TransformSpi {
    public static final String URI = "urn://smev-gov-ru/xmldsig/transform";

    private static final Comparator<QName> NAMESPACED_FIRST = Comparator
        .comparing((QName name) -> name.getNamespaceURI().isEmpty())
        .thenComparing(QName::getNamespaceURI)
        .thenComparing(QName::getLocalPart);

    @Override
    protected String engineGetURI() {
        return URI;
    }

    @Override
    protected XMLSignatureInput enginePerformTransform(XMLSignatureInput input, OutputStream output, Transform transform)
            throws IOException, CanonicalizationException, TransformationException {
        try {
            if (output == null) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                transform(input.getOctetStream(), bytes, new WstxInputFactory(), new WstxOutputFactory());
                return new XMLSignatureInput(bytes.toByteArray());
            }
            transform(input.getOctetStream(), output, new WstxInputFactory(), new WstxOutputFactory());
            XMLSignatureInput written = new XMLSignatureInput((byte[]) null);
            written.setOutputStream(output);
            return written;
        } catch (XMLStreamException error) {
            throw new TransformationException(error);
        }
    }

    /** The transform itself; the factories are arguments only because others than Woodstox' give other bytes. */
    static void transform(InputStream from, OutputStream to, XMLInputFactory readers, XMLOutputFactory writers)
            throws XMLStreamException {
        readers.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        XMLEventReader events = readers.createXMLEventReader(from, "UTF-8");
        XMLStreamWriter out = writers.createXMLStreamWriter(to, "UTF-8");
        Prefixes prefixes = new Prefixes();
        while (events.hasNext()) {
            XMLEvent event = events.nextEvent();
            if (event.isStartElement()) {
                start(event.asStartElement(), prefixes, out);
            } else if (event.isEndElement()) {
                out.writeCharacters(""); // <a></a>, never <a/>
                out.writeEndElement();
                prefixes.leave();
            } else if (event.isCharacters() && !event.asCharacters().getData().trim().isEmpty()) {
                out.writeCharacters(event.asCharacters().getData());
            } // comments, processing instructions, the XML declaration and blanks are not signed
        }
        out.flush();
    }

    private static void start(StartElement element, Prefixes prefixes, XMLStreamWriter out) throws XMLStreamException {
        List<Attribute> attributes = new ArrayList<>();
        for (Iterator<Attribute> each = element.getAttributes(); each.hasNext();) attributes.add(each.next());
        attributes.sort(Comparator.comparing(Attribute::getName, NAMESPACED_FIRST));

        prefixes.enter();
        // The order of these calls numbers the prefixes: the element first, then its attributes as they are sorted.
        QName name = element.getName();
        String prefix = prefixes.of(name.getNamespaceURI());
        for (Attribute attribute : attributes)
            if (!attribute.getName().getNamespaceURI().isEmpty()) prefixes.of(attribute.getName().getNamespaceURI());

        out.writeStartElement(prefix, name.getLocalPart(), name.getNamespaceURI());
        for (Map.Entry<String, String> declared : prefixes.declaredHere().entrySet())
            out.writeNamespace(declared.getValue(), declared.getKey());
        for (Attribute attribute : attributes) {
            QName its = attribute.getName();
            if (its.getNamespaceURI().isEmpty()) out.writeAttribute(its.getLocalPart(), attribute.getValue());
            else out.writeAttribute(prefixes.of(its.getNamespaceURI()), its.getNamespaceURI(), its.getLocalPart(),
                attribute.getValue());
        }
    }

    /** ns1, ns2, … each declared where its namespace is first met; a number is never given twice. */
    private static final class Prefixes {
        private final Deque<Map<String, String>> open = new ArrayDeque<>();
        private int last = 0;

        void enter() {
            open.push(new LinkedHashMap<>());
        }

        void leave() {
            open.pop();
        }

        Map<String, String> declaredHere() {
            return open.element();
        }

        String of(String namespace) {
            for (Map<String, String> element : open)
                if (element.containsKey(namespace)) return element.get(namespace);
            String prefix = "ns" + ++last;
            open.element().put(namespace, prefix);
            return prefix;
        }
    }
}
