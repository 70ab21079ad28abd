import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw } from '../../../test/messages.ts';
import { DTMF_BODY, DTMF_RELAY_BODY, NORTEL_BODY } from '../sdp/body.ts';
import { createDtmf, KEYS, readInfoDigit, readTelephoneEvent } from './dtmf.ts';

test('telephone-events: event, end bit, duration (RFC 4733 §2.3)', () => {
  const view = createDtmf();
  assert.ok(readTelephoneEvent(raw('??\x0b\x8a\x03\x20'), 2, 6, view));
  assert.deepEqual(view, { event: 11, ended: true, duration: 800 });
  assert.equal(KEYS[view.event], '#');
  assert.ok(readTelephoneEvent(raw('\x05\x0a\x00\xa0more'), 0, 8, view));
  assert.deepEqual(view, { event: 5, ended: false, duration: 160 });
  assert.equal(readTelephoneEvent(raw('\x05\x0a\x00'), 0, 3, view), false);
});

function digit(kind: number, body: string): string {
  const bytes = raw(`=9\n${body}9=9`);
  const view = createDtmf();
  if (!readInfoDigit(bytes, 3, bytes.length - 3, kind, view)) return '';
  assert.equal(view.ended, true);
  return `${KEYS[view.event] ?? view.event} ${view.duration}`;
}

test('INFO: application/dtmf-relay', () => {
  assert.equal(digit(DTMF_RELAY_BODY, 'Signal=5\r\nDuration=160\r\n'), '5 160');
  assert.equal(digit(DTMF_RELAY_BODY, 'Signal= *\r\nDuration= 250'), '* 250');
  assert.equal(digit(DTMF_RELAY_BODY, 'duration=100\nsignal=#'), '# 100');
  assert.equal(digit(DTMF_RELAY_BODY, 'Signal=11\n'), '# 0');
  assert.equal(digit(DTMF_RELAY_BODY, 'Signal=16\n'), '16 0', 'flash');
  assert.equal(digit(DTMF_RELAY_BODY, 'Signal=d\nDuration=x'), 'D 0');
  for (const bad of ['', 'Signal=', 'Signal=17', 'Signal=x', 'Signal=55x', 'Signal', 'Volume=10'])
    assert.equal(digit(DTMF_RELAY_BODY, bad), '', bad);
});

test('INFO: application/dtmf, the digit alone or as relay', () => {
  assert.equal(digit(DTMF_BODY, '7'), '7 0');
  assert.equal(digit(DTMF_BODY, '\r\n0\r\n'), '0 0');
  assert.equal(digit(DTMF_BODY, 'Signal=3\r\nDuration=60\r\n'), '3 60');
  assert.equal(digit(DTMF_BODY, 'z'), '');
});

test('INFO: Nortel digits', () => {
  assert.equal(digit(NORTEL_BODY, 'p=Digit-Collection\r\ny=Digits\r\nd=4\r\n'), '4 0');
  assert.equal(digit(NORTEL_BODY, 'p=Digit-Collection\r\n'), '');
});
