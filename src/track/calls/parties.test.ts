import assert from 'node:assert/strict';
import { test } from 'node:test';
import { place } from '../../../test/talk.ts';
import { addressText, ENDPOINT, portOf } from '../../bytes.ts';
import { addParty, addWritten, isPartyAt, knowsAddress, MOST_PARTIES, PARTIES_BYTES, partyAt } from './parties.ts';

const AT = 3;
const row = (): Uint8Array => new Uint8Array(AT + PARTIES_BYTES);

function all(rows: Uint8Array): string[] {
  const out = new Uint8Array(ENDPOINT);
  const found: string[] = [];
  for (let n = 0; partyAt(rows, AT, n, out); n++) found.push(`${addressText(out)}:${portOf(out)}`);
  return found;
}

test('endpoints are kept once, addresses are known with any port', () => {
  const rows = row();
  for (const each of ['192.0.2.1:5060', '192.0.2.2:5060', '192.0.2.1:5060', '192.0.2.1:5062']) addParty(rows, AT, place(each));
  assert.deepEqual(all(rows), ['192.0.2.1:5060', '192.0.2.2:5060', '192.0.2.1:5062']);
  assert.equal(knowsAddress(rows, AT, place('192.0.2.2:9')), true);
  assert.equal(knowsAddress(rows, AT, place('192.0.2.3:5060')), false);
  assert.deepEqual([isPartyAt(rows, AT, 1, place('192.0.2.2:5060')), isPartyAt(rows, AT, 0, place('192.0.2.2:5060'))], [true, false]);
  assert.equal(isPartyAt(rows, AT, 3, place('192.0.2.2:5060')), false);
});

test('there is room for so many; then nobody is a stranger any more', () => {
  const rows = row();
  for (let i = 0; i < MOST_PARTIES + 3; i++) addParty(rows, AT, place(`192.0.2.${i}:5060`));
  assert.equal(all(rows).length, MOST_PARTIES);
  assert.equal(knowsAddress(rows, AT, place('203.0.113.1:1')), true);
});

test('IPv4 addresses in headers, and nothing that only looks like one', () => {
  const written = (text: string): string[] => {
    const rows = row();
    addWritten(rows, AT, Buffer.from(text), 0, text.length);
    return all(rows).map((each) => each.replace(/:0$/, ''));
  };
  assert.deepEqual(written('<sip:198.51.100.50;lr>, <sip:u@198.51.100.51:5070>'), ['198.51.100.50', '198.51.100.51']);
  for (const text of ['', '1', '1.2', '1.2.3', '1.2.3.', '300.1.1.1', '1..2.3', 'pbx1.example.com', '1.2.3.x', '12345.9'])
    assert.deepEqual(written(text), [], text);
});
