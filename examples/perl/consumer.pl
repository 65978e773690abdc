# Asks the tax service for a firm (kind fns/egrul), takes the answer, acknowledges it.
use v5.30;
use warnings;
use utf8;
use FindBin;
use JSON::PP;
use lib $FindBin::Bin;
use Smev;
use XML::LibXML;

my $EGRUL = 'urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6';

Smev::main(sub {
    my ($smev) = @_;
    my $id = Smev::new_message_id();
    # Business content is XML of another schema, which the WSDL does not know: it goes as it is.
    my $content = XML::LibXML->load_xml(string => <<~XML)->documentElement;
        <FNSVipULRequest xmlns="$EGRUL" ИдДок="$id" НомерДела="1">
          <ЗапросЮЛ><ОГРН>1083799231834</ОГРН></ЗапросЮЛ>
        </FNSVipULRequest>
        XML
    my $data = {
        # Every element that a signature may cover has an Id.
        Id => 'SIGNED_BY_CONSUMER',
        MessageID => $id,
        MessagePrimaryContent => { "{$EGRUL}FNSVipULRequest" => $content },
    };
    my $sent = $smev->send_message('SendRequest', SenderProvidedRequestData => $data);
    say "sent: $sent->{MessageId} $sent->{Status}";

    my $message;
    do {  # an answer to another request stays in the queue: it is not acknowledged
        $message = $smev->poll('GetResponse', $EGRUL, 'FNSVipULResponse');
    } until $message->{Response}{OriginalMessageId} eq $id;
    my $answer = $message->{Response}{SenderProvidedResponseData};
    my $extract = ($answer->{MessagePrimaryContent} // {})->{"{$EGRUL}FNSVipULResponse"};
    # Without an extract: RequestRejected of the provider or AsyncProcessingStatus of SMEV.
    die 'no extract: ', JSON::PP->new->allow_blessed->encode($answer), "\n" unless $extract;
    my ($firm) = $extract->getChildrenByTagNameNS($EGRUL, 'СвЮЛ');
    my ($name) = $firm->getChildrenByTagNameNS($EGRUL, 'СвНаимЮЛ');
    say 'answer: ОГРН ', $firm->getAttribute('ОГРН'), ', ИНН ', $firm->getAttribute('ИНН'), ', ',
        $name->getAttribute('НаимЮЛСокр');
    $smev->print_attachments($message);
    $smev->acknowledge($message->{Response}{MessageMetadata}{MessageId});

    # After a lost answer send the same MessageID again: this refusal then says that the first attempt had arrived.
    $smev->expect_refusal(MessageIsAlreadySent => sub {
        $smev->send_message('SendRequest', SenderProvidedRequestData => $data);
    });
});
