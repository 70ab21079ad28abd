import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataOf, type Happenings, happenings } from '../../test/happenings.ts';
import { rtpOf } from '../../test/mediatalk.ts';
import { packetOf } from '../../test/talk.ts';
import type { Packet } from '../types.ts';
import { Audits, type MissedAudit } from './gatewayaudits.ts';
import { Service } from './gatewayservice.ts';

const AGENT = '198.51.100.1:2727';
const GATEWAY = '192.0.2.9:2427';
const STRANGER = '203.0.113.66:2427';
const MEDIA = '192.0.2.9:5000';
const FAR = '198.51.100.20:6000';
const START = 1e15;

/** A command and its answer, seconds after the start. */
function exchange(at: number, text: string, reply: string, src = AGENT, dst = GATEWAY): Packet[] {
  return [packetOf(text, START + at * 1e6, src, dst), packetOf(reply, START + at * 1e6 + 1e4, dst, src)];
}

function sdp(port: number, address = '192.0.2.9'): string {
  return `\r\nv=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\n`;
}

function create(at: number, id: number, src = AGENT, body = sdp(5000)): Packet[] {
  return exchange(at, `CRCX ${id} aaln/1@gw MGCP 1.0\r\nC: A${id}\r\nM: sendrecv\r\n`, `200 ${id} OK\r\nI: F${id}\r\n${body}`, src);
}

function release(at: number, id: number, of: number): Packet[] {
  return exchange(at, `DLCX ${id} aaln/1@gw MGCP 1.0\r\nC: A${of}\r\nI: F${of}\r\n`, `250 ${id} OK\r\n`);
}

function notify(at: number, id: number, agent = AGENT): Packet[] {
  return exchange(at, `NTFY ${id} aaln/1@gw MGCP 1.0\r\nX: 1\r\nO: L/hd\r\n`, `200 ${id} OK\r\n`, GATEWAY, agent);
}

/** Sound from one endpoint to another, 50 packets a second. */
function sound(from: number, to: number, src = MEDIA, dst = FAR): Packet[] {
  return Array.from({ length: Math.round((to - from) * 50) }, (_, n) =>
    packetOf(rtpOf({ sequence: n + Math.round(from * 50) }), START + from * 1e6 + n * 20_000, src, dst),
  );
}

function alertsOf({ alerts }: Happenings, rule: string): string[] {
  return alerts.filter((alert) => alert.rule === rule).map(({ subject, outcome }) => `${subject.value} ${outcome}`);
}

describe('a stranger commands a gateway', () => {
  test('and it obeys', () => {
    const all = happenings([...notify(0, 1), ...create(1, 2), ...create(5, 3, STRANGER)]);
    assert.deepEqual(
      dataOf(all, 'mgcp.command').map(({ verb, stranger }) => `${verb} ${stranger}`),
      ['NTFY false', 'CRCX false', 'CRCX true'],
    );
    assert.deepEqual(alertsOf(all, 'gateway-commanded'), ['203.0.113.66 succeeded']);
  });

  test('whom it obeyed first is its agent, and all it reports to', () => {
    const agents = ['198.51.100.2:2727', '198.51.100.3:2727', '198.51.100.4:2727', '198.51.100.5:2727', '198.51.100.6:2727'];
    const all = happenings([
      ...create(0, 1),
      ...agents.flatMap((agent, n) => notify(10 + n, 10 + n, agent)),
      ...agents.flatMap((agent, n) => create(20 + n, 30 + n, agent)),
      ...notify(60, 60),
      ...create(61, 61),
    ]);
    assert.deepEqual(
      alertsOf(all, 'gateway-commanded').map((told) => told.split(' ')[0]),
      ['198.51.100.4', '198.51.100.5'],
    );
  });
});

