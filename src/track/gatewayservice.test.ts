import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataOf, type Happenings, happenings } from '../../test/happenings.ts';
import { MediaTalk } from '../../test/mediatalk.ts';
import { packetOf } from '../../test/talk.ts';
import type { Packet } from '../types.ts';

const AGENT = '198.51.100.1:2727';
const GATEWAY = '192.0.2.9:2427';
const STRANGER = '203.0.113.66:2427';
const START = 1e15;

/** A command and its answer, seconds after the start. */
function exchange(at: number, text: string, reply: string, src: string, dst: string): Packet[] {
  return [packetOf(text, START + at * 1e6, src, dst), packetOf(reply, START + at * 1e6 + 1e4, dst, src)];
}

function create(at: number, id: number): Packet[] {
  return exchange(at, `CRCX ${id} aaln/1@gw MGCP 1.0\r\nC: A${id}\r\nM: sendrecv\r\n`, `200 ${id} OK\r\nI: F${id}\r\n`, AGENT, GATEWAY);
}

function notify(at: number, id: number): Packet[] {
  return exchange(at, `NTFY ${id} aaln/1@gw MGCP 1.0\r\nX: 1\r\nO: L/hd\r\n`, `200 ${id} OK\r\n`, GATEWAY, AGENT);
}

function audit(at: number, id: number, line: number): Packet[] {
  return exchange(at, `AUEP ${id} aaln/${line}@gw MGCP 1.0\r\nF: A\r\n`, `200 ${id} OK\r\n`, AGENT, GATEWAY);
}

/** Something is seen each second. */
function life(to: number): Packet[] {
  return Array.from({ length: to }, (_, n) => packetOf('\r\n\r\n', START + n * 1e6, '192.0.2.1:5060', '198.51.100.9:5060'));
}

/** An engine without rules. */
function run(...packets: Packet[][]): Happenings {
  const t = new MediaTalk();
  for (const packet of packets.flat().sort((a, b) => a.time - b.time)) t.pipeline.handle(packet);
  t.finish();
  return { events: t.events, alerts: [] };
}

/** The gateway restarts, or somebody says so. */
function restart(at: number, id: number, name: string, method: string, src = GATEWAY): Packet[] {
  return exchange(at, `RSIP ${id} ${name} MGCP 1.0\r\n${method === '' ? '' : `RM: ${method}\r\n`}`, `200 ${id} OK\r\n`, src, AGENT);
}

