import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw, read, request } from '../../test/messages.ts';
import { shared } from '../../test/peers.ts';
import { openCapture } from '../capture/reader.ts';
import { readGuess, readTag, type TagData } from './guess.ts';
import { createMessage, parseSip } from './sip.ts';

/** A tag as SIPVicious makes it. */
function tagOf(data: string, random = '3141592653'): Uint8Array {
  return raw(Buffer.from(`${data}\x01${random}`, 'latin1').toString('hex'));
}

function readWhole(bytes: Uint8Array): TagData | undefined {
  return readTag(bytes, { start: 0, end: bytes.length });
}

test('a guess: user and password in clear (M-10)', () => {
  assert.deepEqual(readWhole(tagOf('200:174')), { kind: 'guess', user: '200', password: '174' });
  assert.deepEqual(readWhole(tagOf('1000:a:b')), { kind: 'guess', user: '1000', password: 'a:b' });
  assert.deepEqual(readWhole(tagOf('200:')), { kind: 'guess', user: '200', password: '' });
});

test('an extension asked for, and a target scanned', () => {
  assert.deepEqual(readWhole(tagOf('1098')), { kind: 'extension', user: '1098' });
  assert.deepEqual(readWhole(tagOf('0a63004d13c4')), { kind: 'target', address: '10.99.0.77', port: 5060 });
  assert.deepEqual(readWhole(tagOf('0a63004d13cx')), { kind: 'extension', user: '0a63004d13cx' });
});

test('hexadecimal in capitals', () => {
  assert.deepEqual(readWhole(raw('4A4B01393939')), { kind: 'extension', user: 'JK' });
});

test('other tags are none', () => {
  for (const tag of ['', 'as58f4201b', '5e07449fbcf8160e', '01', '0139', '313201', '31zz0139', '313201a9', '3132013', '333333333333']) {
    assert.equal(readWhole(raw(tag)), undefined, tag);
  }
  assert.equal(readTag(raw('31'), { start: -1, end: -1 }), undefined);
});

test('the password alone, for Events', () => {
  const m = read(request({ From: `<sip:200@example.com>;tag=${Buffer.from(tagOf('200:s3cret')).toString('latin1')}` }));
  assert.equal(readGuess(m.bytes, m.from.tag), 's3cret');
  assert.equal(readGuess(raw('abc'), { start: 0, end: 3 }), '');
  assert.equal(readGuess(tagOf('1098'), { start: 0, end: tagOf('1098').length }), '');
});

/** All tags of a capture. */
async function tagsIn(path: string): Promise<TagData[]> {
  const found: TagData[] = [];
  const m = createMessage();
  const reader = await openCapture(path);
  while (await reader.fill()) {
    while (reader.next()) {
      const { bytes, start, end } = reader.packet;
      if (!parseSip(m, bytes, start, end)) continue;
      const tag = m.isRequest ? readTag(bytes, m.from.tag) : undefined;
      if (tag !== undefined) found.push(tag);
    }
  }
  await reader.close();
  return found;
}

const svcrack = shared('captures/tools/svcrack.pcap');
test('svcrack tries the extension as its password first (M-11)', svcrack, async () => {
  const guesses = (await tagsIn(svcrack.path)).filter((tag) => tag.kind === 'guess');
  assert.ok(guesses.length > 100);
  const first = guesses[0]!;
  assert.equal(first.password, first.user);
  assert.ok(new Set(guesses.map((g) => g.password)).size > 50);
});

const svmap = shared('captures/tools/svmap.pcap');
test('svmap names its targets', svmap, async () => {
  const targets = (await tagsIn(svmap.path)).filter((tag) => tag.kind === 'target');
  assert.ok(targets.length > 5);
  assert.ok(targets.every((t) => t.port === 5060 && t.address.startsWith('10.99.0.')));
});

const svwar = shared('captures/tools/svwar_reg.pcap');
test('svwar names the extensions it asks for', svwar, async () => {
  const tags = await tagsIn(svwar.path);
  assert.ok(tags.length > 100);
  assert.ok(tags.every((tag) => tag.kind === 'extension' && /^\d+$/.test(tag.user)));
});
