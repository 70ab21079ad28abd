import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSdp } from '../agents/sdp.ts';
import { seeded } from '../random.ts';
import { B2bua } from './b2bua.ts';
import { loopbackSegment } from './loopback.ts';
import { type Heard, type Talker, talker } from './talker.ts';

const SITE = loopbackSegment('site');
const AT = { address: '127.0.9.1', port: 25_060 };

test('a call is bridged: other identifiers, relayed media, hang-up from either side', async () => {
  for (const ends of ['caller', 'callee'] as const) {
    await withParties(async ({ caller, callee, bridges }) => {
      const { invite, ok } = await connect(caller, callee);
      assert.notEqual(invite.values('Call-ID')[0], 'call');
      assert.deepEqual(bridges[0]?.slice(0, 2), ['call', invite.values('Call-ID')[0]]);
      await mediaPasses(invite, ok);
      if (ends === 'caller') caller.say(AT, 'BYE sip:b2bua SIP/2.0', within(ok, 'BYE', 2));
      else callee.say(AT, 'BYE sip:b2bua SIP/2.0', within(reversed(invite), 'BYE', 7));
      const [near, far] = ends === 'caller' ? [caller, callee] : [callee, caller];
      assert.equal(await final(near), 200);
      far.answer(AT, await far.hear(({ method }) => method === 'BYE'), 200);
    });
  }
});

test('busy, CANCEL and a wrong tag are answered in each dialog', async () => {
  await withParties(async ({ caller, callee }) => {
    caller.say(AT, 'INVITE sip:bob@x SIP/2.0', opening('busy'), sdp('127.0.9.2', 4000));
    callee.answer(AT, await callee.hear(({ method }) => method === 'INVITE'), 486);
    assert.equal((await callee.hear(({ method }) => method === 'ACK')).method, 'ACK');
    assert.equal((await caller.hear(({ status }) => (status ?? 0) > 100)).status, 486);
    const via = `Via: SIP/2.0/UDP ${caller.at};branch=z9hG4bKcancelled`;
    caller.say(AT, 'INVITE sip:bob@x SIP/2.0', [via, ...opening('cancel')], sdp('127.0.9.2', 4000));
    await callee.hear(({ method }) => method === 'INVITE');
    caller.say(AT, 'CANCEL sip:bob@x SIP/2.0', [via, ...opening('cancel').map((line) => line.replace('1 INVITE', '1 CANCEL'))]);
    const statuses = [await final(caller), await final(caller)].sort();
    assert.deepEqual(statuses, [200, 487]);
    callee.answer(AT, await callee.hear(({ method }) => method === 'CANCEL'), 200);
  });
});

test('who does not know the tags cannot end the call, who does may change it', async () => {
  await withParties(async ({ caller, callee }) => {
    const { invite, ok } = await connect(caller, callee);
    const forged = within(ok, 'BYE', 2).map((line) => line.replace(/^To:.*/, 'To: <sip:bob@x>;tag=guess'));
    caller.say(AT, 'BYE sip:b2bua SIP/2.0', forged);
    assert.equal(await final(caller), 481);
    callee.say(
      AT,
      'INVITE sip:b2bua SIP/2.0',
      [...within(reversed(invite), 'INVITE', 9), 'Content-Type: application/sdp'],
      sdp('127.0.9.3', 4444),
    );
    const again = await caller.hear(({ method }) => method === 'INVITE');
    assert.equal(readSdp(again.body)?.media.port, readSdp(ok.body)?.media.port);
    caller.answer(AT, again, 200, ['Content-Type: application/sdp'], sdp('127.0.9.2', 4002));
    assert.equal((await caller.hear(({ method }) => method === 'ACK')).method, 'ACK');
    const answer = await callee.hear(({ status }) => (status ?? 0) >= 200);
    assert.equal(readSdp(answer.body)?.media.address, AT.address);
  });
});

/** Both parties send a packet to where they were told to; each hears the other's. */
async function mediaPasses(invite: Heard, ok: Heard): Promise<void> {
  const one = await SITE.socket('127.0.9.2', 4000);
  const two = await SITE.socket('127.0.9.3', 4400);
  const hears = (socket: typeof one): Promise<string> => new Promise((resolve) => socket.once('message', (data) => resolve(String(data))));
  const [fromTwo, fromOne] = [hears(one), hears(two)];
  for (const [socket, told, text] of [
    [one, ok, 'of one'],
    [two, invite, 'of two'],
  ] as const) {
    const media = readSdp(told.body)?.media;
    assert.ok(media && media.address === AT.address);
    socket.send(text, media.port, media.address);
  }
  assert.deepEqual([await fromTwo, await fromOne], ['of two', 'of one']);
  one.close();
  two.close();
}

async function connect(caller: Talker, callee: Talker): Promise<{ invite: Heard; ok: Heard }> {
  caller.say(AT, 'INVITE sip:bob@x SIP/2.0', [`Record-Route: <sip:${caller.at};lr>`, ...opening('call')], sdp('127.0.9.2', 4000));
  const invite = await callee.hear(({ method }) => method === 'INVITE');
  callee.answer(AT, invite, 200, [`Contact: <sip:bob@${callee.at}>`, 'Content-Type: application/sdp'], sdp('127.0.9.3', 4400));
  assert.equal((await callee.hear(({ method }) => method === 'ACK')).method, 'ACK');
  const ok = await caller.hear(({ status }) => status === 200);
  caller.say(AT, 'ACK sip:b2bua SIP/2.0', within(ok, 'ACK', 1));
  return { invite, ok };
}

function opening(id: string): string[] {
  const parties = ['From: <sip:alice@x>;tag=alice', 'To: <sip:bob@x>'];
  return [...parties, `Call-ID: ${id}`, 'CSeq: 1 INVITE', 'Contact: <sip:alice@127.0.9.2>', 'Content-Type: application/sdp'];
}

/** Headers of a request in the dialog of this answer. */
function within(answer: Heard, method: string, cseq: number): string[] {
  return [...['From', 'To', 'Call-ID'].map((name) => `${name}: ${answer.values(name)[0]}`), `CSeq: ${cseq} ${method}`];
}

/** The callee's view: its own side (with the tag that it gave) is the From of what it sends. */
function reversed(invite: Heard): Heard {
  const own = `${invite.values('To')[0]};tag=callee${CALLEE.at.replace(/\W/g, '')}`;
  const swapped: Readonly<Record<string, string[]>> = { From: [own], To: invite.values('From') };
  return { ...invite, values: (name) => swapped[name] ?? invite.values(name) };
}

function sdp(address: string, port: number): string {
  return `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio ${port} RTP/AVP 8\r\n`;
}

async function final(party: Talker): Promise<number> {
  return (await party.hear(({ status }) => (status ?? 0) >= 200)).status ?? 0;
}

let CALLEE: Talker;

async function withParties(
  body: (parties: { caller: Talker; callee: Talker; bridges: (readonly string[])[] }) => Promise<void>,
): Promise<void> {
  const caller = await talker(SITE, '127.0.9.2');
  const callee = await talker(SITE, '127.0.9.3');
  CALLEE = callee;
  const bridges: (readonly string[])[] = [];
  const [address = '', port = '0'] = callee.at.split(':');
  const b2bua = await B2bua.start({
    ...AT,
    segment: SITE,
    proxy: { address, port: Number(port) },
    domain: 'x',
    product: 'test',
    random: seeded(1),
    relaysMedia: true,
    onBridge: (a, b) => bridges.push([a, b]),
  });
  try {
    await body({ caller, callee, bridges });
  } finally {
    await b2bua.stop();
    caller.close();
    callee.close();
  }
}
