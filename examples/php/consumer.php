<?php
// Asks the tax service for a firm (kind fns/egrul), takes the answer, acknowledges it.
declare(strict_types=1);

require __DIR__ . '/smev.php';

const EGRUL = 'urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6';

main(function (SoapClient $smev, bool $mtom): void {
    $id = time_based_uuid();
    $data = [
        'Id' => 'SIGNED_BY_CONSUMER',
        'MessageID' => $id,
        // Business content is XML of another schema, which the WSDL does not know: it goes as it is.
        'MessagePrimaryContent' => ['any' => '
            <FNSVipULRequest xmlns="' . EGRUL . "\" ИдДок=\"$id\" НомерДела=\"1\">
              <ЗапросЮЛ><ОГРН>1083799231834</ОГРН></ЗапросЮЛ>
            </FNSVipULRequest>"],
    ];
    $request = ['SenderProvidedRequestData' => $data];
    if ($mtom) {
        $request['SenderProvidedRequestData']['AttachmentHeaderList'] = attachment_headers($smev);
        $request['AttachmentContentList'] = attachment_contents();
    }
    $sent = $smev->SendRequest($request)->MessageMetadata;
    echo "sent: $sent->MessageId $sent->Status\n";

    do {  // an answer to another request stays in the queue: it is not acknowledged
        $message = poll($smev->GetResponse(...), EGRUL, 'FNSVipULResponse');
    } while ($message->Response->OriginalMessageId !== $id);
    $answer = $message->Response->SenderProvidedResponseData;
    if (!isset($answer->MessagePrimaryContent)) {  // RequestRejected of the provider or AsyncProcessingStatus of SMEV
        throw new RuntimeException('no extract: ' . json_encode($answer, JSON_UNESCAPED_UNICODE));
    }
    $extract = new SimpleXMLElement($answer->MessagePrimaryContent->any);
    $firm = $extract->children(EGRUL)->СвЮЛ;
    echo "answer: ОГРН {$firm->attributes()['ОГРН']}, ИНН {$firm->attributes()['ИНН']}, ",
        $firm->СвНаимЮЛ->attributes()['НаимЮЛСокр'], "\n";
    print_attachments($message);
    acknowledge($smev, $message->Response->MessageMetadata->MessageId);

    // After a lost answer send the same MessageID again: this refusal then says that the first attempt had arrived.
    expect_refusal('MessageIsAlreadySent', fn () => $smev->SendRequest($request));
});
