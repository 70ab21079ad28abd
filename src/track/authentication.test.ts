import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataOf, type Happenings, happenings } from '../../test/happenings.ts';
import { challenge, credentials, packetOf, request, response } from '../../test/talk.ts';
import type { Packet } from '../types.ts';

const SERVER = '198.51.100.1:5060';
const GUESSER = '203.0.113.66:40000';
/** Behind the same NAT. */
const OWNER = '203.0.113.66:50000';

/** A challenge, credentials and their answer. */
function attempt(n: number, status: number, method = 'REGISTER', src = GUESSER, agent = 'tool/1'): Packet[] {
  const w = { callId: `c${n}`, user: method === 'INVITE' ? 'bob' : 'alice', fromUser: 'alice', branch: `z9hG4bKa${n}`, cseq: 1 };
  const again = { ...w, branch: `z9hG4bKb${n}`, cseq: 2 };
  const time = 1e15 + n * 20e6;
  const binding = status < 300 && method === 'REGISTER' ? [`Contact: <sip:alice@${src}>;expires=600`] : [];
  const own = [`User-Agent: ${agent}`];
  return [
    packetOf(request(method, { ...w, headers: own }), time, src, SERVER, n + 1),
    packetOf(response(401, method, { ...w, headers: [challenge(`n${n}`)] }), time + 1e3, SERVER, src, n + 1),
    packetOf(request(method, { ...again, headers: [...own, credentials(`n${n}`)] }), time + 2e3, src, SERVER, n + 1),
    packetOf(response(status, method, { ...again, headers: binding }), time + 3e3, SERVER, src, n + 1),
  ];
}

function guesses(count: number, agent?: (n: number) => string): Packet[] {
  return Array.from({ length: count }, (_, n) => attempt(n, 403, 'REGISTER', GUESSER, agent?.(n))).flat();
}

function told({ alerts }: Happenings): string[] {
  return alerts.map(({ rule, outcome }) => `${rule} ${outcome}`).sort();
}

test('the owner behind the same NAT signs in after all guesses have failed (E3-9)', () => {
  const all = happenings([...guesses(12), ...attempt(12, 200, 'REGISTER', OWNER, 'phone/2')]);
  assert.deepEqual(
    dataOf(all, 'auth.accepted').map(({ refusals, trusted }) => [refusals, trusted]),
    [[12, true]],
  );
  assert.deepEqual(told(all), ['password-guessing unknown']);
});

test('another port alone, or another name alone, is the guesser', () => {
  const both = ['account-takeover succeeded', 'password-guessing succeeded'];
  assert.deepEqual(told(happenings([...guesses(12), ...attempt(12, 200, 'REGISTER', OWNER)])), both);
  assert.deepEqual(told(happenings([...guesses(12), ...attempt(12, 200, 'REGISTER', GUESSER, 'phone/2')])), both);
});

test('who has changed his name all along has not proved to be somebody else', () => {
  const all = happenings([...guesses(12, (n) => `tool/${n}`), ...attempt(12, 200, 'REGISTER', OWNER, 'phone/2')]);
  assert.deepEqual(told(all), ['account-takeover succeeded', 'password-guessing succeeded']);
});

test('a call that reaches nobody shows that its caller was believed', () => {
  const all = happenings([...Array.from({ length: 12 }, (_, n) => attempt(n, 403, 'INVITE')).flat(), ...attempt(12, 480, 'INVITE')]);
  assert.deepEqual(
    dataOf(all, 'auth.accepted').map(({ method, status, refusals }) => [method, status, refusals]),
    [['INVITE', 480, 12]],
  );
  assert.ok(told(all).includes('password-guessing succeeded'));
  assert.deepEqual(dataOf(happenings(attempt(0, 480, 'INVITE')), 'auth.accepted'), [], 'nobody was refused before');
  const busy = happenings([...guesses(3), ...attempt(3, 503, 'INVITE')]);
  assert.deepEqual(dataOf(busy, 'auth.accepted'), [], 'the server has trouble: nobody knows');
});
