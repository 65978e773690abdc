<?php
// Takes a request for a taxpayer number (kind fns/inn-by-person), answers it, acknowledges it.
declare(strict_types=1);

require __DIR__ . '/smev.php';

const INN = 'urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1';

main(function (SoapClient $smev, bool $mtom): void {
    $message = poll($smev->GetRequest(...), INN, 'FNSINNSingularRequest');
    $request = $message->Request;
    $content = new SimpleXMLElement($request->SenderProvidedRequestData->MessagePrimaryContent->any);
    $name = $content->children(INN)->СведФЛ->ФИО->attributes();
    echo "request: {$request->MessageMetadata->MessageId} from {$request->MessageMetadata->Sender->Mnemonic}: ",
        "{$name['Фамилия']} {$name['Имя']} {$name['Отчество']}\n";
    print_attachments($message);

    $query_id = htmlspecialchars((string) $content['ИдЗапрос']);
    $send = function (string $to) use ($smev, $query_id, $mtom): object {
        $answer = ['SenderProvidedResponseData' => [
            'Id' => 'SIGNED_BY_PROVIDER',
            'MessageID' => time_based_uuid(),
            'To' => $to,
            'MessagePrimaryContent' => ['any' => '<FNSINNSingularResponse xmlns="' . INN
                . "\" ИдЗапрос=\"$query_id\" ИННФЛ=\"379945132320\"/>"],
        ]];
        if ($mtom) {
            $answer['SenderProvidedResponseData']['AttachmentHeaderList'] = attachment_headers($smev);
            $answer['AttachmentContentList'] = attachment_contents();
        }
        return $smev->SendResponse($answer)->MessageMetadata;
    };
    $sent = $send($request->ReplyTo);  // opaque: copied, never read
    echo "sent: $sent->MessageId $sent->Status\n";
    acknowledge($smev, $request->MessageMetadata->MessageId);

    expect_refusal('RecipientIsNotFound', fn () => $send('bm93aGVyZQ=='));
});