describe('an endpoint that was reported out of service', () => {
  const contradictions = (all: Happenings): unknown[] =>
    all.events
      .filter(({ type }) => type === 'gateway.contradicted')
      .map(({ src, dst, frame, data }) => [src, dst, frame, data['endpoint'], data['reported'], data['verb'], data['after']]);

  test('notifies, or opens a connection, all the same', () => {
    const all = happenings([...notify(0, 1), ...restart(5, 2, '*@GW', 'forced'), ...notify(9, 3), ...notify(10, 4), ...create(11, 5)]);
    assert.deepEqual(contradictions(all), [['', '198.51.100.1', 1, 'aaln/1@gw', '*@GW', 'NTFY', 4]]);
    assert.deepEqual(
      all.alerts.map(({ rule, subject }) => `${rule} ${subject.value}`),
      ['forged-restart aaln/1@gw'],
    );
    const opened = run([...restart(5, 2, 'aaln/1@gw', 'Forced'), ...create(9, 3)]);
    assert.deepEqual(contradictions(opened), [['', '198.51.100.1', 1, 'aaln/1@gw', 'aaln/1@gw', 'CRCX', 4]]);
  });

  test('by an address that is not its own', () => {
    const all = run([...restart(5, 2, 'aaln/*@gw', 'forced', STRANGER), ...notify(9, 3)]);
    assert.deepEqual(contradictions(all), [['203.0.113.66', '198.51.100.1', 1, 'aaln/1@gw', 'aaln/*@gw', 'NTFY', 4]]);
  });

  test('is back: told so for it, for all, for one of many, without a word, or after a loss of contact', () => {
    for (const [out, back, method] of [
      ['aaln/1@gw', 'aaln/1@gw', 'restart'],
      ['aaln/1@gw', '*@gw', 'restart'],
      ['*@gw', 'aaln/1@gw', 'restart'],
      ['*@gw', '*@gw', ''],
      ['*@gw', '*@gw', 'disconnected'],
    ] as const) {
      const all = run([...restart(5, 2, out, 'forced'), ...restart(7, 3, back, method), ...notify(9, 4)]);
      assert.deepEqual(contradictions(all), [], `${out} ${back} ${method}`);
    }
  });

  test('others are not: another line, another gateway, messages that cross, restarts of other kinds, names that are too long', () => {
    const none = (...packets: Packet[]): void => assert.deepEqual(contradictions(run(packets)), []);
    none(...restart(5, 2, 'aaln/2@gw', 'forced'), ...notify(9, 3));
    none(...restart(5, 2, 'aaln/12@gw', 'forced'), ...notify(9, 3));
    none(...restart(5, 2, '*@another-gw', 'forced'), ...notify(9, 3));
    none(...restart(5, 2, '*@g', 'forced'), ...notify(9, 3));
    none(...restart(5, 2, 'b*@gw', 'forced'), ...notify(9, 3));
    none(...restart(5, 2, '*@gw', 'forced'), ...notify(5.5, 3));
    none(...restart(5, 2, '*@gw', 'graceful'), ...notify(9, 3));
    none(...restart(5, 2, '*@gw', 'forced'), ...restart(6, 3, '*@gw', 'restart'), ...restart(7, 4, '*@gw', 'x'), ...notify(9, 5));
    none(...restart(5, 2, `${'x'.repeat(100)}@gw`, 'forced'), ...notify(9, 3));
    const stays = run([
      ...restart(5, 2, '*@gw', 'forced'),
      ...restart(7, 4, '*@gw', 'forced'),
      ...restart(8, 5, 'b@gw', 'restart'),
      ...notify(9, 6),
    ]);
    assert.equal(contradictions(stays).length, 0, 'one of many is back: nobody knows which');
    const other = run([...restart(5, 2, 'aaln/1@gw', 'forced'), ...restart(8, 5, 'b@gw', 'restart'), ...notify(9, 6)]);
    assert.equal(contradictions(other).length, 1);
  });

  test('a day later nobody remembers, and a new report counts', () => {
    const day = 86_500;
    const between = [40_000, day - 20, day - 10].map((at, n) => audit(at, 90 + n, 7));
    const late = run(restart(0, 2, '*@gw', 'forced'), ...between, notify(day, 3));
    assert.deepEqual(contradictions(late), []);
    const again = run(restart(0, 2, '*@gw', 'forced'), ...between, restart(day + 5, 4, '*@gw', 'forced'), notify(day + 9, 5));
    assert.equal(contradictions(again).length, 1);
    const back = run(restart(0, 2, '*@gw', 'forced'), ...between, restart(day, 4, '*@gw', 'restart'), notify(day + 9, 5));
    assert.deepEqual(contradictions(back), []);
  });
});

describe('audits of who was reported out of service', () => {
  test('one round is enough for lines that were reported out of service', () => {
    const round = [0, 10, 20, 30].map((at, n) => audit(at, n + 1, n));
    const all = run(life(160), ...round, restart(33, 90, '*@gw', 'forced'));
    assert.deepEqual(
      dataOf(all, 'gateway.unaudited').map(({ endpoint, period, since, agreed, withdrawn }) => [
        endpoint,
        period,
        since,
        agreed,
        withdrawn,
      ]),
      [0, 1, 2, 3].map((line) => [`aaln/${line}@gw`, 40, 100, 3, true]),
    );
    assert.deepEqual(dataOf(run(life(160), ...round), 'gateway.unaudited'), [], 'without that nobody knows');
    const one = run(life(160), ...round, restart(33, 90, 'aaln/2@gw', 'forced'));
    assert.deepEqual(
      dataOf(one, 'gateway.unaudited').map(({ endpoint }) => endpoint),
      ['aaln/2@gw'],
    );
    const burst = [0, 0.1, 0.2, 0.3, 0.4].map((at, n) => audit(at, n + 1, n));
    assert.deepEqual(dataOf(run(life(160), ...burst, restart(33, 90, '*@gw', 'forced')), 'gateway.unaudited'), [], 'a burst is no pace');
  });
});
