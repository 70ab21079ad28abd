import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countryOf, createNumberView, NUMBER_CLASSES, readAbroad } from './numberplan.ts';

/** Class, price and country of a number, empty if it is not abroad. */
function read(number: string): string {
  const view = createNumberView();
  const bytes = Buffer.from(number);
  if (!readAbroad(bytes, 0, bytes.length, view)) return '';
  const digits = bytes.toString('latin1', view.start, view.end);
  return `${NUMBER_CLASSES[view.kind]!} ${view.cents} ${countryOf(digits)}`;
}

test('numbers abroad, in every way they are dialled', () => {
  assert.equal(read('+493012345678'), 'abroad 10 49');
  assert.equal(read('00493012345678'), 'abroad 10 49');
  assert.equal(read('011493012345678'), 'abroad 10 49');
  assert.equal(read('900493012345678'), 'abroad 10 49');
  assert.equal(read('000493012345678'), 'abroad 10 49');
  assert.equal(read('9011493012345678'), 'abroad 10 49');
  assert.equal(read('+493012345678;phone-context=x'), 'abroad 10 49');
});

test('what is costly, by the longest prefix', () => {
  assert.equal(read('+252612345678'), 'costly 60 252');
  assert.equal(read('0037125550000'), 'costly 60 371');
  assert.equal(read('+881612345678'), 'satellite 600 881');
  assert.equal(read('+97912345678'), 'premium 200 979');
  assert.equal(read('+447012345678'), 'costly 60 44');
  assert.equal(read('+441632960000'), 'abroad 10 44');
  assert.equal(read('+18765550000'), 'costly 60 1');
  assert.equal(read('+12125550000'), 'abroad 10 1');
});

test('what is not abroad, or no number', () => {
  for (const number of [
    '4711',
    '03012345678',
    '0',
    '',
    '+49',
    '912345678',
    '+4930abc45678',
    '+0123456789',
    '+1234567890123456',
    '0000000000',
  ]) {
    assert.equal(read(number), '', number);
  }
});

test('any bytes: read in bounds, and digits only', () => {
  const view = createNumberView();
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[+09]{0,3}[0-9]{0,20}$/)), (text) => {
      const bytes = Buffer.from(text);
      if (!readAbroad(bytes, 0, bytes.length, view)) return;
      assert.match(bytes.toString('latin1', view.start, view.end), /^[1-9]\d{6,14}$/);
    }),
  );
});
