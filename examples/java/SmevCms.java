import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** SignaturePKCS7 of an attachment: detached CMS over the bytes of the file. */
final class SmevCms {
    private SmevCms() {
    }

    static byte[] sign(byte[] file, PrivateKey key, X509Certificate certificate) throws Exception {
        Gost gost = Gost.of(certificate);
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(new JcaSignerInfoGeneratorBuilder(
            new JcaDigestCalculatorProviderBuilder().setProvider("BC").build())
            .build(new JcaContentSignerBuilder(gost.digestName + "WITH" + gost.signatureName)
                .setProvider("BC").build(key), certificate));
        generator.addCertificates(new JcaCertStore(List.of(certificate)));
        return generator.generate(new CMSProcessableByteArray(file), false).getEncoded("DER");
    }

    /** Verify the signature over `file`; return the certificate it was made with. */
    static X509Certificate verify(byte[] cms, byte[] file) throws Exception {
        CMSSignedData signed = new CMSSignedData(new CMSProcessableByteArray(file), cms);
        Collection<SignerInformation> signers = signed.getSignerInfos().getSigners();
        if (signers.size() != 1) throw new GeneralSecurityException("one signer expected, found " + signers.size());
        SignerInformation signer = signers.iterator().next();
        @SuppressWarnings("unchecked") // a selector by issuer and serial number selects certificates
        Collection<X509CertificateHolder> holders = signed.getCertificates().getMatches(signer.getSID());
        if (holders.isEmpty()) throw new GeneralSecurityException("the certificate of the signer is not in the CMS");
        X509Certificate certificate = SandboxKeys.certificate(holders.iterator().next().getEncoded());
        if (!signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(certificate)))
            throw new GeneralSecurityException("the signature does not match the file");
        return certificate;
    }
}
