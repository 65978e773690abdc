<?php
// What both programs need to speak SMEV 3 with SoapClient.
declare(strict_types=1);

require __DIR__ . '/mtom.php';
require __DIR__ . '/signing.php';

const EVERY_BYTE = 'every-byte.bin';

final class SigningSoapClient extends SoapClient
{
    use SignsCalls;
}

final class SigningMtomSoapClient extends MtomSoapClient
{
    use SignsCalls;
}

/**
 * The service as the mnemonic calls it, by the WSDL that the gateway serves for it; with keys the service as the real
 * SMEV has it, where the certificate says who calls.
 */
function smev(string $url, string $mnemonic, string $framing, string $pkcs12 = '', string $password = ''): SoapClient
{
    $options = [
        'cache_wsdl' => WSDL_CACHE_NONE,              // another gateway may serve another one
        'features' => SOAP_SINGLE_ELEMENT_ARRAYS,     // a list with one attachment is a list too
    ];
    if ($pkcs12 === '') {
        $class = ['text' => SoapClient::class, 'mtom' => MtomSoapClient::class][$framing];
        return new $class("$url/as/$mnemonic/smev/v1.2/ws?wsdl", $options);
    }
    $class = ['text' => SigningSoapClient::class, 'mtom' => SigningMtomSoapClient::class][$framing];
    $signing = new $class("$url/smev/v1.2/ws?wsdl", $options);
    $signing->keys = new SandboxKeys($pkcs12, $password);
    return $signing;
}

/** MessageID must be a UUID of version 1, in lower case. */
function time_based_uuid(): string
{
    $t = intdiv(hrtime(true), 100) % 10_000 + (int) (microtime(true) * 1000) * 10_000 + 0x01B21DD213814000;
    return sprintf('%08x-%04x-1%03x-%04x-%s', $t & 0xFFFFFFFF, $t >> 32 & 0xFFFF, $t >> 48 & 0xFFF,
        random_int(0x8000, 0xBFFF), bin2hex(random_bytes(6)));
}

/**
 * The next message that GetRequest or GetResponse gives of a type, asked for every second: a queue can only be polled.
 * What is taken stays in the queue, hidden, until Ack.
 */
function poll(callable $get, string $namespace, string $root): object
{
    for ($second = 0; $second < 30; $second++) {
        // Every element that a signature may cover has an Id: real systems sign the selector too.
        $taken = $get(['MessageTypeSelector' => ['Id' => 'SIGNED_BY_CALLER', 'NamespaceURI' => $namespace,
            'RootElementLocalName' => $root, 'Timestamp' => date('c')]]);
        if (get_object_vars($taken)) {  // an empty queue is a reply without a child
            return current(get_object_vars($taken));
        }
        sleep(1);
    }
    throw new RuntimeException("no $root came within 30 seconds");
}

function acknowledge(SoapClient $smev, string $message_id): void
{
    $smev->Ack(['AckTargetMessage' => ['_' => $message_id, 'Id' => 'SIGNED_BY_CALLER', 'accepted' => true]]);
    echo "acknowledged: $message_id\n";
}

/** The headers go into the data that is signed, the contents beside it; contentId and Id pair them. */
function attachment_headers(SoapClient $smev): array
{
    $header = ['contentId' => EVERY_BYTE, 'MimeType' => 'application/octet-stream'];
    if (isset($smev->keys)) {
        $header['SignaturePKCS7'] = $smev->keys->cms(every_byte());
    }
    return ['AttachmentHeader' => [$header]];
}

function attachment_contents(): array
{
    return ['AttachmentContent' => [['Id' => EVERY_BYTE, 'Content' => every_byte()]]];  // SoapClient writes the base64
}

function every_byte(): string
{
    return implode(array_map('chr', range(0, 255)));
}

function print_attachments(object $message): void
{
    foreach ($message->AttachmentContentList->AttachmentContent ?? [] as $attachment) {
        $content = $attachment->Content;
        echo "attachment: $attachment->Id, ", strlen($content), ' bytes, SHA-256 ', hash('sha256', $content), "\n";
    }
}

/** Call what SMEV has to refuse with the fault of this name: the local name of the element in detail. */
function expect_refusal(string $expected, callable $call): void
{
    try {
        $call();
    } catch (SoapFault $fault) {
        $name = key(get_object_vars($fault->detail ?? new stdClass()));
        if ($name !== $expected) {
            throw $fault;
        }
        echo "refused: $name, $fault->faultcode, $fault->faultstring\n";
        return;
    }
    throw new RuntimeException("expected $expected, but SMEV took the message");
}

/** Run the program: whatever goes wrong is one line on standard error, and exit 1. */
function main(callable $program): never
{
    $arguments = array_slice($_SERVER['argv'], 1);
    if (!in_array(count($arguments), [3, 5], true) || !in_array($arguments[2], ['text', 'mtom'], true)) {
        fwrite(STDERR, "usage: php {$_SERVER['argv'][0]} http://127.0.0.1:8630 MNEMONIC text|mtom"
            . " [KEYS.p12 PASSWORD]\n");
        exit(1);
    }
    try {
        $program(smev(...$arguments), $arguments[2] === 'mtom');
    } catch (Throwable $error) {
        fwrite(STDERR, get_class($error) . ": {$error->getMessage()}\n");
        exit(1);
    }
    exit(0);
}
