// Asks the tax service for a firm (kind fns/egrul), takes the answer, acknowledges it.
import { v1 as timeBasedUuid } from 'uuid';
import { expectRefusal, main, printAttachments } from './smev.js';

const EGRUL = 'urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6';

await main(async (smev) => {
  const id = timeBasedUuid(); // MessageID must be a UUID of version 1
  const data = {
    attributes: { Id: 'SIGNED_BY_CONSUMER' },
    MessageID: id,
    // Business content is XML of another schema, which the WSDL does not know: it goes as it is.
    MessagePrimaryContent: {
      $xml: `<FNSVipULRequest xmlns="${EGRUL}" ИдДок="${id}" НомерДела="1">
               <ЗапросЮЛ><ОГРН>1083799231834</ОГРН></ЗапросЮЛ>
             </FNSVipULRequest>`,
    },
  };
  const sent = await smev.send('SendRequest', 'SenderProvidedRequestData', data);
  console.log(`sent: ${sent.MessageId} ${sent.Status}`);

  let message;
  do { // an answer to another request stays in the queue: it is not acknowledged
    message = await smev.poll('GetResponse', EGRUL, 'FNSVipULResponse');
  } while (message.Response.OriginalMessageId !== id);
  const answer = message.Response.SenderProvidedResponseData;
  if (!answer.MessagePrimaryContent) { // RequestRejected of the provider or AsyncProcessingStatus of SMEV
    throw new Error(`no extract: ${JSON.stringify(answer)}`);
  }
  const firm = answer.MessagePrimaryContent.FNSVipULResponse.СвЮЛ;
  const { ОГРН, ИНН } = firm.attributes;
  console.log(`answer: ОГРН ${ОГРН}, ИНН ${ИНН}, ${firm.СвНаимЮЛ.attributes.НаимЮЛСокр}`);
  printAttachments(message);
  await smev.acknowledge(message.Response.MessageMetadata.MessageId);

  // After a lost answer send the same MessageID again: this refusal then says that the first attempt had arrived.
  await expectRefusal('MessageIsAlreadySent', smev.send('SendRequest', 'SenderProvidedRequestData', data));
});
