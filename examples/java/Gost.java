import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import org.apache.xml.security.Init;
import org.apache.xml.security.algorithms.JCEMapper;
import org.apache.xml.security.algorithms.SignatureAlgorithm;
import org.apache.xml.security.algorithms.SignatureAlgorithmSpi;
import org.apache.xml.security.exceptions.XMLSecurityException;
import org.apache.xml.security.signature.XMLSignatureException;
import org.apache.xml.security.transforms.Transform;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** GOST R 34.10-2012 with a key of 256 or 512 bits: SMEV's names for it, and Bouncy Castle's. */
public enum Gost {
    BITS_256("256"), BITS_512("512");

    private static final String CRYPTOPRO = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:";

    /** As SignatureMethod and DigestMethod name the algorithms. */
    public final String signatureUri, digestUri;
    /** As Bouncy Castle names them. */
    final String signatureName, digestName;

    Gost(String bits) {
        signatureUri = CRYPTOPRO + "gostr34102012-gostr34112012-" + bits;
        digestUri = CRYPTOPRO + "gostr34112012-" + bits;
        signatureName = "ECGOST3410-2012-" + bits;
        digestName = "GOST3411-2012-" + bits;
    }

    /** The algorithm of the certificate's key. */
    static Gost of(X509Certificate certificate) throws GeneralSecurityException {
        String key = SubjectPublicKeyInfo.getInstance(certificate.getPublicKey().getEncoded())
            .getAlgorithm().getAlgorithm().getId();
        if (key.equals("1.2.643.7.1.1.1.1")) return BITS_256;
        if (key.equals("1.2.643.7.1.1.1.2")) return BITS_512;
        throw new GeneralSecurityException("not a GOST R 34.10-2012 key: " + key);
    }

    /** Tell the JVM of Bouncy Castle, and Santuario of GOST and of SMEV's transform. Once, before anything else. */
    static void register() throws XMLSecurityException, ClassNotFoundException {
        // Without this Santuario breaks base64 into lines, and on Windows each of them ends in &#13;.
        System.setProperty("org.apache.xml.security.ignoreLineBreaks", "true");
        Security.addProvider(new BouncyCastleProvider());
        Init.init();
        Transform.register(SmevTransform.URI, SmevTransform.class);
        SignatureAlgorithm.register(BITS_256.signatureUri, Bits256.class);
        SignatureAlgorithm.register(BITS_512.signatureUri, Bits512.class);
        for (Gost gost : values())
            JCEMapper.register(gost.digestUri, algorithm(gost));
    }

    private static JCEMapper.Algorithm algorithm(Gost gost) {
        return new JCEMapper.Algorithm("", gost.digestName, "MessageDigest", 0, 0, "BC");
    }

    public static final class Bits256 extends Algorithm {
        public Bits256() throws XMLSignatureException {
            super(BITS_256);
        }
    }

    public static final class Bits512 extends Algorithm {
        public Bits512() throws XMLSignatureException {
            super(BITS_512);
        }
    }

    /** Santuario's hooks, passed on to a java.security.Signature. Bouncy Castle writes s, then r, as SMEV wants. */
    private abstract static class Algorithm extends SignatureAlgorithmSpi {
        private final Gost gost;
        private final Signature signature;

        Algorithm(Gost gost) throws XMLSignatureException {
            this.gost = gost;
            try {
                signature = Signature.getInstance(gost.signatureName, "BC");
            } catch (GeneralSecurityException error) {
                throw new XMLSignatureException(error);
            }
        }

        private interface Step<T> {
            T take() throws GeneralSecurityException;
        }

        private static <T> T taking(Step<T> step) throws XMLSignatureException {
            try {
                return step.take();
            } catch (GeneralSecurityException error) {
                throw new XMLSignatureException(error);
            }
        }

        @Override
        protected String engineGetURI() {
            return gost.signatureUri;
        }

        @Override
        protected String engineGetJCEAlgorithmString() {
            return gost.signatureName;
        }

        @Override
        protected String engineGetJCEProviderName() {
            return "BC";
        }

        @Override
        protected void engineInitSign(Key key) throws XMLSignatureException {
            taking(() -> {
                signature.initSign((PrivateKey) key);
                return null;
            });
        }

        @Override
        protected void engineInitSign(Key key, SecureRandom chance) throws XMLSignatureException {
            engineInitSign(key);
        }

        @Override
        protected void engineInitSign(Key key, AlgorithmParameterSpec parameters) throws XMLSignatureException {
            engineInitSign(key);
        }

        @Override
        protected void engineInitVerify(Key key) throws XMLSignatureException {
            taking(() -> {
                signature.initVerify((PublicKey) key);
                return null;
            });
        }

        @Override
        protected void engineUpdate(byte octet) throws XMLSignatureException {
            taking(() -> {
                signature.update(octet);
                return null;
            });
        }

        @Override
        protected void engineUpdate(byte[] octets) throws XMLSignatureException {
            engineUpdate(octets, 0, octets.length);
        }

        @Override
        protected void engineUpdate(byte[] octets, int from, int length) throws XMLSignatureException {
            taking(() -> {
                signature.update(octets, from, length);
                return null;
            });
        }

        @Override
        protected byte[] engineSign() throws XMLSignatureException {
            return taking(signature::sign);
        }

        @Override
        protected boolean engineVerify(byte[] value) throws XMLSignatureException {
            return taking(() -> signature.verify(value));
        }

        @Override
        protected void engineSetParameter(AlgorithmParameterSpec parameters) throws XMLSignatureException {
            throw new XMLSignatureException(new UnsupportedOperationException("GOST has no parameters here"));
        }

        @Override
        protected void engineSetHMACOutputLength(int length) throws XMLSignatureException {
            throw new XMLSignatureException(new UnsupportedOperationException("not an HMAC"));
        }
    }
}
