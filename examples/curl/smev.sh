# What both programs need to speak SMEV 3 with curl. Sourced with their arguments.
set -euo pipefail

if [[ $# != 3 || ! $3 =~ ^(text|mtom)$ ]]; then
    echo "usage: bash $0 http://127.0.0.1:8630 MNEMONIC text|mtom" >&2
    exit 1
fi
url=$1/as/$2/smev/v1.2/ws
framing=$3

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
every_byte=$folder/every-byte.bin
printf %b "$(printf '\\x%02x' {0..255})" > "$every_byte"

# call OPERATION [ATTACHMENT-FILE…]: wrap what is read in an envelope and post it; the reply is in $folder/reply.
# Succeeds unless it is a fault.
call() {
    local operation=$1 body=$folder/envelope content_type='text/xml; charset=utf-8' file answered status
    shift
    {
        echo '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"
            xmlns:t="urn://x-artefacts-smev-gov-ru/services/message-exchange/types/1.2"
            xmlns:b="urn://x-artefacts-smev-gov-ru/services/message-exchange/types/basic/1.2"><soap:Body>'
        cat
        echo '</soap:Body></soap:Envelope>'
    } > "$folder/envelope"
    if [[ $framing = mtom ]]; then
        local boundary
        boundary=uuid:$(uuidgen)
        content_type="multipart/related; type=\"application/xop+xml\"; boundary=\"$boundary\";"
        content_type+=' start="<root@client>"; start-info="text/xml"'
        body=$folder/body
        {
            part root@client 'application/xop+xml; charset=UTF-8; type="text/xml"' "$folder/envelope"
            for file; do part "$(basename "$file")" application/octet-stream "$file"; done
            printf -- '\r\n--%s--\r\n' "$boundary"
        } > "$body"
    fi
    rm -f "$folder"/part.*
    answered=$(curl -sS -o "$folder/reply" -w '%{http_code} %{content_type}' \
        -H "Content-Type: $content_type" -H "SOAPAction: \"urn:$operation\"" --data-binary "@$body" "$url")
    status=${answered%% *}
    # SMEV answers in the framing of the call; the real one answers with multipart always.
    if [[ $answered =~ multipart/related.*boundary=\"?([^\"\;]+) ]]; then unpack "${BASH_REMATCH[1]}"; fi
    [[ $status = 200 ]]
}

part() {  # part CONTENT-ID TYPE FILE
    printf -- '\r\n--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <%s>\r\n\r\n' \
        "$boundary" "$2" "$1"
    cat "$3"
}

# unpack BOUNDARY: the first part becomes $folder/reply; the others stay in $folder/part.N, headers in part.N.headers.
unpack() {
    local -a starts
    local number part
    mapfile -t starts < <(LC_ALL=C grep -abo -F -e "--$1" "$folder/reply" | cut -d: -f1)
    for ((number = 0; number < ${#starts[@]} - 1; number++)); do
        part=$folder/part.$number
        # From behind the boundary and its line's end to before the line's end and the next boundary.
        tail -c +$((starts[number] + ${#1} + 5)) "$folder/reply" |
            head -c $((starts[number + 1] - starts[number] - ${#1} - 6)) > "$part.whole"
        LC_ALL=C sed '/^\r$/q' "$part.whole" > "$part.headers"
        tail -c +$(($(wc -c < "$part.headers") + 1)) "$part.whole" > "$part"
    done
    mv "$folder/part.0" "$folder/reply"
}

xpath() { xmllint --nocdata --huge --xpath "$1" "$folder/reply"; }

text() { xpath "string(//*[local-name()='$1'])"; }  # the text of the first element of this name

escaped() { sed 's/&/\&amp;/g; s/</\&lt;/g; s/"/\&quot;/g'; }

fail() {
    echo "$1" >&2
    [[ ! -f $folder/reply ]] || cat "$folder/reply" >&2
    exit 1
}

# poll OPERATION NAMESPACE ROOT: ask for the next message of a type every second, as a queue can only be polled.
# What is taken stays in the queue, hidden, until Ack.
poll() {
    for _ in {1..30}; do
        # Every element that a signature may cover has an Id: real systems sign the selector too.
        call "$1" <<XML || fail "$1 was refused"
<t:$1Request>
  <b:MessageTypeSelector Id="SIGNED_BY_CALLER">
    <b:NamespaceURI>$2</b:NamespaceURI>
    <b:RootElementLocalName>$3</b:RootElementLocalName>
    <b:Timestamp>$(date --iso-8601=seconds)</b:Timestamp>
  </b:MessageTypeSelector>
</t:$1Request>
XML
        [[ -z $(text ReplyTo)$(text SenderProvidedResponseData) ]] || return 0  # else a reply without a child
        sleep 1
    done
    fail "no $3 came within 30 seconds"
}

acknowledge() {
    call Ack <<XML || fail 'Ack was refused'
<t:AckRequest>
  <b:AckTargetMessage Id="SIGNED_BY_CALLER" accepted="true">$1</b:AckTargetMessage>
</t:AckRequest>
XML
    echo "acknowledged: $1"
}

# With mtom every message has an attachment: its header goes into the data that is signed, its content beside it.
header_of_attachment() {
    [[ $framing = text ]] || cat <<'XML'
<b:AttachmentHeaderList>
  <b:AttachmentHeader>
    <b:contentId>every-byte.bin</b:contentId>
    <b:MimeType>application/octet-stream</b:MimeType>
  </b:AttachmentHeader>
</b:AttachmentHeaderList>
XML
}

content_of_attachment() {
    [[ $framing = text ]] || cat <<'XML'
<b:AttachmentContentList>
  <b:AttachmentContent>
    <b:Id>every-byte.bin</b:Id>
    <b:Content><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:every-byte.bin"/></b:Content>
  </b:AttachmentContent>
</b:AttachmentContentList>
XML
}

print_attachments() {
    local number attachment content_id content=$folder/content
    for ((number = 1; number <= $(xpath "count(//*[local-name()='AttachmentContent'])"); number++)); do
        attachment="//*[local-name()='AttachmentContent'][$number]"
        content_id=$(xpath "substring-after($attachment//*[local-name()='Include']/@href, 'cid:')")
        if [[ $content_id ]]; then
            cp "$(grep -liF "content-id: <$content_id>" "$folder"/part.*.headers | sed 's/\.headers$//')" "$content"
        else
            xpath "string($attachment/*[local-name()='Content'])" | base64 -d > "$content"
        fi
        echo "attachment: $(xpath "string($attachment/*[local-name()='Id'])"), $(wc -c < "$content") bytes," \
            "SHA-256 $(sha256sum < "$content" | cut -d' ' -f1)"
    done
}

expect_refusal() {  # expect_refusal FAULT: whether the reply is this fault, the local name of the element in detail
    local name
    name=$(xpath "local-name(//*[local-name()='Fault']/detail/*)")
    [[ $name = "$1" ]] || fail "expected $1, but SMEV answered"
    echo "refused: $name, $(text faultcode), $(text faultstring)"
}
