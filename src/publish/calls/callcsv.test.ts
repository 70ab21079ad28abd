import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, call } from '../../../test/alerts.ts';
import { HOSTILE, hasHarm } from '../../../test/hostile.ts';
import type { Call } from '../../types.ts';
import { CALLS_HEADER, callLine } from './callcsv.ts';

/** The cells of a line by their names, read as RFC 4180 has it. */
function cells(c: Call): Record<string, string> {
  const line = callLine(c);
  assert.ok(line.endsWith('\r\n'));
  const values = [...line.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
  const names = CALLS_HEADER.trim().split(',');
  assert.equal(values.length, names.length, line);
  return Object.fromEntries(names.map((name, i) => [name, values[i]!]));
}

test('a call in cells: times in UTC, durations in seconds, empty what was not seen', () => {
  const one = cells(
    call({
      start: at(1),
      ringing: at(2),
      answered: at(3),
      ended: at(10),
      duration: 9e6,
      billed: 7e6,
      setup: 1e6,
      legs: [{ callId: 'x,"y"', reason: 'numbers', weight: 0.8 }],
    }),
  );
  assert.deepEqual(
    [one['start'], one['answered'], one['duration'], one['billed'], one['setup']],
    ['2026-11-20T08:00:01.000000Z', '2026-11-20T08:00:03.000000Z', '9.000000', '7.000000', '1.000000'],
  );
  assert.deepEqual([one['legs'], one['complete'], one['streams'], one['forks']], ['x,"y"', 'true', '0', '1']);
  const none = cells(call({ answered: 0 }));
  assert.deepEqual(
    ['ringing', 'answered', 'ended', 'duration', 'billed', 'setup', 'group'].map((name) => none[name]),
    ['', '', '', '', '', '', ''],
  );
});

test('formulas begin with an apostrophe, hostile text is harmless and stays in its cell', () => {
  for (const text of ['=1+1', '+49301-x', '-1+1', '@SUM(A1)', ' =1', "=cmd|'/c calc'!A1", '|x', '%x']) {
    const { from } = cells(call({ from: text }));
    assert.ok(from?.startsWith("'"), text);
  }
  for (const text of HOSTILE) {
    const line = callLine(call({ from: text, callId: text, callerAgent: text }));
    assert.ok(!hasHarm(line.slice(0, -2)), JSON.stringify(text.slice(0, 20)));
    assert.equal(cells(call({ from: text }))['transport'], 'udp');
  }
});

test('streams in numbers', () => {
  const base = {
    src: '',
    srcPort: 0,
    dst: '',
    dstPort: 0,
    ssrc: 0,
    media: 'audio',
    first: 0,
    last: 0,
    bytes: 0,
    duplicates: 0,
    late: 0,
    jitter: 0,
    jitterMax: 0,
    digits: 0,
  } as const;
  const stream = (codec: string, packets: number) => ({ ...base, codec, encryption: 'none', packets, lost: 2, promised: 'sdp' }) as const;
  const c = cells(call({ streams: [stream('PCMU', 10), stream('PCMU', 5), stream('opus', 1)] }));
  assert.deepEqual([c['streams'], c['packets'], c['lost'], c['codecs']], ['3', '16', '6', 'PCMU opus']);
});
