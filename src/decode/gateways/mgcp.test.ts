import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { shared, tool } from '../../../test/peers.ts';
import { text } from '../../bytes.ts';
import { openCapture } from '../../capture/reader.ts';
import { MGCP, sniff } from '../sniff.ts';
import {
  createMgcp,
  FORCED,
  isMgcp,
  type MgcpMessage,
  NOT_SAID,
  parameter,
  parameterNames,
  parseMgcp,
  RESTART,
  restartMethod,
  VERBS,
} from './mgcp.ts';

function read(source: string): MgcpMessage {
  const bytes = Buffer.from(source, 'latin1');
  const m = createMgcp();
  assert.ok(parseMgcp(m, bytes, 0, bytes.length));
  assert.equal(sniff(bytes, 0, bytes.length), MGCP);
  return m;
}

const value = (m: MgcpMessage, letter: string): string | undefined => {
  const { start, end } = parameter(m, letter.charCodeAt(0), { start: 0, end: 0 });
  return start < 0 ? undefined : text(m.bytes, start, end);
};
const part = (m: MgcpMessage, span: { start: number; end: number }): string => text(m.bytes, span.start, span.end);

const CREATE =
  'CRCX 1204 aaln/1@rgw-2567.whatever.net MGCP 1.0\r\nC: A3C47F21456789F0\r\nL: p:10, a:PCMU\r\nm: recvonly\r\nX : 0123456789AC\r\nZ2: a@b\r\nnonsense\r\n\r\nv=0\r\nc=IN IP4 128.96.41.1\r\n';

