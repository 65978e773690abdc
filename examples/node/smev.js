// What both programs need to speak SMEV 3 with the package soap.
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import soap from 'soap';

const EVERY_BYTE = 'every-byte.bin';
const XOP = 'http://www.w3.org/2004/08/xop/include';

/** A participant, speaking by the WSDL that the gateway serves for it. */
class Smev {
  static async open(url, mnemonic, framing) {
    const smev = new Smev();
    smev.mtom = framing === 'mtom';
    smev.client = await soap.createClientAsync(`${url}/as/${mnemonic}/smev/v1.2/ws?wsdl`, {
      parseResponseAttachments: true, // or a multipart reply is read as text, and the bytes of its parts are lost
    });
    return smev;
  }

  /** Call an operation; returns what the reply holds, the bytes of its XOP parts in place. */
  async call(operation, content, parts = []) {
    // SMEV answers in the framing of the call; the real one answers with multipart always.
    const options = this.mtom ? { forceMTOM: true, attachments: parts } : {};
    const [reply, , , , received] = await this.client[`${operation}Async`](content, options);
    return filled(reply ?? {}, received?.parts ?? []);
  }

  /** SendRequest or SendResponse; `name` is the element that a signature would cover, `data` its children. */
  async send(operation, name, data) {
    if (!this.mtom) return (await this.call(operation, { [name]: data })).MessageMetadata;
    // The header goes into the data that is signed, the content beside it; contentId and Id pair them.
    const header = { contentId: EVERY_BYTE, MimeType: 'application/octet-stream' };
    const content = { $xml: `<xop:Include xmlns:xop="${XOP}" href="cid:${EVERY_BYTE}"/>` };
    const part = {
      contentId: EVERY_BYTE, name: EVERY_BYTE, mimetype: 'application/octet-stream',
      body: Buffer.from([...Array(256).keys()]),
    };
    const reply = await this.call(operation, {
      // soap writes children in the order of the keys, and the schema knows one order: the list comes last.
      [name]: { ...data, AttachmentHeaderList: { AttachmentHeader: [header] } },
      AttachmentContentList: { AttachmentContent: [{ Id: EVERY_BYTE, Content: content }] },
    }, [part]);
    return reply.MessageMetadata;
  }

  /**
   * The next message of a type that GetRequest or GetResponse gives, asked for every second: a queue can only be polled.
   * What is taken stays in the queue, hidden, until Ack.
   */
  async poll(operation, namespace, root) {
    for (let second = 0; second < 30; second++) {
      const { RequestMessage, ResponseMessage } = await this.call(operation, {
        MessageTypeSelector: {
          attributes: { Id: 'SIGNED_BY_CALLER' }, // real systems sign the selector too
          NamespaceURI: namespace,
          RootElementLocalName: root,
          Timestamp: new Date().toISOString(),
        },
      });
      const message = RequestMessage ?? ResponseMessage;
      if (message) return message; // an empty queue is a reply without a child
      await pause(1000);
    }
    throw new Error(`no ${root} came within 30 seconds`);
  }

  async acknowledge(messageId) {
    const attributes = { Id: 'SIGNED_BY_CALLER', accepted: true };
    await this.call('Ack', { AckTargetMessage: { attributes, $value: messageId } });
    console.log(`acknowledged: ${messageId}`);
  }
}

/** Put the bytes of the parts where xop:Include stands for them. */
function filled(value, parts) {
  if (typeof value !== 'object' || value === null) return value;
  if (value.Include) {
    const contentId = value.Include.attributes.href.slice('cid:'.length);
    // The real SMEV (Apache CXF) writes the percent escapes of the URL in Content-ID too; others do not.
    const names = [`<${contentId}>`, `<${decodeURIComponent(contentId)}>`];
    return parts.find(({ headers }) => names.includes(headers['content-id'])).body;
  }
  for (const [key, child] of Object.entries(value)) value[key] = filled(child, parts);
  return value;
}

export function printAttachments(message) {
  for (const { Id, Content } of [message.AttachmentContentList?.AttachmentContent ?? []].flat()) {
    const bytes = Buffer.isBuffer(Content) ? Content : Buffer.from(Content, 'base64');
    const digest = createHash('sha256').update(bytes).digest('hex');
    console.log(`attachment: ${Id}, ${bytes.length} bytes, SHA-256 ${digest}`);
  }
}

/** Await a call that SMEV has to refuse with the fault of this name: the local name of the element in detail. */
export async function expectRefusal(expected, call) {
  try {
    await call;
  } catch (error) {
    const fault = error.root?.Envelope?.Body?.Fault;
    const [name] = Object.keys(fault?.detail ?? {});
    if (name !== expected) throw error;
    console.log(`refused: ${name}, ${fault.faultcode}, ${fault.faultstring}`);
    return;
  }
  throw new Error(`expected ${expected}, but SMEV took the message`);
}

/** Text as it may stand in an attribute. */
export function escaped(text) {
  return text.replace(/[&<"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** Run the program: whatever goes wrong is said on standard error, and exit 1. */
export async function main(program) {
  const [, file, ...given] = process.argv;
  if (given.length !== 3 || !['text', 'mtom'].includes(given[2])) {
    console.error(`usage: node ${file} http://127.0.0.1:8630 MNEMONIC text|mtom`);
    process.exit(1);
  }
  try {
    await program(await Smev.open(...given));
  } catch (error) {
    console.error(String(error));
    process.exit(1);
  }
}
