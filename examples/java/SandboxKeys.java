import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

/** A key and its certificate, from the PKCS#12 file that `mock-smev certs issue` writes. */
record SandboxKeys(PrivateKey key, X509Certificate certificate) {

    static SandboxKeys open(Path file, String password) throws GeneralSecurityException, IOException {
        // "BC": the JDK's own PKCS12 store does not know GOST keys.
        KeyStore store = KeyStore.getInstance("PKCS12", "BC");
        try (InputStream bytes = Files.newInputStream(file)) {
            store.load(bytes, password.toCharArray());
        }
        String alias = store.aliases().nextElement();
        return new SandboxKeys((PrivateKey) store.getKey(alias, password.toCharArray()),
            (X509Certificate) store.getCertificate(alias));
    }

    /** A certificate in DER or PEM. */
    static X509Certificate certificate(byte[] encoded) throws GeneralSecurityException {
        return (X509Certificate) CertificateFactory.getInstance("X.509", "BC")
            .generateCertificate(new ByteArrayInputStream(encoded));
    }
}