describe('MGCP', () => {
  test('a command with parameters and a session description', () => {
    const m = read(CREATE);
    assert.deepEqual([m.isCommand, VERBS[m.verb], m.transaction, m.code, m.next], [true, 'CRCX', 1204, -1, -1]);
    assert.equal(part(m, m.endpoint), 'aaln/1@rgw-2567.whatever.net');
    assert.equal(part(m, m.verbSpan), 'CRCX');
    assert.deepEqual(
      ['C', 'L', 'M', 'X', 'I', 'Z'].map((letter) => value(m, letter)),
      ['A3C47F21456789F0', 'p:10, a:PCMU', 'recvonly', '0123456789AC', undefined, undefined],
    );
    assert.equal(m.parameterCount, 5);
    assert.equal(
      parameterNames(m)
        .map((span) => part(m, span))
        .join(),
      'C,L,m,X,Z2',
    );
    assert.equal(part(m, m.body), 'v=0\r\nc=IN IP4 128.96.41.1\r\n');
    assert.equal(m.end, CREATE.length);
  });

  test('a response, without and with a comment', () => {
    const m = read('200 1204 OK\nI: FDE234C8\n\nv=0\n');
    assert.deepEqual([m.isCommand, m.verb, m.transaction, m.code], [false, 0, 1204, 200]);
    assert.equal(value(m, 'I'), 'FDE234C8');
    assert.equal(read('510 999999999\r\n').transaction, 999999999);
    assert.equal(read('000 12 ack').code, 0);
    assert.equal(m.endpoint.start, -1);
  });

  test('what a restart says', () => {
    const said = (lines: string): number => restartMethod(read(`RSIP 9 *@gw MGCP 1.0\r\n${lines}`));
    assert.deepEqual(['RM: restart\r\n', 'RD: 0\r\nrm: Disconnected\r\n', 'RM: forced\r\n'].map(said), [RESTART, RESTART, FORCED]);
    assert.deepEqual(['', 'RD: 0\r\n'].map(said), [NOT_SAID, NOT_SAID]);
    assert.ok(![NOT_SAID, RESTART, FORCED].includes(said('RM: graceful\r\n')));
  });

  test('messages that share a datagram', () => {
    const bytes = Buffer.from(
      '200 2005 OK\r\n.\r\nDLCX 1244 card23/21@tgw MGCP 1.0 NCS 1.0\r\nC: A3\r\nI: FD\r\n.\r\nXPIN 5 *@gw MGCP 1.0\r\n',
      'latin1',
    );
    const m = createMgcp();
    const seen: string[] = [];
    for (let at = 0; at >= 0 && parseMgcp(m, bytes, at, bytes.length); at = m.next)
      seen.push(`${m.code} ${VERBS[m.verb]} ${m.transaction}`);
    assert.deepEqual(seen, ['200  2005', '-1 DLCX 1244', '-1  5']);
    assert.equal(read('dlcx 7 a@b MGCP 1.0\r\n\r\n.\r\n').verb, 4);
    assert.equal(read('200 1 OK\r\n\r\nv=0\r\n.\r\n250 2 OK\r\n').body.end, 17);
  });

  test('what it is not', () => {
    for (const source of [
      '',
      'CRCX',
      'CRCX 1204',
      'CRCX x a@b MGCP 1.0\r\n',
      'CRCX 1234567890 a@b MGCP 1.0\r\n',
      'CRCX 1204 a@b MGCQ 1.0\r\n',
      'CRCX 1204 a@b MGCP x\r\n',
      'CRCX 1204  MGCP 1.0\r\n',
      'CRCXY 1204 a@b MGCP 1.0\r\n',
      '2CRX 1204 a@b MGCP 1.0\r\n',
      '-RCX 1204 a@b MGCP 1.0\r\n',
      '200 OK\r\n',
      '200 1234567890 OK\r\n',
      '2000 1 OK\r\n',
      '20x 1 OK\r\n',
      '200 12x OK\r\n',
      '220 mail.example.org ESMTP\r\n',
      '200  1 OK\r\n',
    ]) {
      const bytes = Buffer.from(source, 'latin1');
      assert.equal(isMgcp(bytes, 0, bytes.length), false, source);
      assert.equal(parseMgcp(createMgcp(), bytes, 0, bytes.length), false, source);
    }
  });

  test('more parameters than are kept', () => {
    const m = read(`RQNT 1 a@b MGCP 1.0\r\n${'S: x\r\n'.repeat(100)}`);
    assert.equal(m.parameterCount, 48);
  });

  test('any bytes: spans lie inside', () => {
    const piece = fc.constantFrom('CRCX 1 a@b MGCP 1.0\r\n', '200 5 OK\n', 'I: ', ':', '\r', '\n', '\r\n', '.', '.\r\n', 'v=0', '\0', ' ');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const bytes = Buffer.from(pieces.join(''), 'latin1');
        const m = createMgcp();
        let n = 0;
        for (let at = 0; at >= 0 && parseMgcp(m, bytes, at, bytes.length); at = m.next) {
          assert.ok(m.end <= bytes.length && m.body.end <= bytes.length && m.body.start <= m.body.end);
          assert.ok(m.next < 0 || m.next > at, 'goes on');
          n++;
        }
        assert.ok(n <= pieces.length);
      }),
    );
  });
});

/** One line for each MGCP message: frame, verb, transaction, endpoint, code. */
async function ours(path: string): Promise<string[]> {
  const reader = await openCapture(path);
  const m = createMgcp();
  const lines: string[] = [];
  while (await reader.fill()) {
    while (reader.next()) {
      const { bytes, start, end, frameNumber } = reader.packet;
      if (sniff(bytes, start, end) !== MGCP) continue;
      for (let at = start; at >= 0 && parseMgcp(m, bytes, at, end); at = m.next) {
        const verb = m.isCommand ? part(m, m.verbSpan) : '';
        lines.push([frameNumber, verb, m.transaction, part(m, m.endpoint), m.isCommand ? '' : String(m.code)].join('\t'));
      }
    }
  }
  await reader.close();
  return lines;
}

const capture = shared('captures/ntop__nDPI/tests/cfgs/default/pcap/mgcp.pcap');
const tshark = tool('tshark', 'apt-get install tshark');

test('tshark reads the same', { skip: capture.skip || tshark.skip }, async () => {
  const fields = ['frame.number', 'mgcp.req.verb', 'mgcp.transid', 'mgcp.req.endpoint', 'mgcp.rsp.rspcode'].flatMap((name) => ['-e', name]);
  const theirs = execFileSync('tshark', ['-r', capture.path, '-Y', 'mgcp', '-T', 'fields', ...fields], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const mine = await ours(capture.path);
  assert.ok(mine.length > 20);
  assert.deepEqual(mine, theirs.replace(/\n$/, '').split('\n'));
});
