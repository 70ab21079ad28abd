import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../random.ts';
import { readMessage, writeMessage } from './message.ts';
import { drawMakers, drawShape, type Shape } from './shape.ts';

function shapes(seed: number, count: number): Shape[] {
  const random = seeded(seed);
  const makers = drawMakers(random);
  return Array.from({ length: count }, (_, i) => drawShape(makers, random.fork(`device ${i}`)));
}

/** What of a shape can be compared. */
function traits(shape: Shape): string {
  return JSON.stringify([shape.order, shape.allow, shape.rport, shape.sdp, shape.digest, shape.spell('Call-ID'), shape.userAgent]);
}

test('the same seed draws the same makers, another seed others', () => {
  assert.deepEqual(shapes(5, 20).map(traits), shapes(5, 20).map(traits));
  assert.notDeepEqual(shapes(5, 20).map(traits), shapes(6, 20).map(traits));
});

test('makers differ, early ones are more common, devices of one maker have its habits', () => {
  const counts = new Map<string, number>();
  for (const shape of shapes(7, 400)) {
    const maker = JSON.stringify([shape.order, shape.sdp, shape.digest, shape.allow]);
    counts.set(maker, (counts.get(maker) ?? 0) + 1);
  }
  assert.ok(counts.size >= 8, `${counts.size} makers`);
  const sorted = [...counts.values()].sort((a, b) => b - a);
  assert.ok((sorted[0] ?? 0) > 3 * (sorted.at(-1) ?? 0));
});

test('every maker of many seeds writes messages that can be read, identifiers without spaces', () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = seeded(seed, 'messages');
    for (const maker of drawMakers(random)) {
      const shape = maker(random);
      const ids = [shape.branch(random), shape.tag(random), shape.callId(random, '10.0.0.1')];
      for (const id of ids) assert.match(id, /^[\w.@\-!%*+`'~]+$/);
      assert.match(shape.firstCseq(random), /^\d+$/);
      const via = `SIP/2.0/UDP 10.0.0.1;branch=${ids[0]}`;
      const written = writeMessage(
        {
          start: 'OPTIONS sip:a SIP/2.0',
          fields: [
            ['Via', via],
            ['Call-ID', ids[2] ?? ''],
          ],
          body: '',
        },
        shape,
      );
      const read = readMessage(written);
      assert.deepEqual(read?.fields.map(([name]) => name).sort(), ['call-id', 'content-length', 'via']);
      assert.ok(shape.media.highPort < 65534 && shape.media.lowPort % 2 === 0);
    }
  }
});
