<?php
// Signatures of SMEV with what PHP has: DOM's C14N, and the extension openssl with GOST in OpenSSL.
//
// OpenSSL needs the GOST engine (Debian: libengine-gost-openssl), and learns of it from a file named before PHP
// starts: OPENSSL_CONF=openssl-gost.cnf php …
declare(strict_types=1);

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const GOST = 'urn:ietf:params:xml:ns:cpxmlsec:algorithms:';

/** A key and its certificate, from the PKCS#12 file that `mock-smev certs issue` writes. */
final class SandboxKeys
{
    public readonly OpenSSLAsymmetricKey $key;
    public readonly OpenSSLCertificate $certificate;

    public function __construct(string $file, string $password)
    {
        if (!in_array('md_gost12_256', openssl_get_md_methods(), true)) {
            throw new RuntimeException('OpenSSL has no GOST: start with OPENSSL_CONF=openssl-gost.cnf');
        }
        if (!openssl_pkcs12_read(file_get_contents($file), $found, $password)) {
            throw new RuntimeException("$file: " . openssl_error_string());
        }
        $this->key = openssl_pkey_get_private($found['pkey']);
        $this->certificate = openssl_x509_read($found['cert']);
    }

    /** "256" or "512", by the size of the key. */
    public function bits(): string
    {
        return gost_bits($this->certificate);
    }

    /** SignaturePKCS7 of an attachment: detached CMS. */
    public function cms(string $bytes): string
    {
        [$content, $cms] = [tempnam(sys_get_temp_dir(), 'smev'), tempnam(sys_get_temp_dir(), 'smev')];
        try {
            file_put_contents($content, $bytes);
            $flags = OPENSSL_CMS_DETACHED | OPENSSL_CMS_BINARY;
            if (!openssl_cms_sign($content, $cms, $this->certificate, $this->key, null, $flags, OPENSSL_ENCODING_DER)) {
                throw new RuntimeException('CMS: ' . openssl_error_string());
            }
            return file_get_contents($cms);
        } finally {
            unlink($content);
            unlink($cms);
        }
    }
}

/** For a SoapClient: it signs every call, and verifies the signature of SMEV in every reply that has one. */
trait SignsCalls
{
    public ?SandboxKeys $keys = null;

    public function __doRequest(
        string $request, string $location, string $action, int $version, bool $oneWay = false, mixed ...$later
    ): ?string {
        $reply = parent::__doRequest(smev_signed_call($request, $this->keys), $location, $action, $version, $oneWay);
        smev_verified_reply($reply);
        return $reply;
    }
}

/** What has an Id is what SMEV wants signed: the data of a message, a selector, a timestamp, the target of Ack. */
function smev_signed_call(string $envelope, SandboxKeys $keys): string
{
    $document = smev_parsed($envelope);
    $call = (new DOMXPath($document))->query('/*/*[local-name()="Body"]/*')->item(0);
    $signed = (new DOMXPath($document))->query('*[@Id]', $call)->item(0);
    $signature = $document->createDocumentFragment();
    $signature->appendXML(smev_signature($signed, $keys));
    $name = ($call->prefix ? "$call->prefix:" : '') . 'CallerInformationSystemSignature';
    $call->appendChild($document->createElementNS($call->namespaceURI, $name))->appendChild($signature);
    return $document->saveXML();
}

/** SMEVSignature stands beside what it signs: MessageMetadata, Request, Response or AsyncProcessingStatusData. */
function smev_verified_reply(string $envelope): void
{
    $path = new DOMXPath(smev_parsed($envelope));
    foreach ($path->query('//*[local-name()="SMEVSignature"]/*') as $signature) {
        $certificate = smev_verified($signature, $path->query('../../*[@Id]', $signature)->item(0));
        echo 'signed by: ', openssl_x509_parse($certificate)['subject']['CN'], "\n";
    }
}

/** A ds:Signature over the element, which has an attribute Id. */
function smev_signature(DOMElement $element, SandboxKeys $keys): string
{
    $bits = $keys->bits();
    $digest = base64_encode(openssl_digest(smev_transform($element), "md_gost12_$bits", true));
    $id = htmlspecialchars($element->getAttribute('Id'), ENT_XML1);
    $signed_info = '<SignedInfo xmlns="' . DS . '"><CanonicalizationMethod Algorithm="' . EXCLUSIVE_C14N . '"/>'
        . '<SignatureMethod Algorithm="' . GOST . "gostr34102012-gostr34112012-$bits\"/><Reference URI=\"#$id\">"
        . '<Transforms><Transform Algorithm="' . EXCLUSIVE_C14N . '"/>'
        . '<Transform Algorithm="urn://smev-gov-ru/xmldsig/transform"/></Transforms>'
        . '<DigestMethod Algorithm="' . GOST . "gostr34112012-$bits\"/><DigestValue>$digest</DigestValue>"
        . '</Reference></SignedInfo>';
    // SignedInfo is signed in its canonical form too, but without the transform of SMEV.
    openssl_sign(smev_parsed($signed_info)->documentElement->C14N(true), $value, $keys->key, "md_gost12_$bits");
    openssl_x509_export($keys->certificate, $pem);
    $der = preg_replace('{-----.*?-----|\s}', '', $pem);
    return '<Signature xmlns="' . DS . "\">$signed_info<SignatureValue>" . base64_encode($value) . '</SignatureValue>'
        . "<KeyInfo><X509Data><X509Certificate>$der</X509Certificate></X509Data></KeyInfo></Signature>";
}

/**
 * Verify a ds:Signature over this very element; return the certificate it was made with. Whom that belongs to, and
 * whether to trust it, is for the caller to decide.
 */
