import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Happenings, happenings } from '../../test/happenings.ts';
import { credentials, type Place, packetOf, request } from '../../test/talk.ts';
import type { Packet } from '../types.ts';

const REGISTRAR = '198.51.100.1:5060';
const THIEF = '203.0.113.66:5060';
const COUNTED = ', qop=auth, nc=00000001, cnonce="0a4f113b"';

/** A REGISTER of a user, with his credentials over a nonce that all share; each user has a response of his own. */
function register(n: number, user: number, src: Place, more = '', dst = REGISTRAR): Packet {
  const bearer = credentials('n', `u${user}`).replace(/response="0123/, `response="${1000 + user}`) + more;
  const headers = [`Contact: <sip:u${user}@${src}>`, bearer];
  const text = request('REGISTER', { user: `u${user}`, callId: `r${user}`, branch: `z9hG4bK-${n}`, cseq: n, headers });
  return packetOf(text, 1_700_000_000e6 + n * 1e6, src, dst, n);
}

function told({ alerts }: Happenings): string[] {
  return alerts
    .filter(({ rule }) => rule.startsWith('registration-replay'))
    .map(({ rule, level, subject }) => `${rule} ${level} ${subject.value}`);
}

function replays({ events }: Happenings): unknown[] {
  return events
    .filter(({ type }) => type === 'credentials.replayed')
    .map(({ account, data }) => [account, data['first'], data['uncounted']]);
}

describe('credentials from another address', () => {
  test('with a count are stolen at the first', () => {
    const happened = happenings([register(1, 1, '192.0.2.1:5060', COUNTED), register(2, 1, THIEF, COUNTED)]);
    assert.deepEqual(replays(happened), [['u1@example.com', '192.0.2.1', false]]);
    assert.deepEqual(told(happened), ['registration-replay high 203.0.113.66']);
  });

  test('without a count are if they are of several telephones and come from one place', () => {
    const telephones = [1, 2, 3].map((n) => register(n, n, `192.0.2.${n}:5060`));
    const happened = happenings([...telephones, ...[1, 2, 3].map((n) => register(10 + n, n, THIEF))]);
    assert.deepEqual(replays(happened), [
      ['u1@example.com', '192.0.2.1', true],
      ['u2@example.com', '192.0.2.2', true],
      ['u3@example.com', '192.0.2.3', true],
    ]);
    assert.deepEqual(told(happened), ['registration-replays high 203.0.113.66']);
  });

  test('without a count may be of a telephone that moved, of two that came behind one NAT, and are the same at each refresh', () => {
    const moved = [register(1, 1, '192.0.2.1:5060'), register(2, 1, THIEF), register(3, 1, THIEF)];
    const second = [register(4, 2, '192.0.2.2:5060'), register(5, 2, '203.0.113.66:5099'), register(6, 3, '192.0.2.3:5060')];
    const happened = happenings([...moved, ...second, register(7, 3, '192.0.2.3:5060')]);
    assert.equal(replays(happened).length, 3);
    assert.deepEqual(told(happened), []);
  });

  test('that a proxy sends on, with a Via of its own only, are no other ones', () => {
    const hops = [1, 2, 3].flatMap((n) => [
      register(2 * n, n, `192.0.2.${n}:5060`, COUNTED, THIEF),
      register(2 * n + 1, n, THIEF, COUNTED),
    ]);
    assert.deepEqual(replays(happenings(hops)), []);
  });

  test('of no Digest say nothing', () => {
    const bare = (n: number, src: Place): Packet => {
      const text = request('REGISTER', {
        branch: `z9hG4bK-${n}`,
        headers: ['Authorization: Digest username="alice", realm="example.com"'],
      });
      return packetOf(text, 1_700_000_000e6 + n, src, REGISTRAR, n);
    };
    assert.deepEqual(replays(happenings([bare(1, '192.0.2.1:5060'), bare(2, THIEF)])), []);
  });
});
