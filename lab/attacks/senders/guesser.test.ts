import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import type { Socket } from 'node:dgram';
import { test } from 'node:test';
import { answerTo, headerOf, type Message, readMessage, writeMessage } from '../../agents/message.ts';
import { seeded } from '../../random.ts';
import type { CampaignHandle } from '../../scenario.ts';
import { loopbackSegment } from '../../servers/loopback.ts';
import { Attacker, strangersShape } from './attacker.ts';
import { Guesser, type Habit } from './guesser.ts';

const PASSWORD = 's3cret';
const REALM = 'site.test';

/** A registrar that challenges everybody, takes one password, and keeps what it was sent. */
async function registrar(wrong: 401 | 403): Promise<{ socket: Socket; address: string; port: number; got: Message[] }> {
  const segment = loopbackSegment('site');
  const address = segment.address();
  const socket = await segment.socket(address, 0);
  const shape = strangersShape(seeded(1, 'registrar'));
  const got: Message[] = [];
  socket.on('message', (bytes, from) => {
    const request = readMessage(bytes);
    if (request === undefined) return;
    got.push(request);
    if (request.method === 'ACK') return;
    const invite = request.method === 'INVITE';
    const credentials = headerOf(request, invite ? 'proxy-authorization' : 'authorization');
    const accepted = invite ? 480 : 200;
    const refused = invite ? 407 : 401;
    const status = credentials === '' ? refused : right(credentials, request.method) ? accepted : wrong === 403 ? 403 : refused;
    const challenge = [invite ? 'Proxy-Authenticate' : 'WWW-Authenticate', `Digest realm="${REALM}", nonce="n${got.length}"`] as const;
    const more = status === 401 || status === 407 ? [challenge] : [];
    socket.send(writeMessage(answerTo(request, status, 'srv', more), shape), from.port, from.address);
  });
  return { socket, address, port: socket.address().port, got };
}

function right(credentials: string, method: string): boolean {
  const get = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(credentials)?.[1] ?? '';
  const md5 = (text: string): string => hash('md5', text);
  return get('response') === md5(`${md5(`${get('username')}:${REALM}:${PASSWORD}`)}:${get('nonce')}:${md5(`${method}:${get('uri')}`)}`);
}

/** A campaign that counts what it labels. */
function counting(): { handle: CampaignHandle; sent: (string | undefined)[] } {
  const sent: (string | undefined)[] = [];
  const handle: CampaignHandle = {
    id: 'c1',
    sent: () => undefined,
    owns: () => undefined,
    end: () => undefined,
    send: (socket, payload, dst, callId) => {
      sent.push(callId);
      socket.send(payload, dst.port, dst.address);
    },
  };
  return { handle, sent };
}

async function guessing(habit: Habit, wrong: 401 | 403, words: readonly string[]) {
  const server = await registrar(wrong);
  const segment = loopbackSegment('attack');
  const { handle, sent } = counting();
  const attacker = await Attacker.open({ random: seeded(9) }, handle, segment, { address: segment.address() });
  const guesser = new Guesser(attacker, { accounts: [], domain: REALM, proxy: server }, habit);
  const verdicts: string[] = [];
  for (const word of words) verdicts.push(await guesser.guess('1001', word));
  attacker.close();
  server.socket.close();
  return { verdicts, got: server.got, sent };
}

const WORDS = ['a', 'b', PASSWORD];

test('a challenge before each guess, a new Call-ID for each', async () => {
  const habit: Habit = { oneCallId: false, reusesNonce: false, method: 'REGISTER', expires: 60 };
  for (const wrong of [401, 403] as const) {
    const { verdicts, got, sent } = await guessing(habit, wrong, WORDS);
    assert.deepEqual(verdicts, ['wrong', 'wrong', 'right']);
    assert.equal(got.length, 6);
    assert.equal(sent.length, 6, 'every packet is labelled');
    assert.equal(new Set(got.map((each) => headerOf(each, 'call-id'))).size, 3);
    assert.deepEqual([...new Set(sent)], [...new Set(got.map((each) => headerOf(each, 'call-id')))]);
  }
});

test('one challenge answered again and again within one Call-ID', async () => {
  const habit: Habit = { oneCallId: true, reusesNonce: true, method: 'REGISTER', expires: 60 };
  const { verdicts, got } = await guessing(habit, 403, WORDS);
  assert.deepEqual(verdicts, ['wrong', 'wrong', 'right']);
  assert.equal(got.length, 4);
  assert.equal(new Set(got.map((each) => headerOf(each, 'call-id'))).size, 1);
  const cseqs = got.map((each) => Number.parseInt(headerOf(each, 'cseq'), 10));
  assert.deepEqual(
    cseqs,
    cseqs.map((_, i) => cseqs[0]! + i),
  );
});

test('INVITEs that are refused are acknowledged, so that guessing is no flood', async () => {
  const habit: Habit = { oneCallId: false, reusesNonce: false, method: 'INVITE', expires: 60 };
  const { verdicts, got } = await guessing(habit, 403, WORDS);
  assert.deepEqual(verdicts, ['wrong', 'wrong', 'right']);
  assert.equal(got.filter(({ method }) => method === 'INVITE').length, 6);
  assert.ok(got.filter(({ method }) => method === 'ACK').length >= 5);
});

test('who gets no answer knows nothing', async () => {
  const segment = loopbackSegment('attack');
  const attacker = await Attacker.open({ random: seeded(3) }, counting().handle, segment, { address: segment.address() });
  const nobody = { address: segment.address(), port: 9 };
  const asked = attacker.ask({ method: 'OPTIONS', uri: 'sip:x.test', from: 'sip:a@x.test', callId: '1', cseq: 1 }, nobody, 50);
  assert.equal(await asked, undefined);
  const cut = attacker.ask({ method: 'OPTIONS', uri: 'sip:x.test', from: 'sip:a@x.test', callId: '2', cseq: 1 }, nobody, 60_000);
  attacker.close();
  assert.equal(await cut, undefined, 'closing ends the wait');
});
