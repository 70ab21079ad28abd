/** A37: SQL in the fields of SIP messages that end up in databases: accounts, call records, logs (S2-34). */
import { type Field, writeMessage } from '../agents/message.ts';
import type { Random } from '../random.ts';
import type { Intensity, Lab, Scenario } from '../scenario.ts';
import { Attacker } from './senders/attacker.ts';
import { word } from './senders/names.ts';
import { drawnPace, play } from './senders/schedule.ts';

/** Words that every statement below has; only the attacker's own requests have one Via and such a word in a header field. */
const FILTER =
  'sip.Method && count(sip.Via) == 1 && sip.msg_hdr matches "(?i)(select|insert|drop|update|delete|waitfor|or)(%20| |\\\\+|(/|%2F)\\\\*\\\\*(/|%2F))+[(%\'0-9a-z]"';
const COUNT = 12;
/** Real milliseconds between two requests of which the gap is stretched. */
const GAP = 250;

/** Hostile fields in requests that never get past the proxy. */
export const sqlInjection: Scenario = {
  name: 'sql-injection',
  title: 'SQL in From, To, Contact, User-Agent or the user name of the credentials',
  attack: 'A37',
  intensities: [
    { name: '1/s', value: 1 },
    { name: '0.02/s', value: 0.02 },
    { name: '10/s', value: 10 },
  ],
  small: true,
  proof: { filter: FILTER },
  run,
};

async function run(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('injection');
  const address = lab.segment('attack').address();
  const campaign = lab.campaign({
    attack: 'A37',
    classes: ['injection'],
    stage: 'abuse',
    intensity: intensity.name,
    targets: [lab.site.proxy.address],
  });
  const attacker = await Attacker.open(lab, campaign, lab.segment('attack'), { address });
  const pace = drawnPace(random, intensity.value, COUNT * (intensity.value >= 10 ? 5 : 1));
  const slow = intensity.value < 1;
  await play(lab, slow ? pace.map((_, i) => i * GAP) : pace, (i) => {
    const callId = attacker.callId();
    if (slow) lab.unit(callId, Math.round(lab.start + 60e6 + pace[i]! * 1000));
    attacker.sendRaw(hostile(lab, attacker, callId, random), lab.site.proxy, callId);
  });
  await lab.sleep(1_000);
  attacker.close();
  campaign.end('failed', { attackers: [address] });
}

/** A statement that ends somebody else's and begins its own; plain, or escaped as a URI wants it. */
function statement(random: Random): string {
  const table = random.pick(['subscriber', 'users', 'sip_users', 'accounts', 'cdr', 'location', word(random)]);
  const end = random.pick(['--', '#', ';--', '-- -', '/*']);
  const number = random.integer(1, 99);
  return random.pick([
    `' OR '${number}'='${number}`,
    `' or ${number}=${number}${end}`,
    `'; DROP TABLE ${table}${end}`,
    `' UNION SELECT ${Array.from({ length: random.integer(2, 6) }, () => 'null').join(',')}${end}`,
    `'; INSERT INTO ${table} VALUES ('${word(random)}','${word(random)}')${end}`,
    `'; UPDATE ${table} SET password='${word(random)}'${end}`,
    `'; DELETE FROM ${table}${end}`,
    `' AND (SELECT ${number} FROM ${table})${end}`,
    `'; WAITFOR DELAY '0:0:${random.integer(5, 30)}'${end}`,
    `'/**/UNION/**/SELECT/**/1,2,password/**/FROM/**/${table}${end}`,
  ]);
}

const WHERE = ['from', 'from-name', 'to', 'username', 'contact', 'user-agent'] as const;

/** One request with a statement in one field. */
function hostile(lab: Lab, attacker: Attacker, callId: string, random: Random): Buffer {
  const { shape, address, port } = attacker;
  const { domain } = lab.site;
  const where = random.pick(WHERE);
  const text = random.chance(0.4) ? word(random) + statement(random) : statement(random);
  const inUri = random.chance(0.6) ? encodeURIComponent(text).replaceAll("'", '%27') : text.replaceAll(' ', '+').replaceAll('#', '--');
  const method = where === 'username' ? 'REGISTER' : random.pick(['REGISTER', 'OPTIONS', 'INVITE', 'SUBSCRIBE']);
  const user = random.text(random.integer(3, 5), '123456789');
  const from = `sip:${where === 'from' ? inUri : user}@${domain}`;
  const to = method === 'REGISTER' ? `sip:${user}@${domain}` : `sip:${random.text(6, '0123456789')}x@${domain}`;
  const aimed = where === 'to' ? `sip:${inUri}@${domain}` : to;
  const uri = method === 'REGISTER' ? `sip:${domain}` : to;
  const fields: Field[] = [
    ['Via', `SIP/2.0/UDP ${address}:${port};branch=${shape.branch(random)};rport`],
    ['Max-Forwards', `${shape.maxForwards}`],
    ['From', `${where === 'from-name' ? `"${text}" ` : ''}<${from}>;tag=${shape.tag(random)}`],
    ['To', `<${aimed}>`],
    ['Call-ID', callId],
    ['CSeq', `${random.integer(1, 200)} ${method}`],
    ['Contact', `<sip:${where === 'contact' ? inUri : user}@${address}:${port}>`],
    ['User-Agent', where === 'user-agent' ? text : shape.userAgent || 'phone'],
    ...(where === 'username' ? [credentials(text, domain, uri, random)] : []),
    ...(method === 'SUBSCRIBE' ? [['Event', 'presence'] as const] : []),
  ];
  return writeMessage({ start: `${method} ${uri} SIP/2.0`, fields, body: '' }, shape);
}

function credentials(username: string, realm: string, uri: string, random: Random): Field {
  const hex = (length: number): string => random.text(length, '0123456789abcdef');
  return ['Authorization', `Digest username="${username}", realm="${realm}", nonce="${hex(24)}", uri="${uri}", response="${hex(32)}"`];
}
