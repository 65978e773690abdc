# What both programs need to speak SMEV 3: types by XML::Compile from the WSDL's schemas, calls by LWP.
package Smev;
use v5.30;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));

use Digest::SHA qw(sha256_hex);
use HTTP::Request;
use LWP::UserAgent;
use MIME::Base64 qw(decode_base64 encode_base64);
use POSIX qw(strftime);
use URI::Escape qw(uri_unescape);
use UUID::Tiny qw(:std);
use XML::Compile::Cache;
use XML::LibXML;

my $SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
my $XOP = 'http://www.w3.org/2004/08/xop/include';
my %PREFIXES = (
    t => 'urn://x-artefacts-smev-gov-ru/services/message-exchange/types/1.2',
    b => 'urn://x-artefacts-smev-gov-ru/services/message-exchange/types/basic/1.2',
);
my $EVERY_BYTE = 'every-byte.bin';

# The service as the mnemonic calls it: its WSDL leads to its schemas, and says where to call with which SOAPAction.
sub new {
    my ($class, $url, $mnemonic, $framing) = @_;
    my $self = bless { agent => LWP::UserAgent->new, mtom => $framing eq 'mtom' }, $class;
    # Business content and signatures belong to other schemas: they go and come as nodes.
    $self->{types} = XML::Compile::Cache->new(prefixes => [%PREFIXES], any_element => 'TAKE_ALL',
        allow_undeclared => 1);

    my @waiting = my $wsdl = "$url/as/$mnemonic/smev/v1.2/ws?wsdl";
    my %documents;
    while (my $address = shift @waiting) {
        next if $documents{$address};
        my $got = $self->{agent}->get($address);
        die "$address: ", $got->status_line, "\n" unless $got->is_success;
        my $document = $documents{$address} = XML::LibXML->load_xml(string => $got->content);
        $self->{types}->importDefinitions($document);
        push @waiting, map { $_->value } xpath($document)->findnodes('//xs:import/@schemaLocation');
    }
    my $description = xpath($documents{$wsdl});
    $self->{address} = $description->findvalue('//soap:address/@location');
    $self->{action} = sub { $description->findvalue("//w:binding/w:operation[\@name='$_[0]']/soap:operation/\@soapAction") };
    return $self;
}

sub xpath {
    my $found = XML::LibXML::XPathContext->new(shift);
    $found->registerNs(xs => 'http://www.w3.org/2001/XMLSchema');
    $found->registerNs(w => 'http://schemas.xmlsoap.org/wsdl/');
    $found->registerNs(soap => 'http://schemas.xmlsoap.org/wsdl/soap/');
    $found->registerNs(env => $SOAP);
    $found->registerNs(xop => $XOP);
    $found->registerNs(%PREFIXES{$_}) for keys %PREFIXES;
    return $found;
}

# Call an operation with the children of its element; returns those of the reply, or dies with the fault (a node).
sub call {
    my ($self, $operation, $children) = @_;
    my $envelope = XML::LibXML->load_xml(string => qq{<soap:Envelope xmlns:soap="$SOAP"><soap:Body/></soap:Envelope>});
    my $content = $self->{types}->writer("t:${operation}Request")->($envelope, $children);
    $envelope->documentElement->firstChild->appendChild($content);
    my $request = HTTP::Request->new(POST => $self->{address}, [SOAPAction => '"' . $self->{action}->($operation) . '"']);
    $self->{mtom} ? pack_parts($request, $envelope) : pack_text($request, $envelope);

    my $response = $self->{agent}->request($request);
    my $reply = unpack_parts($response);
    my ($fault) = xpath($reply)->findnodes('/env:Envelope/env:Body/env:Fault');
    die $fault if $fault;
    my ($element) = xpath($reply)->findnodes('/env:Envelope/env:Body/*');
    return $self->{types}->reader("t:${operation}Response")->($element);
}

sub pack_text {
    my ($request, $envelope) = @_;
    $request->header('Content-Type' => 'text/xml; charset=utf-8');
    $request->content($envelope->toString);
}

# MTOM: contents of attachments become XOP parts; what is signed stays as it is.
sub pack_parts {
    my ($request, $written) = @_;
    my $envelope = XML::LibXML->load_xml(string => $written->toString);  # namespaces are known once it was read
    my @parts;
    for my $content (xpath($envelope)->findnodes('//b:AttachmentContent/b:Content')) {
        my $name = @parts . '@client';
        push @parts, HTTP::Message->new(
            ['Content-Type' => 'application/octet-stream', 'Content-Transfer-Encoding' => 'binary',
                'Content-ID' => "<$name>"],
            decode_base64($content->textContent));
        $content->removeChildNodes;
        $content->addNewChild($XOP, 'xop:Include')->setAttribute(href => "cid:$name");
    }
    my $root = HTTP::Message->new(
        ['Content-Type' => 'application/xop+xml; charset=UTF-8; type="text/xml"',
            'Content-Transfer-Encoding' => 'binary', 'Content-ID' => '<root@client>'],
        $envelope->toString);
    $request->header('Content-Type' =>
        'multipart/related; type="application/xop+xml"; start="<root@client>"; start-info="text/xml"');
    $request->parts($root, @parts);
}

