# Takes a request for a taxpayer number (kind fns/inn-by-person), answers it, acknowledges it.
use v5.30;
use warnings;
use utf8;
use FindBin;
use lib $FindBin::Bin;
use Smev;
use XML::LibXML;

my $INN = 'urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1';

Smev::main(sub {
    my ($smev) = @_;
    my $message = $smev->poll('GetRequest', $INN, 'FNSINNSingularRequest');
    my ($metadata, $reply_to, $data) = @{ $message->{Request} }{qw(MessageMetadata ReplyTo SenderProvidedRequestData)};
    my $content = $data->{MessagePrimaryContent}{"{$INN}FNSINNSingularRequest"};
    my ($name) = $content->getElementsByTagNameNS($INN, 'ФИО');
    say "request: $metadata->{MessageId} from $metadata->{Sender}{Mnemonic}: ",
        join ' ', map { $name->getAttribute($_) } qw(Фамилия Имя Отчество);
    $smev->print_attachments($message);

    my $answer = XML::LibXML::Element->new('FNSINNSingularResponse');
    $answer->setNamespace($INN);
    $answer->setAttribute('ИдЗапрос' => $content->getAttribute('ИдЗапрос'));
    $answer->setAttribute('ИННФЛ' => '379945132320');
    my $send = sub {
        my ($to) = @_;
        return $smev->send_message('SendResponse', SenderProvidedResponseData => {
            Id => 'SIGNED_BY_PROVIDER',
            MessageID => Smev::new_message_id(),
            To => $to,
            MessagePrimaryContent => { "{$INN}FNSINNSingularResponse" => $answer->cloneNode(1) },
        });
    };
    my $sent = $send->($reply_to);  # opaque: copied, never read
    say "sent: $sent->{MessageId} $sent->{Status}";
    $smev->acknowledge($metadata->{MessageId});

    $smev->expect_refusal(RecipientIsNotFound => sub { $send->('bm93aGVyZQ==') });
});
