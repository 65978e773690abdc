# Takes a request for a taxpayer number (kind fns/inn-by-person), answers it, acknowledges it.
source "$(dirname "$0")/smev.sh"

inn=urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1

poll GetRequest "$inn" FNSINNSingularRequest
request_id=$(text MessageId)
reply_to=$(text ReplyTo)
query_id=$(xpath "string(//@ИдЗапрос)" | escaped)
name=$(xpath "concat(//@Фамилия, ' ', //@Имя, ' ', //@Отчество)")
echo "request: $request_id from $(xpath "string(//*[local-name()='Sender']/*)"): $name"
print_attachments

send_response() {  # send_response TO
    call SendResponse "$every_byte" <<XML
<t:SendResponseRequest>
  <t:SenderProvidedResponseData Id="SIGNED_BY_PROVIDER">
    <t:MessageID>$(uuidgen --time)</t:MessageID>
    <t:To>$(escaped <<< "$1")</t:To>
    <b:MessagePrimaryContent>
      <FNSINNSingularResponse xmlns="$inn" ИдЗапрос="$query_id" ИННФЛ="379945132320"/>
    </b:MessagePrimaryContent>
    $(header_of_attachment)
  </t:SenderProvidedResponseData>
  $(content_of_attachment)
</t:SendResponseRequest>
XML
}

send_response "$reply_to" || fail 'the answer was refused'  # opaque: copied, never read
echo "sent: $(text MessageId) $(text Status)"
acknowledge "$request_id"

if send_response bm93aGVyZQ==; then fail 'expected RecipientIsNotFound, but SMEV took the message'; fi
expect_refusal RecipientIsNotFound
