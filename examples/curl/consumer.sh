# Asks the tax service for a firm (kind fns/egrul), takes the answer, acknowledges it.
source "$(dirname "$0")/smev.sh"

egrul=urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6
id=$(uuidgen --time)  # MessageID must be a UUID of version 1

send_request() {
    call SendRequest "$every_byte" <<XML
<t:SendRequestRequest>
  <t:SenderProvidedRequestData Id="SIGNED_BY_CONSUMER">
    <t:MessageID>$id</t:MessageID>
    <b:MessagePrimaryContent>
      <FNSVipULRequest xmlns="$egrul" ИдДок="$id" НомерДела="1">
        <ЗапросЮЛ><ОГРН>1083799231834</ОГРН></ЗапросЮЛ>
      </FNSVipULRequest>
    </b:MessagePrimaryContent>
    $(header_of_attachment)
  </t:SenderProvidedRequestData>
  $(content_of_attachment)
</t:SendRequestRequest>
XML
}

send_request || fail 'the request was refused'
echo "sent: $(text MessageId) $(text Status)"

until [[ $(text OriginalMessageId) = "$id" ]]; do  # an answer to another request stays in the queue, unacknowledged
    poll GetResponse "$egrul" FNSVipULResponse
done
# Without an extract: RequestRejected of the provider or AsyncProcessingStatus of SMEV.
firm="//*[local-name()='СвЮЛ']"
[[ $(xpath "count($firm)") = 1 ]] || fail 'no extract'
echo "answer: ОГРН $(xpath "string($firm/@ОГРН)"), ИНН $(xpath "string($firm/@ИНН)")," \
    "$(xpath "string($firm//@НаимЮЛСокр)")"
print_attachments
acknowledge "$(text MessageId)"

# After a lost answer send the same MessageID again: this refusal then says that the first attempt had arrived.
if send_request; then fail 'expected MessageIsAlreadySent, but SMEV took the message'; fi
expect_refusal MessageIsAlreadySent
