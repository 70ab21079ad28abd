import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataOf, happenings } from '../../test/happenings.ts';
import { packetOf } from '../../test/talk.ts';
import { createMgcp, parseMgcp } from '../decode/gateways/mgcp.ts';
import type { Packet } from '../types.ts';
import { type GatewayObservation, Gateways } from './gateways.ts';

const AGENT = '198.51.100.1:2727';
const GATEWAY = '192.0.2.9:2427';
let now = 1e15;

function command(text: string, src = AGENT, dst = GATEWAY): Packet {
  now += 1e6;
  return packetOf(text, now, src, dst);
}

function answer(text: string, src = GATEWAY, dst = AGENT): Packet {
  return command(text, src, dst);
}

/** Observations of packets of one message each, as far as they differ from nothing. */
function observe(packets: readonly Packet[]): GatewayObservation[] {
  const m = createMgcp();
  const gateways = new Gateways({ k0: 1, k1: 2 }, packets[0]!, m);
  return packets.map((packet) => {
    assert.ok(parseMgcp(m, packet.bytes, packet.start, packet.end));
    return { ...gateways.observe(packet, m, packet.time) };
  });
}

const CREATE = 'CRCX 1 aaln/1@gw MGCP 1.0\r\nC: A3\r\nM: sendrecv\r\n';

test('a connection from CRCX to DLCX, with what the gateway accounts for', () => {
  const [create, , opened, again, changed, closed] = observe([
    command(CREATE),
    answer('100 1 PENDING\r\n'),
    answer('200 1 OK\r\nI: FD\r\n'),
    answer('200 1 OK\r\nI: FD\r\n'),
    command('MDCX 2 aaln/1@gw MGCP 1.0\r\nC: A3\r\nI: FD\r\n'),
    answer('200 2 OK\r\n'),
  ]);
  assert.deepEqual(
    [create!.verb, create!.endpoint, create!.callId, create!.connection, create!.change],
    ['CRCX', 'aaln/1@gw', 'A3', '', ''],
  );
  assert.deepEqual(
    [opened!.verb, opened!.callId, opened!.connection, opened!.change, opened!.repeated],
    ['CRCX', 'A3', 'FD', 'opened', false],
  );
  assert.deepEqual([again!.repeated, again!.change], [true, '']);
  assert.equal(changed!.verb, 'MDCX');
  assert.equal(closed!.change, 'changed');
});

test('Events of a whole call, a repeated command and one datagram with two messages', () => {
  const all = happenings([
    command(CREATE),
    command(CREATE),
    answer('200 1 OK\r\nI: FD\r\n'),
    command('DLCX 3 aaln/1@gw MGCP 1.0\r\nC: A3\r\nI: FD\r\n.\r\nAUEP 4 *@gw MGCP 1.0\r\n'),
    answer('250 3 OK\r\nP: PS=1245, OS=62345, PR=780, OR=45123, PL=10\r\n'),
    answer('500 4 unknown\r\n'),
    answer('200 99 OK\r\n'),
    answer('000 1\r\n      '),
  ]);
  assert.deepEqual(
    dataOf(all, 'mgcp.command').map(({ verb }) => verb),
    ['CRCX', 'DLCX', 'AUEP'],
  );
  assert.deepEqual(
    dataOf(all, 'mgcp.answer').map(({ verb, code }) => `${verb} ${code}`),
    ['CRCX 200', 'DLCX 250', 'AUEP 500'],
  );
  assert.deepEqual(dataOf(all, 'gateway.connection'), [
    { change: 'opened', endpoint: 'aaln/1@gw', connection: 'FD', stranger: false, seconds: 0, sent: -1, received: -1 },
    { change: 'closed', endpoint: 'aaln/1@gw', connection: 'FD', stranger: false, seconds: 2, sent: 1245, received: 780 },
  ]);
  assert.equal(all.events.find(({ type }) => type === 'gateway.connection')?.callId, 'A3');
});

test('an identifier is used again', () => {
  const call = (id: number): Packet[] => [
    command(`CRCX ${id} a@gw MGCP 1.0\r\nC: A3\r\n`),
    answer(`200 ${id} OK\r\nI: FD\r\n`),
    command(`DLCX ${id + 1} a@gw MGCP 1.0\r\nC: A3\r\nI: FD\r\n`),
    answer(`250 ${id + 1} OK\r\n`),
  ];
  const packets = [...call(1), ...call(3)];
  const m = createMgcp();
  const gateways = new Gateways({ k0: 1, k1: 2 }, packets[0]!, m);
  const open = packets.map((packet) => {
    parseMgcp(m, packet.bytes, packet.start, packet.end);
    return gateways.observe(packet, m, packet.time).open;
  });
  assert.deepEqual(open, [0, 0, 0, 2e6, 0, 0, 0, 2e6]);
  assert.deepEqual(
    gateways.tables().map(({ name, inserted }) => `${name} ${inserted}`),
    [
      'gateway transactions 4',
      'gateway connections 2',
      'gateways 1',
      'audit schedules 0',
      'audited endpoints 0',
      'gateway releases 0',
      'gateway endpoints out of service 0',
    ],
  );
});

test('a gateway that closes by itself; an end without a beginning; accounts that are none', () => {
  const [, , , own, , unknown, , change] = observe([
    command(CREATE),
    answer('200 1 OK\r\nI: FD\r\n'),
    command('DLCX 7 aaln/1@gw MGCP 1.0\r\nC: A3\r\nI: FD\r\nE: 900\r\n', GATEWAY, AGENT),
    answer('200 7 OK\r\nP: PS=x\r\n', AGENT, GATEWAY),
    command('DLCX 8 aaln/1@gw MGCP 1.0\r\nC: B\r\nI: 1\r\n'),
    answer('250 8 OK\r\n'),
    command('MDCX 9 aaln/1@gw MGCP 1.0\r\nC: B\r\nI: 1\r\n'),
    answer('200 9 OK\r\n'),
  ]);
  assert.deepEqual([own!.change, own!.open, own!.sent, own!.received], ['closed', 2e6, -1, -1]);
  assert.deepEqual([unknown!.change, unknown!.open], ['closed', 0]);
  assert.equal(change!.change, 'changed');
});

test('a connection that is changed stays, verbs of third parties keep their name, tables are reused', () => {
  const packets = [
    command(CREATE),
    answer('200 1 OK\r\nI: FD\r\n'),
    command('MDCX 2 aaln/1@gw MGCP 1.0\r\nC: A3\r\nI: FD\r\n'),
    answer('200 2 OK\r\n'),
  ];
  for (let id = 10; id < 6000; id++) packets.push(command(`XPIN ${id} aaln/1@gw MGCP 1.0\r\n`));
  for (let id = 0; id < 400; id++)
    packets.push(command(`CRCX ${id + 9000} a@gw MGCP 1.0\r\nC: ${id}\r\n`), answer(`200 ${id + 9000} OK\r\nI: 1\r\n`));
  const seen = observe(packets);
  assert.equal(seen[3]!.change, 'changed');
  assert.equal(seen[5]!.verb, 'XPIN');
  assert.equal(seen.filter(({ change }) => change === 'opened').length, 401);
});
