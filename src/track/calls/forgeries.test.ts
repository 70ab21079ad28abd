import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALICE, BOB, MALLORY, Phones } from '../../../test/phones.ts';
import { request } from '../../../test/talk.ts';
import { EVIDENCE_NAMES } from './forgeries.ts';

const evidence = (code: number): string => EVIDENCE_NAMES[code]!;
const NEW: string = '203.0.113.9:5060';

describe('requests of another make', () => {
  test('a BYE with the name of another program', () => {
    const p = new Phones();
    p.establish();
    const text = request('BYE', { toTag: 't1', branch: 'z9hG4bK-forged' }).replace('Max-Forwards: 70', 'Max-Forwards: 69');
    assert.notEqual(text, request('BYE', { toTag: 't1', branch: 'z9hG4bK-forged' }), 'the test changes something');
    assert.equal(evidence(p.send(text, ALICE, BOB).forgery), 'other-make');
  });

  test('the party itself, whichever it is', () => {
    const p = new Phones();
    p.establish();
    assert.equal(evidence(p.askBack('INFO').forgery), '');
    assert.equal(evidence(p.askBack('BYE').forgery), '');
    const q = new Phones();
    q.establish();
    assert.equal(evidence(q.ask('BYE', { toTag: 't1' }).forgery), '');
  });

  test('spelling counts', () => {
    const p = new Phones();
    p.establish();
    const text = request('BYE', { toTag: 't1', branch: 'z9hG4bK-forged' }).replace(/Call-ID: /, 'Call-ID:');
    assert.equal(evidence(p.send(text, ALICE, BOB).forgery), 'other-make');
  });
});

describe('from a new place', () => {
  test('without media nobody can tell: told after a while, once', () => {
    const p = new Phones();
    p.establish();
    p.ask('BYE', { toTag: 't1' }, MALLORY);
    p.ask('BYE', { toTag: 't1', cseq: 7 }, MALLORY);
    assert.deepEqual(p.forged, []);
    p.wait(3);
    assert.deepEqual(p.forged.map(evidence), ['no-media']);
  });

  test('a telephone that has registered where it is now is a party', () => {
    const p = new Phones();
    p.establish();
    const from = request('REGISTER', { branch: 'z9hG4bK-reg' });
    assert.ok(from.startsWith('REGISTER'));
    const o = p.ask('BYE', { toTag: 't1' }, NEW);
    assert.equal(o.fromParty, false, 'not yet');
  });
});
