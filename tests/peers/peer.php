<?php
// Answers many questions in one process: a line is a verb and its arguments in base64, the answer a line with "ok" or
// "error" and a value in base64.
declare(strict_types=1);

require __DIR__ . '/../../examples/php/signing.php';

/** The first element of that local name. */
function named(DOMDocument $document, string $local): DOMElement
{
    return $document->getElementsByTagNameNS('*', $local)->item(0);
}

function answer(string $verb, array $values): string
{
    switch ($verb) {
        case 'ready':
            return in_array('md_gost12_256', openssl_get_md_methods(), true) && class_exists('DOMDocument')
                ? 'yes' : throw new RuntimeException('no GOST or no DOM');
        case 'transform':
            $last = 0;
            return smev_written(smev_parsed($values[0])->documentElement, [], $last);
        case 'sign':
            [$xml, $element, $file, $password] = $values;
            return smev_signature(named(smev_parsed($xml), $element), new SandboxKeys($file, $password));
        case 'verify':
            [$xml, $element, $container] = $values;
            $document = smev_parsed($xml);
            $signature = named($document, $container)->getElementsByTagNameNS(DS, 'Signature')->item(0);
            return openssl_x509_fingerprint(smev_verified($signature, named($document, $element)), 'sha256');
        case 'sign-cms':
            return (new SandboxKeys($values[1], $values[2]))->cms($values[0]);
    }
    throw new RuntimeException($verb);
}

while (($line = fgets(STDIN)) !== false) {
    $words = explode(' ', trim($line));
    try {
        $values = array_map(fn (string $word): string => base64_decode(substr($word, 1)), array_slice($words, 1));
        echo 'ok ' . base64_encode(answer($words[0], $values)) . "\n";
    } catch (Throwable $error) {
        echo 'error ', base64_encode($error->getMessage()), "\n";
    }
}