describe('a gateway talks on', () => {
  test('for three seconds after the release', () => {
    const all = happenings([...create(0, 1), ...release(10, 2, 1), ...sound(10, 15)]);
    assert.deepEqual(
      dataOf(all, 'gateway.talks-on').map(({ after }) => Math.round(Number(after))),
      [1, 2, 4],
    );
    assert.deepEqual(alertsOf(all, 'gateway-talks-on'), ['192.0.2.9 unknown']);
  });

  test('not: it stops, the port is used again, somebody else talks, no port was named', () => {
    assert.deepEqual(dataOf(happenings([...create(0, 1), ...release(10, 2, 1), ...sound(10, 10.5)]), 'gateway.talks-on'), []);
    const again = happenings([...create(0, 1), ...release(10, 2, 1), ...create(10.5, 3), ...sound(11, 15)]);
    assert.deepEqual(dataOf(again, 'gateway.talks-on'), []);
    const other = happenings([...create(0, 1), ...release(10, 2, 1), ...sound(10, 15, '192.0.2.9:5002')]);
    assert.deepEqual(dataOf(other, 'gateway.talks-on'), []);
    for (const body of ['', sdp(0), '\r\nv=0\r\ns=-\r\n', sdp(5000, 'gw.example.com')]) {
      const none = happenings([...create(0, 1, AGENT, body), ...release(10, 2, 1), ...sound(10, 15)]);
      assert.deepEqual(dataOf(none, 'gateway.talks-on'), [], body);
    }
  });

  test('a changed connection is released where it is now', () => {
    const change = exchange(5, 'MDCX 7 aaln/1@gw MGCP 1.0\r\nC: A1\r\nI: F1\r\n', `200 7 OK\r\n${sdp(5004)}`);
    const all = happenings([...create(0, 1), ...change, ...release(10, 2, 1), ...sound(10, 15, '192.0.2.9:5004')]);
    assert.equal(dataOf(all, 'gateway.talks-on').length, 3);
    const late = happenings([...create(0, 1), ...release(10, 2, 1), ...sound(100, 101)]);
    assert.deepEqual(dataOf(late, 'gateway.talks-on'), [], 'after a minute nobody looks');
  });
});

describe('audits', () => {
  const audit = (at: number, id: number, line = 1): Packet[] =>
    exchange(at, `AUEP ${id} aaln/${line}@gw MGCP 1.0\r\nF: A\r\n`, `200 ${id} OK\r\n`);
  /** Something is seen each second. */
  const life = (from: number, to: number): Packet[] =>
    Array.from({ length: to - from }, (_, n) => packetOf('\r\n\r\n', START + (from + n) * 1e6, '192.0.2.1:5060', '198.51.100.9:5060'));
  const run = (...packets: Packet[][]): Happenings => happenings(packets.flat().sort((a, b) => a.time - b.time));

  test('stay out', () => {
    const all = run(
      life(0, 90),
      ...[0, 10, 20, 30].map((at, n) => audit(at, n + 1)),
      ...[5, 15, 25, 35, 45, 55, 65, 75, 85].map((at, n) => audit(at, 50 + n, 2)),
    );
    assert.deepEqual(
      dataOf(all, 'gateway.unaudited').map(({ endpoint, period, since }) => [endpoint, period, since]),
      [['aaln/1@gw', 10, 25]],
    );
    assert.deepEqual(alertsOf(all, 'audit-absence'), ['aaln/1@gw unknown']);
  });

  test('come, then stay out again: told twice', () => {
    const times = [0, 10, 20, 60, 70, 80];
    const all = run(life(0, 120), ...times.map((at, n) => audit(at, n + 1)));
    assert.equal(dataOf(all, 'gateway.unaudited').length, 2);
  });

  test('without a schedule, nothing is missed', () => {
    assert.deepEqual(dataOf(run(life(0, 200), audit(0, 1), audit(10, 2)), 'gateway.unaudited'), []);
    const wild = [0, 3, 40, 41, 100, 103, 150].map((at, n) => audit(at, n + 1));
    assert.deepEqual(dataOf(run(life(0, 250), ...wild), 'gateway.unaudited'), []);
  });

  test('one interval that does not fit shakes a schedule and does not end it', () => {
    const all = run(life(0, 90), ...[0, 10, 20, 30, 45, 55].map((at, n) => audit(at, n + 1)));
    assert.equal(dataOf(all, 'gateway.unaudited')[0]?.['period'], 10);
  });

  test('a sensor that was blind accuses nobody', () => {
    const all = run(...[0, 10, 20].map((at, n) => audit(at, n + 1)), life(0, 22), life(2000, 2020));
    assert.deepEqual(dataOf(all, 'gateway.unaudited'), []);
  });

  test('a schedule that was pushed out is none', () => {
    const audits = new Audits({ k0: 1, k1: 2 }, new Service({ k0: 1, k1: 2 }));
    const name = Buffer.from('a@gw');
    const address = (n: number): Uint8Array => Uint8Array.from({ length: 18 }, (_, i) => (i < 12 ? 0 : (n >> (8 * (i % 4))) & 255));
    const missed: MissedAudit[] = [];
    for (let round = 0; round < 3; round++) audits.audited(address(1), address(2), name, 0, 4, round * 1e7);
    for (let n = 10; n < 9000; n++) audits.audited(address(1), address(n), name, 0, 4, 2e7);
    for (let at = 2e7; at < 9e7; at += 1e6) audits.lapse(at, (audit) => missed.push({ ...audit }));
    assert.deepEqual(missed, []);
  });
});
