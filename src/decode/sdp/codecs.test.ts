import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw } from '../../../test/messages.ts';
import { CLOCKS, CN, CODECS, clockCode, codecCode, STATIC_CLOCK, STATIC_CODEC, TELEPHONE_EVENT } from './codecs.ts';

test('names of encodings, any case', () => {
  for (const [code, name] of CODECS.entries())
    if (code > 0) assert.equal(codecCode(raw(`?${name.toUpperCase()}?`), 1, 1 + name.length), code, name);
  assert.equal(codecCode(raw('PCMX'), 0, 4), 0);
  assert.equal(codecCode(raw(''), 0, 0), 0);
  assert.equal(new Set(CODECS.map((name) => name.toLowerCase())).size, CODECS.length);
  assert.deepEqual([CODECS[CN], CODECS[TELEPHONE_EVENT]], ['CN', 'telephone-event']);
});

test('static payload types (RFC 3551 §6)', () => {
  const of = (type: number): string => `${CODECS[STATIC_CODEC[type]!]} ${CLOCKS[STATIC_CLOCK[type]!]}`;
  assert.deepEqual([0, 8, 9, 13, 18, 34, 1, 96].map(of), [
    'PCMU 8000',
    'PCMA 8000',
    'G722 8000',
    'CN 8000',
    'G729 8000',
    'H263 90000',
    ' 0',
    ' 0',
  ]);
  assert.equal(clockCode(12_345), 0);
});
