<?php
// MTOM for SoapClient, which has none: base64 becomes XOP parts on the way out, XOP parts base64 on the way in.
declare(strict_types=1);

class MtomSoapClient extends SoapClient
{
    private const XOP = 'http://www.w3.org/2004/08/xop/include';

    /** SoapClient can send nothing but text/xml, so the call is posted here. */
    public function __doRequest(
        string $request, string $location, string $action, int $version, bool $oneWay = false, mixed ...$later
    ): ?string {
        [$content_type, $body] = $this->pack($request);
        $context = stream_context_create(['http' => [
            'method' => 'POST',
            'header' => ["Content-Type: $content_type", "SOAPAction: \"$action\""],
            'content' => $body,
            'ignore_errors' => true,  // a fault comes with HTTP 500, and SoapClient wants to read it
        ]]);
        $reply = file_get_contents($location, false, $context);
        if ($reply === false) {
            throw new SoapFault('HTTP', "no answer from $location");
        }
        // SMEV answers in the framing of the call; the real one answers with multipart always.
        foreach ($http_response_header as $header) {
            if (preg_match('{^content-type:\s*multipart/related.*boundary="?([^";]+)}i', $header, $found)) {
                return $this->unpack($reply, $found[1]);
            }
        }
        return $reply;
    }

    /** @return array{string, string} Content-Type and body */
    private function pack(string $envelope): array
    {
        $document = new DOMDocument();
        $document->loadXML($envelope, LIBXML_PARSEHUGE);
        $boundary = 'uuid:' . bin2hex(random_bytes(16));
        $attachments = '';
        // Only contents of attachments: what is signed stays as it is.
        foreach ((new DOMXPath($document))->query('//*[local-name()="AttachmentContent"]/*[local-name()="Content"]')
            as $number => $content) {
            $bytes = base64_decode($content->textContent);
            $include = $document->createElementNS(self::XOP, 'xop:Include');
            $include->setAttribute('href', "cid:$number@client");
            $content->nodeValue = '';
            $content->appendChild($include);
            $attachments .= "\r\n--$boundary\r\nContent-Type: application/octet-stream\r\n"
                . "Content-Transfer-Encoding: binary\r\nContent-ID: <$number@client>\r\n\r\n$bytes";
        }
        return [
            "multipart/related; type=\"application/xop+xml\"; boundary=\"$boundary\"; start=\"<root@client>\"; "
                . 'start-info="text/xml"',
            "--$boundary\r\nContent-Type: application/xop+xml; charset=UTF-8; type=\"text/xml\"\r\n"
                . "Content-Transfer-Encoding: binary\r\nContent-ID: <root@client>\r\n\r\n"
                . $document->saveXML() . "$attachments\r\n--$boundary--\r\n",
        ];
    }

    private function unpack(string $body, string $boundary): string
    {
        $parts = [];
        foreach (array_slice(explode("\r\n--$boundary", "\r\n$body"), 1, -1) as $part) {
            [$headers, $content] = explode("\r\n\r\n", $part, 2);
            preg_match('{^content-id:\s*<?([^>\r]*)}im', $headers, $found);
            $parts[$found[1] ?? ''] = $content;
        }
        $document = new DOMDocument();
        $document->loadXML(reset($parts), LIBXML_PARSEHUGE);  // SMEV puts the root first
        foreach (iterator_to_array($document->getElementsByTagNameNS(self::XOP, 'Include')) as $include) {
            $content_id = substr($include->getAttribute('href'), strlen('cid:'));
            // The real SMEV (Apache CXF) writes the percent escapes of the URL in Content-ID too; others do not.
            $bytes = $parts[$content_id] ?? $parts[rawurldecode($content_id)];
            $include->parentNode->nodeValue = base64_encode($bytes);
        }
        return $document->saveXML();
    }
}
