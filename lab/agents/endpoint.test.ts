import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loopbackSegment } from '../servers/loopback.ts';
import { Endpoint, type Peer, type ServerTransaction } from './endpoint.ts';
import { answerTo, type Draft, type Message, type Spelling } from './message.ts';

const spelling: Spelling = { order: ['via'], spell: (name) => name };

interface Side {
  readonly endpoint: Endpoint;
  readonly requests: ServerTransaction[];
  readonly strays: Message[];
}

async function side(address: string): Promise<Side> {
  const requests: ServerTransaction[] = [];
  const strays: Message[] = [];
  const endpoint = new Endpoint(await loopbackSegment('office').socket(address, 0), spelling, {
    request: (transaction) => requests.push(transaction),
    response: (message) => strays.push(message),
  });
  return { endpoint, requests, strays };
}

function draft(method: string, from: Peer, branch: string): Draft {
  return {
    start: `${method} sip:x@y SIP/2.0`,
    fields: [
      ['Via', `SIP/2.0/UDP ${from.address}:${from.port};branch=z9hG4bK${branch}`],
      ['From', '<sip:a@y>;tag=1'],
      ['To', '<sip:x@y>'],
      ['Call-ID', 'call'],
      ['CSeq', `1 ${method}`],
    ],
    body: '',
  };
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('a request is repeated until it is answered; its repetitions are answered alike', async () => {
  const [one, two] = [await side('127.66.1.1'), await side('127.66.1.2')];
  const answers: unknown[] = [];
  one.endpoint.request(draft('OPTIONS', one.endpoint, 'a'), two.endpoint, (response) => void answers.push(response?.status));
  await wait(620); // T1 has passed once
  assert.equal(one.endpoint.sent, 2);
  assert.equal(two.requests.length, 1, 'the repetition is no new request');
  two.requests[0]?.answer(answerTo(two.requests[0].request, 200, 't'));
  await wait(700);
  assert.deepEqual(answers, [200]);
  assert.equal(one.endpoint.sent, 2, 'nothing is repeated after the answer');
  one.endpoint.close();
  two.endpoint.close();
});

test('a refusal of INVITE is repeated until the ACK, which the transaction sends itself', async () => {
  const [one, two] = [await side('127.66.2.1'), await side('127.66.2.2')];
  let dropped = 0;
  // The first ACK gets lost: what looks like one is sent as nothing that can be read.
  one.endpoint.mangle = (payload) => (payload.toString().startsWith('ACK') && dropped++ === 0 ? Buffer.from('lost') : payload);
  const answers: unknown[] = [];
  one.endpoint.request(draft('INVITE', one.endpoint, 'b'), two.endpoint, (response) => void answers.push(response?.status));
  await wait(30);
  const asked = two.requests[0];
  assert.ok(asked);
  asked.answer(answerTo(asked.request, 180, 't'));
  asked.answer(answerTo(asked.request, 486, 't'));
  await wait(1700);
  assert.deepEqual(answers, [180, 486], 'the repeated refusal is not told again');
  assert.equal(two.endpoint.sent, 3, '180, 486 and one repetition: the second ACK ended them');
  assert.equal(one.endpoint.sent, 3, 'INVITE and two ACKs');
  one.endpoint.close();
  two.endpoint.close();
});

test('closing tells those who wait; retransmitted 200s to INVITE reach the session', async () => {
  const [one, two] = [await side('127.66.3.1'), await side('127.66.3.2')];
  const answers: unknown[] = [];
  one.endpoint.request(draft('INVITE', one.endpoint, 'c'), two.endpoint, (response) => void answers.push(response?.status));
  await wait(30);
  const asked = two.requests[0];
  assert.ok(asked);
  asked.answer(answerTo(asked.request, 200, 't'));
  await wait(650);
  assert.deepEqual(answers, [200]);
  assert.equal(one.strays.length, 1);
  asked.confirmed();
  let timedOut = false;
  one.endpoint.request(draft('OPTIONS', one.endpoint, 'd'), two.endpoint, (response) => (timedOut = response === undefined));
  await wait(20);
  one.endpoint.close();
  assert.equal(timedOut, true);
  two.endpoint.close();
});