function smev_verified(DOMElement $signature, DOMElement $element): OpenSSLCertificate
{
    $path = new DOMXPath($signature->ownerDocument);
    $path->registerNamespace('ds', DS);
    $value = fn (string $of): string => $path->evaluate("string($of)", $signature);
    if ($path->evaluate('count(ds:SignedInfo/ds:Reference)', $signature) !== 1.0
        || $value('ds:SignedInfo/ds:Reference/@URI') !== '#' . $element->getAttribute('Id')) {
        throw new RuntimeException('signature: over ' . $value('ds:SignedInfo/ds:Reference/@URI'));
    }
    $der = chunk_split($value('ds:KeyInfo/ds:X509Data/ds:X509Certificate'), 64, "\n");
    $certificate = openssl_x509_read("-----BEGIN CERTIFICATE-----\n$der-----END CERTIFICATE-----\n");
    if ($certificate === false) {
        throw new RuntimeException('signature: no certificate');
    }
    $algorithm = 'md_gost12_' . gost_bits($certificate);
    $digest = openssl_digest(smev_transform($element), $algorithm, true);
    if ($digest !== base64_decode($value('ds:SignedInfo/ds:Reference/ds:DigestValue'))) {
        throw new RuntimeException('signature: the digest of ' . $element->nodeName . ' is another');
    }
    $signed_info = $path->query('ds:SignedInfo', $signature)->item(0)->C14N(true);
    $signed = base64_decode($value('ds:SignatureValue'));
    if (openssl_verify($signed_info, $signed, openssl_pkey_get_public($certificate), $algorithm) !== 1) {
        throw new RuntimeException('signature: SignatureValue does not match');
    }
    return $certificate;
}

function gost_bits(OpenSSLCertificate $certificate): string
{
    return (string) openssl_pkey_get_details(openssl_pkey_get_public($certificate))['bits'];
}

/** urn://smev-gov-ru/xmldsig/transform: one text of many spellings of the same XML. */
function smev_transform(DOMElement $element): string
{
    $last = 0;
    return smev_written(smev_parsed($element->C14N(true))->documentElement, [], $last);
}

function smev_parsed(string $xml): DOMDocument
{
    $document = new DOMDocument();
    if (!$document->loadXML($xml, LIBXML_PARSEHUGE)) {
        throw new RuntimeException('not well-formed');
    }
    return $document;
}

/** @param array<string, string> $prefixes of the namespaces declared around; ns1, ns2, … are never given twice */
function smev_written(DOMElement $element, array $prefixes, int &$last): string
{
    $declared = '';
    $qualified = function (DOMNode $node) use (&$prefixes, &$declared, &$last): string {
        $uri = $node->namespaceURI ?? throw new RuntimeException("$node->nodeName is in no namespace");
        if (!isset($prefixes[$uri])) {
            $prefixes[$uri] = 'ns' . ++$last;
            $declared .= " xmlns:{$prefixes[$uri]}=\"" . smev_value($uri) . '"';
        }
        return "$prefixes[$uri]:$node->localName";
    };
    // Those in a namespace first, in the order of Java's String: by the units of UTF-16.
    $java = fn (DOMAttr $one): array => [
        $one->namespaceURI === null, iconv('UTF-8', 'UTF-16BE', $one->namespaceURI ?? ''),
        iconv('UTF-8', 'UTF-16BE', $one->localName),
    ];
    $attributes = iterator_to_array($element->attributes, false);
    usort($attributes, function (DOMAttr $one, DOMAttr $other) use ($java): int {
        [[$a, $b, $c], [$d, $e, $f]] = [$java($one), $java($other)];
        return $a <=> $d ?: strcmp($b, $e) ?: strcmp($c, $f);
    });

    $name = $qualified($element);
    $written = '';
    foreach ($attributes as $one) {
        $its = $one->namespaceURI === null ? $one->localName : $qualified($one);
        $written .= " $its=\"" . smev_value($one->value) . '"';
    }
    $content = '';
    foreach ($element->childNodes as $child) {
        if ($child instanceof DOMElement) {
            $content .= smev_written($child, $prefixes, $last);
        } elseif ($child instanceof DOMText && trim($child->data, "\x00..\x20") !== '') {
            $content .= smev_text($child->data);
        }
    }
    return "<$name$declared$written>$content</$name>";
}

function smev_value(string $value): string
{
    return strtr($value, ['&' => '&amp;', '<' => '&lt;', '"' => '&quot;', "\t" => '&#x9;', "\n" => '&#xa;',
        "\r" => '&#xd;']);
}

/** As Woodstox writes text, which SMEV does: ">" is escaped only at some places, and what those are is signed. */
function smev_text(string $text): string
{
    $long = strlen(iconv('UTF-8', 'UTF-16BE', $text)) >= 24;  // 12 characters and more are written in pieces of 512
    [$written, $before, $at] = ['', '', 0];
    foreach (preg_split('//u', $text, -1, PREG_SPLIT_NO_EMPTY) as $character) {
        $first = $at === 0 || $long && $at % 512 === 0;
        $as = match (true) {
            $character === '&' => '&amp;',
            $character === '<' => '&lt;',
            $character === "\r" => '&#xd;',
            $character === '>' && ($first || $before === ']' || $long && $before === 'escaped') => '&gt;',
            $character >= "\u{7F}" && $character <= "\u{9F}" => sprintf('&#x%x;', ord($character[-1])),
            default => $character,
        };
        $written .= $as;
        $before = $as === $character ? $character : 'escaped';
        $at += strlen($character) === 4 ? 2 : 1;
    }
    return $written;
}
