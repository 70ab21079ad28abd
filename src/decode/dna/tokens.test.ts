import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw } from '../../../test/messages.ts';
import { text } from '../../bytes.ts';
import { type Writing, write, writeBranch, writeCallId, writeForm, writeNumber, writeTag } from './tokens.ts';

/** What a function writes. */
function written(make: (to: Writing) => void, room = 64): string {
  const to: Writing = { bytes: new Uint8Array(room), length: 0 };
  make(to);
  return text(to.bytes, 0, to.length);
}

const form = (s: string): string => written((to) => writeForm(to, raw(s), 0, s.length));
const tag = (s: string): string => written((to) => writeTag(to, raw(s), { start: 0, end: s.length }));
const callId = (s: string): string => written((to) => writeCallId(to, raw(s), { start: 0, end: s.length }));

function branch(s: string, id = ''): string {
  const bytes = raw(s + id);
  return written((to) => writeBranch(to, bytes, { start: 0, end: s.length }, { start: s.length, end: bytes.length }));
}

test('the form of a token is its alphabet, its size and its separators', () => {
  assert.equal(form('1335949120'), 'd11');
  assert.equal(form('2d94aad3'), 'x11');
  assert.equal(form('2D94AAD3'), 'X11');
  assert.equal(form('wgbkxaiv'), 'l11');
  assert.equal(form('WGBKXA1V'), 'u11');
  assert.equal(form('aB3'), 'm4');
  assert.equal(form('-.-'), 'o4-.');
  assert.equal(form('1-2.3:4'), 'd11-.:');
  assert.equal(form('\xff\xfe1'), 'd4');
  assert.equal(form('7'.repeat(200)), 'd65535');
  assert.equal(form(''), 'none');
});

test('separators among many mixed letters are letters of a larger alphabet', () => {
  assert.equal(form('kvqTaV6G-ilPhs3Ei.Uu2M'), 'm26');
  assert.equal(form('kvqT-aV'), 'm11-');
});

test('a GUID is one, whatever its case', () => {
  assert.equal(form('862c3c7f-c690-40d3-b31c-c17a4a9db690'), 'guid');
  assert.equal(form('862C3C7F-C690-40D3-B31C-C17A4A9DB690'), 'guid');
  assert.equal(form('862c3c7fc-690-40d3-b31c-c17a4a9db690'), 'x36-');
  assert.equal(form('862c3c7f-c690-40d3-b31c-c17a4a9db6\xff0'), 'x36-');
});

test('a branch: without its cookie, with what it holds', () => {
  assert.equal(branch('z9hG4bK-1335949120'), 'd11-');
  assert.equal(branch('z9hG4bK.2d94aad3'), 'x11.');
  assert.equal(branch('foo'), 'bare-l4');
  assert.equal(branch(''), 'bare-none');
  assert.equal(branch('z9hG4bK-1234567890'), 'digits-once');
  assert.equal(branch('z9hG4bK-1234567891'), 'd11-');
  assert.equal(branch('z9hG4bK-24771-1-0'), 'triple');
  assert.equal(branch('z9hG4bK-24771-1'), 'd11-');
  assert.equal(branch('z9hG4bK-24771-1-'), 'd11-');
  assert.equal(branch('z9hG4bK-1-2-3-4'), 'd11-');
  assert.equal(branch('z9hG4bK-24771-x-0'), 'l11-');
  assert.equal(branch('z9hG4bK-aaaabbbb', 'aaaabbbb'), 'x11-=call-id');
  assert.equal(branch('z9hG4bK-aaaabbbb', 'aaaabbbc'), 'x11-');
});

test('an absent branch has no form', () => {
  const none = { start: -1, end: -1 };
  assert.equal(
    written((to) => writeBranch(to, raw('x'), none, none)),
    'none',
  );
});

test('a From tag that holds a message says of which kind, never what', () => {
  const hex = (s: string): string => Buffer.from(s, 'latin1').toString('hex');
  assert.equal(tag(hex('1003:secret\x01730759579')), 'says-guess');
  assert.equal(tag(hex('990\x011937014469')), 'says-extension');
  assert.equal(tag(hex('c000020a13c4\x012840145893')), 'says-target');
  assert.equal(tag('3206210844'), 'd11');
});

test('a Call-ID: its form and whether a host follows', () => {
  assert.equal(callId('1034802019755549000144900'), 'd26');
  assert.equal(callId('1286757984@127.0.0.1'), 'd11@address');
  assert.equal(callId('1286757984@[2001:DB8::a]:5060'), 'd11@address');
  assert.equal(callId('a84b4c76e66710@pc33.example.com'), 'x16@name');
  assert.equal(callId('a84b4c76@dead'), 'x11@name');
  assert.equal(callId('a84b4c76@[dead\xff'), 'x11@name');
  assert.equal(callId('abcdefghijklmnopqrstuvwxy0112345'), 'distinct27');
  assert.equal(callId('abcdefghijklmnopqrstuvwxya112345'), 'l32');
  assert.equal(callId('0bcdefghijklmnopqrstuvwxy0112345'), 'l32');
  assert.equal(callId('abcdefghijklmnopqrstuvwxy01123x5'), 'l32');
  assert.equal(callId('Abcdefghijklmnopqrstuvwxy0112345'), 'm32');
  assert.equal(callId(''), 'none');
});

test('numbers have their digits, and what does not fit is left out', () => {
  assert.equal(
    written((to) => {
      writeNumber(to, 0);
      writeNumber(to, 7);
      writeNumber(to, 65535);
    }),
    '0765535',
  );
  assert.equal(
    written((to) => write(to, 'abcdef'), 4),
    'abcd',
  );
});
