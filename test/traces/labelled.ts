/**
 * A table of 1,571 messages that somebody labelled attacks (SIPp with malformed messages, most of them after RFC 4475): what
 * the decoder makes of each. They have no addresses and no answers, so that nothing but the messages themselves can be told.
 */
import { readFileSync } from 'node:fs';
import { isFault, ODDITY_NAMES, type OddityName } from '../../src/decode/oddities.ts';
import { createMessage, parseSip } from '../../src/decode/sip.ts';
import { SIP, sniff } from '../../src/decode/sniff.ts';

/** Where the table lies, below the shared folder. */
export const LABELLED = 'captures/VytalyGorbatov__sip-dataset/derived/attack_test.json';

/** Every body of the table lacks its Content-Type, be the message attacked or not: that says nothing. */
const EVERYWHERE: OddityName = 'missing-content-type';

/** Messages that are valid, however odd, and what RFC 4475 says of them. */
const VALID: readonly { readonly name: string; readonly matches: RegExp }[] = [
  { name: 'Max-Forwards of 0 (§3.3.11)', matches: /^Max-Forwards: 0\r/m },
  { name: 'credentials of a scheme that nobody knows (§3.3.7)', matches: /^Authorization: [a-z]+ /m },
  { name: 'no body type that anybody can send is accepted (sdp01)', matches: /^Accept: text\/[a-z]+\r/m },
  { name: 'an escaped null in the user name (§3.1.1.4)', matches: /sip:null-%00-null@/ },
  { name: 'a status line without a reason, with the space before it (§3.1.1.13)', matches: /^SIP\/2\.0 \d{3} \r/ },
  {
    name: 'more bytes behind the end of the message (§3.1.1.8); the table does not keep them',
    matches: /^Content-Length: 0\r\n\r\n[\s\S]{60}/m,
  },
];

/** What the decoder says of all of them. */
export interface Labelled {
  readonly messages: number;
  /** Messages with an oddity of grade `broken` or `hostile`, or that are no SIP. */
  readonly told: number;
  /** Messages without one, by the reason why they are valid. */
  readonly valid: ReadonlyMap<string, number>;
  /** Messages without one and without such a reason: the decoder missed them. */
  readonly missed: readonly string[];
}

/** A row of the table: its headers and body, each padded, and the length of the datagram. */
interface Row {
  readonly buffers: string;
  readonly udp_len: number;
}

/** The datagram of a row: the headers as they were, the body as far as the table kept it. */
function datagram({ buffers, udp_len: length }: Row): Buffer {
  const end = buffers.indexOf('\r\n\r\n\x18');
  const head = end < 0 ? buffers.replace(/0{20,}[\s\S]*$/, '') : buffers.slice(0, end + 4);
  const room = Math.max(0, length - 8 - head.length);
  const body = end < 0 ? '' : buffers.slice(end + 5, end + 5 + room).replace(/0{10,}$/, '');
  return Buffer.from(head + body.padEnd(room), 'latin1');
}

/** Reads the table and judges each message. */
export function readLabelled(path: string): Labelled {
  const { dataset }: { dataset: Row[] } = JSON.parse(readFileSync(path, 'utf8'));
  const valid = new Map<string, number>(VALID.map(({ name }) => [name, 0]));
  const missed: string[] = [];
  let told = 0;
  for (const row of dataset) {
    const bytes = datagram(row);
    const text = bytes.toString('latin1');
    const reason = VALID.find(({ matches }) => matches.test(text));
    if (isTold(bytes)) told++;
    else if (reason === undefined) missed.push(text);
    else valid.set(reason.name, valid.get(reason.name)! + 1);
  }
  return { messages: dataset.length, told, valid, missed };
}

const message = createMessage();

function isTold(bytes: Buffer): boolean {
  if (sniff(bytes, 0, bytes.length) !== SIP || !parseSip(message, bytes, 0, bytes.length, false)) return true;
  const odd = message.oddities.slice(0, message.oddityCount);
  return odd.some(({ code }) => isFault(code) && ODDITY_NAMES[code] !== EVERYWHERE);
}
