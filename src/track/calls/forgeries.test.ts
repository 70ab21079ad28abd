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
    p.establish({ headers: ['User-Agent: Phone/1'] });
    assert.equal(evidence(p.ask('BYE', { toTag: 't1', headers: ['User-Agent: Tool/9'] }).forgery), 'other-make');
  });

  test('who has two legs: Max-Forwards of an INVITE is counted down from that of the other leg, and a BYE has its own', () => {
    const p = new Phones();
    p.establish();
    const text = request('BYE', { toTag: 't1', branch: 'z9hG4bK-own' });
    assert.equal(evidence(p.send(text.replace('Max-Forwards: 70', 'Max-Forwards: 69'), ALICE, BOB).forgery), '');
  });

  test('a blank more before a To without a tag', () => {
    const p = new Phones();
    p.send(request('INVITE', { branch: 'z9hG4bK-first' }).replace('To: ', 'To:  '), ALICE, BOB);
    p.reply(200, 'INVITE', { branch: 'z9hG4bK-first' });
    assert.equal(evidence(p.ask('BYE', { toTag: 't1' }).forgery), '');
    const other = request('BYE', { toTag: 't1', branch: 'z9hG4bK-forged' }).replace('From: ', 'From:  ');
    assert.equal(evidence(p.send(other, ALICE, BOB).forgery), 'other-make');
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
