import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../../random.ts';
import { mutate } from './mutator.ts';

const VALID = Buffer.from(
  [
    'INVITE sip:100@voice.example SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1',
    'From: <sip:200@voice.example>;tag=1',
    'To: <sip:100@voice.example>',
    'Call-ID: a@192.0.2.1',
    'CSeq: 1 INVITE',
    'Content-Type: application/sdp',
    'Content-Length: 14',
    '',
    'v=0\r\ns=-\r\nt=0 0',
  ].join('\r\n'),
  'latin1',
);

test('every copy is changed, fits a frame, and is the same again for the same seed', () => {
  for (const style of ['faults', 'bytes', 'both'] as const) {
    const kinds = new Set<string>();
    for (let seed = 0; seed < 400; seed++) {
      const copy = mutate(VALID, style, seeded(seed));
      assert.notDeepEqual(copy, VALID);
      assert.ok(copy.length >= 1 && copy.length <= 1472, `${copy.length} bytes`);
      assert.deepEqual(copy, mutate(VALID, style, seeded(seed)));
      kinds.add(copy.toString('latin1'));
    }
    assert.ok(kinds.size > 200, `${kinds.size} different ones in style ${style}`);
  }
});

test('the catalogue drops, doubles, cuts and overfills', () => {
  const copies = Array.from({ length: 3000 }, (_, seed) => mutate(VALID, 'faults', seeded(seed)).toString('latin1'));
  const some = (found: (copy: string) => boolean): void => assert.ok(copies.some(found));
  some((copy) => !copy.includes('Call-ID'));
  some((copy) => copy.split('CSeq:').length > 2);
  some((copy) => copy.includes('A'.repeat(64)));
  some((copy) => copy.includes('%n'));
  some((copy) => copy.includes('SIP/7.0'));
  some((copy) => copy.includes('Content-Length: -1'));
  some((copy) => !copy.includes('\r\n\r\n'));
  some((copy) => copy.split('INVITE sip:100').length === 3);
});
