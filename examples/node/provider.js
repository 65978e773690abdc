// Takes a request for a taxpayer number (kind fns/inn-by-person), answers it, acknowledges it.
import { v1 as timeBasedUuid } from 'uuid';
import { escaped, expectRefusal, main, printAttachments } from './smev.js';

const INN = 'urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1';

await main(async (smev) => {
  const message = await smev.poll('GetRequest', INN, 'FNSINNSingularRequest');
  const { MessageMetadata: metadata, ReplyTo: replyTo, SenderProvidedRequestData: data } = message.Request;
  const content = data.MessagePrimaryContent.FNSINNSingularRequest;
  const { Фамилия, Имя, Отчество } = content.СведФЛ.ФИО.attributes;
  console.log(`request: ${metadata.MessageId} from ${metadata.Sender.Mnemonic}: ${Фамилия} ${Имя} ${Отчество}`);
  printAttachments(message);

  const queryId = escaped(content.attributes.ИдЗапрос);
  const answer = (to) => smev.send('SendResponse', 'SenderProvidedResponseData', {
    attributes: { Id: 'SIGNED_BY_PROVIDER' },
    MessageID: timeBasedUuid(),
    To: to,
    MessagePrimaryContent: {
      $xml: `<FNSINNSingularResponse xmlns="${INN}" ИдЗапрос="${queryId}" ИННФЛ="379945132320"/>`,
    },
  });
  const sent = await answer(replyTo); // opaque: copied, never read
  console.log(`sent: ${sent.MessageId} ${sent.Status}`);
  await smev.acknowledge(metadata.MessageId);

  await expectRefusal('RecipientIsNotFound', answer('bm93aGVyZQ=='));
});
