import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOSTILE, hasHarm } from '../../test/hostile.ts';
import { explainPage } from './explain.ts';

const page = { width: 80, color: false };

test('stages in order, values aligned, an empty stage says so', () => {
  const text = explainPage(
    'Frame 1',
    [
      {
        stage: 'capture',
        lines: [
          ['time', 't'],
          ['link', 'ethernet'],
        ],
      },
      { stage: 'detect', lines: [] },
    ],
    page,
  );
  assert.equal(text, 'Frame 1\n\ncapture\n  time  t\n  link  ethernet\n\ndetect\n  nothing\n');
});

test('a long file name leaves the addresses behind it in the title', () => {
  const title = `Frame 1 of ${'folder/'.repeat(30)}trace.pcap: 192.0.2.1:5060 to 192.0.2.2:5060`;
  assert.equal(explainPage(title, [], page), `${title}\n`);
});

test('nothing hostile gets through', () => {
  for (const s of HOSTILE) {
    const text = explainPage(s, [{ stage: 'decode', lines: [[s, s]] }], page);
    for (const line of text.split('\n')) assert.ok(!hasHarm(line), JSON.stringify(line));
    assert.ok(text.length < 6000);
  }
});