# SMEV answers in the framing of the call; the real one answers with multipart always.
sub unpack_parts {
    my ($response) = @_;
    my ($root, @parts) = $response->content_type eq 'multipart/related' ? $response->parts : $response;
    my $reply = eval { XML::LibXML->load_xml(string => $root->content, huge => 1) }
        or die 'no SOAP: ', $response->status_line, "\n";
    my %content = map { $_->header('Content-ID') =~ s/^<|>$//gr => $_->content } @parts;
    for my $include (xpath($reply)->findnodes('//xop:Include')) {
        my $name = $include->getAttribute('href') =~ s/^cid://r;
        # The real SMEV (Apache CXF) writes the percent escapes of the URL in Content-ID too; others do not.
        my $bytes = $content{$name} // $content{uri_unescape($name)};
        $include->replaceNode($reply->createTextNode(encode_base64($bytes, '')));
    }
    return $reply;
}

# SendRequest or SendResponse. $data is the element that a signature would cover, named $name.
sub send_message {
    my ($self, $operation, $name, $data) = @_;
    my %children = ($name => $data);
    if ($self->{mtom}) {  # the header goes into the data that is signed, the content beside it; the ids pair them
        my $header = { contentId => $EVERY_BYTE, MimeType => 'application/octet-stream' };
        $children{$name} = { %$data, AttachmentHeaderList => { AttachmentHeader => [$header] } };
        my $content = { Id => $EVERY_BYTE, Content => join '', map { chr } 0 .. 255 };  # the type makes it base64
        $children{AttachmentContentList} = { AttachmentContent => [$content] };
    }
    return $self->call($operation, \%children)->{MessageMetadata};
}

# MessageID must be a UUID of version 1.
sub new_message_id { create_uuid_as_string(UUID_V1) }

# The next message of a type that GetRequest or GetResponse gives, asked for every second: a queue can only be polled.
# What is taken stays in the queue, hidden, until Ack.
sub poll {
    my ($self, $operation, $namespace, $root) = @_;
    for (1 .. 30) {
        my $reply = $self->call($operation, { MessageTypeSelector => {
            Id => 'SIGNED_BY_CALLER',  # real systems sign the selector too
            NamespaceURI => $namespace, RootElementLocalName => $root,
            Timestamp => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime),
        } });
        my $message = $reply->{RequestMessage} // $reply->{ResponseMessage};
        return $message if $message;  # an empty queue is a reply without a child
        sleep 1;
    }
    die "no $root came within 30 seconds\n";
}

sub acknowledge {
    my ($self, $message_id) = @_;
    $self->call(Ack => { AckTargetMessage => { _ => $message_id, Id => 'SIGNED_BY_CALLER', accepted => 1 } });
    say "acknowledged: $message_id";
}

sub print_attachments {
    my ($self, $message) = @_;
    for my $attachment (@{ ($message->{AttachmentContentList} // {})->{AttachmentContent} // [] }) {
        my ($name, $content) = @$attachment{qw(Id Content)};
        say "attachment: $name, ", length $content, ' bytes, SHA-256 ', sha256_hex($content);
    }
}

# Make a call that SMEV has to refuse with the fault of this name: the local name of the element in detail.
sub expect_refusal {
    my ($self, $expected, $call) = @_;
    die "expected $expected, but SMEV took the message\n" if eval { $call->(); 1 };
    my $fault = $@;
    my $name = ref $fault && $fault->findvalue('local-name(detail/*)');
    die $fault if !ref $fault || $name ne $expected;
    say join ', ', "refused: $name", $fault->findvalue('faultcode'), $fault->findvalue('faultstring');
}

# Run the program: whatever goes wrong is said on standard error, and exit 1.
sub main {
    my ($program) = @_;
    if (@ARGV != 3 || $ARGV[2] !~ /^(text|mtom)$/) {
        say STDERR "usage: perl $0 http://127.0.0.1:8630 MNEMONIC text|mtom";
        exit 1;
    }
    exit 0 if eval { $program->(Smev->new(@ARGV)); 1 };
    my $error = $@;
    say STDERR ref $error && $error->isa('XML::LibXML::Node') ? $error->textContent : $error;
    exit 1;
}

1;
