import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alert, at, findings } from '../../test/alerts.ts';
import { HOSTILE, hasHarm } from '../../test/hostile.ts';
import { recordsOf } from '../../test/records.ts';
import { request, response } from '../../test/talk.ts';
import { Conversations } from './conversations.ts';
import { evidenceFiles, MOST_FILES, MOST_FRAMES } from './evidence.ts';

const nothing = new Conversations();

test('a file holds proof, evidence and the conversations around them, each frame with its comment', async () => {
  const seen = { file: 'test.pcap', frame: 2, time: at(1), event: 'auth.failed' };
  const guessing = alert({ evidence: [seen], proof: { ...seen, frame: 7, event: 'auth.accepted' } });
  const conversations = new Conversations();
  const records = recordsOf([
    { payload: request('REGISTER') },
    { payload: response(401, 'REGISTER') },
    { payload: request('OPTIONS', { callId: 'other' }) },
  ]);
  conversations.take({ events: [], calls: [], alerts: [guessing], records });
  const { files, leftOut } = await evidenceFiles(findings({ alerts: [guessing] }), conversations);
  assert.equal(leftOut, 0);
  const [file] = files;
  assert.equal(file!.name, '001-high-password-guessing-198.51.100.7.pcapng');
  const frames = file!.frames.get('test.pcap')!;
  assert.deepEqual([...frames.keys()].sort(), [1, 2, 7]);
  assert.match(frames.get(7)!.comment, /proof of success, event auth\.accepted, alert password-guessing-0001; frame 7 of test\.pcap/);
  assert.match(frames.get(2)!.comment, /evidence, event auth\.failed/);
  assert.match(frames.get(1)!.comment, /same conversation/);
  assert.match(file!.about, /Password guessing \(high\), address 198\.51\.100\.7, against account 1003@pbx\.example/);
});

test('names are safe and comments harmless, whatever the alert says', async () => {
  for (const s of [...HOSTILE, '../../etc/passwd', '/', '..', '-rf', 'CON:', '']) {
    const evil = alert({
      id: s,
      rule: s,
      title: s,
      why: s,
      subject: { kind: 'address', value: s },
      target: { kind: 'account', value: s },
      evidence: [{ file: s, frame: 1, time: 0, event: s }],
    });
    const { files } = await evidenceFiles(findings({ alerts: [evil] }), nothing);
    const { name, about, frames } = files[0]!;
    assert.match(name, /^001-high(-[A-Za-z0-9][A-Za-z0-9.-]*)?\.pcapng$/);
    assert.ok(name.length <= 120 && !name.includes('..'), name);
    for (const text of [about, ...[...frames.values()].flatMap((own) => [...own.values()].map(({ comment }) => comment))]) {
      assert.ok(!hasHarm(text), JSON.stringify(text));
      assert.ok(text.length < 9000);
    }
  }
});

test('the worst alerts get files, and frames are bounded; what is left out is counted', async () => {
  const many = Array.from({ length: 3 * MOST_FILES }, (_, i) => alert({ id: `a${i}`, level: i === 250 ? 'critical' : 'warning' }));
  const { files, leftOut } = await evidenceFiles(findings({ alerts: many }), nothing);
  assert.deepEqual([files.length, leftOut, files[0]!.alert.id], [MOST_FILES, 2 * MOST_FILES, 'a250']);
  const pieces = Array.from({ length: MOST_FRAMES + 20 }, (_, i) => ({ file: 'x', frame: i, time: 0, event: 'e' }));
  const [one] = (await evidenceFiles(findings({ alerts: [alert({ evidence: pieces })] }), nothing)).files;
  // Frame 0 is none.
  assert.deepEqual([one!.frames.get('x')!.size, one!.leftOut], [MOST_FRAMES, 19]);
});
