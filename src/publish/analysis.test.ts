import assert from 'node:assert/strict';
import { test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { alert, at, call, findings, incident } from '../../test/alerts.ts';
import { HOSTILE, hasHarm } from '../../test/hostile.ts';
import { toJsonSchema } from '../schema.ts';
import { ANALYSIS, type Analysis, analysisJson } from './analysis.ts';
import type { Findings } from './findings.ts';

const validate = new Ajv.default({ strict: true, strictTypes: false, allErrors: true }).compile(toJsonSchema(ANALYSIS));

async function jsonOf(f: Findings): Promise<string> {
  let text = '';
  for await (const piece of analysisJson(f)) text += piece;
  return text;
}

async function analysisOf(f: Findings): Promise<Analysis> {
  const analysis: Analysis = JSON.parse(await jsonOf(f));
  assert.ok(validate(analysis), JSON.stringify(validate.errors));
  return analysis;
}

const PROOF = { file: 'day.pcap', frame: 476, time: at(3), event: 'auth.accepted' };
const guess = alert({
  outcome: 'succeeded',
  fallen: ['1003@pbx.example'],
  proof: PROOF,
  sample: ['1003@pbx.example'],
  evidence: [{ file: 'day.pcap', frame: 0, time: at(3), event: 'auth.failed' }],
  missing: ['requests'],
});
const full = findings({
  alerts: [guess, alert({ id: 'x', target: { kind: 'none', value: '' } })],
  incidents: [incident([guess], { accounts: ['1003@pbx.example'], exposure: { cents: 1230, dearest: 85 } })],
  calls: [call(), call({ callId: 'c2', answered: 0, disposition: 'busy', status: 486 })],
  faults: [
    { code: 'capture-truncated', where: 'day.pcap', offset: 12, message: 'cut' },
    { code: 'capture-not-found', where: 'gone.pcap', message: 'not there' },
  ],
});

test('the object meets its schema and says what was found', async () => {
  const a = await analysisOf(full);
  assert.deepEqual([a.schema, a.ringfence, a.input.packets, a.input.first], [1, '0.1.0', 100, '2026-11-20T08:00:00.000000Z']);
  assert.deepEqual([a.alerts[0]?.outcome, a.alerts[0]?.evidence[0]?.time], ['succeeded', '2026-11-20T08:00:03.000000Z']);
  assert.deepEqual(
    a.calls.map(({ answered, ended }) => [answered, ended]),
    [
      ['2026-11-20T08:00:02.000000Z', null],
      [null, null],
    ],
  );
  assert.deepEqual(
    a.faults.map(({ offset }) => offset),
    [12, undefined],
  );
  assert.equal(a.incidents[0]?.stages[0]?.alerts[0], guess.id);
  assert.deepEqual(a.counts.answer, { 200: 15, 401: 30 });
});

test('an empty analysis meets the schema too', async () => {
  const none = await analysisOf(findings({ files: [] }));
  assert.deepEqual([none.input.packets, none.input.first, none.input.last, none.alerts.length], [0, null, null, 0]);
  const empty = await analysisOf(findings({ files: [{ name: '-', bytes: 0, frames: 3, packets: 0, first: 0, last: 0 }] }));
  assert.deepEqual(empty.input.files[0]?.first, null);
});

test('the schema refuses what is not an analysis', async () => {
  const a = await analysisOf(full);
  for (const bad of [
    {},
    { ...a, extra: 1 },
    { ...a, schema: 'x' },
    { ...a, alerts: [{ ...a.alerts[0], level: 'awful' }] },
    { ...a, input: { ...a.input, first: 'yesterday' } },
  ])
    assert.equal(validate(bad), false);
});

test('what fell, and the frame that shows it, are in the object where there are any', async () => {
  const [first, second] = (await analysisOf(full)).alerts;
  assert.deepEqual([first?.fallen, first?.proof?.frame, first?.proof?.event], [['1003@pbx.example'], 476, 'auth.accepted']);
  assert.deepEqual([second?.fallen, second?.proof, second?.missing], [undefined, undefined, undefined]);
  assert.deepEqual(first?.missing, ['requests']);
  assert.equal(first?.attributed, 'packet');
});

test('keys stand in the order of the schema, and the same findings give the same bytes', async () => {
  const text = await jsonOf(full);
  const a: Analysis = JSON.parse(text);
  assert.deepEqual(Object.keys(a), Object.keys(ANALYSIS.fields));
  assert.deepEqual(Object.keys(a.alerts[0]!), Object.keys(ANALYSIS.fields.alerts.items.fields));
  assert.deepEqual(Object.keys(a.incidents[0]!), Object.keys(ANALYSIS.fields.incidents.items.fields));
  assert.deepEqual(Object.keys(a.calls[0]!), Object.keys(ANALYSIS.fields.calls.items.fields));
  assert.deepEqual(Object.keys(a.counts), Object.keys(ANALYSIS.fields.counts.fields));
  assert.equal(await jsonOf(full), text);
});

test('each alert and call has a line of its own', async () => {
  const lines = (await jsonOf(full)).split('\n');
  assert.equal(lines.filter((line) => line.startsWith('{"id":')).length, 3);
  assert.equal(lines.filter((line) => line.startsWith('{"callId":')).length, 2);
});

test('hostile text is harmless, reads back, and overlong text is cut with a count', async () => {
  for (const s of HOSTILE) {
    const evil = alert({
      title: s,
      why: s,
      subject: { kind: 'account', value: s },
      target: { kind: 'account', value: s },
      sample: [s],
      evidence: [{ file: s, frame: 1, time: 1, event: 'e' }],
    });
    const f = findings({
      alerts: [evil],
      incidents: [incident([evil], { accounts: [s], targets: [s] })],
      calls: [call({ callId: s, from: s, to: s })],
      faults: [{ code: 'usage', where: s, message: s }],
    });
    const text = await jsonOf(f);
    assert.ok(!text.split('\n').some(hasHarm), JSON.stringify(s.slice(0, 40)));
    const a = await analysisOf(f);
    const expected = s.length > 2048 ? /^(x{2048}|(😀){1024})… \(\d+ more\)$/u : undefined;
    if (expected === undefined) assert.equal(a.calls[0]?.from, s);
    else assert.match(a.calls[0]!.from, expected);
  }
});

test('many calls are written one by one', async () => {
  const one = call();
  const calls = {
    count: 30_000,
    async *[Symbol.asyncIterator]() {
      for (let i = 0; i < 30_000; i++) yield await one;
    },
  };
  let most = 0;
  let length = 0;
  for await (const piece of analysisJson({ ...findings(), calls })) {
    most = Math.max(most, piece.length);
    length += piece.length;
  }
  assert.ok(length > 5_000_000 && most < 2000, `${length} ${most}`);
});
