import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { about, oddities, read, request, str } from '../../test/messages.ts';
import { createAddress, MAX_SECONDS, parseAddress } from './address.ts';
import { createMessage } from './sip.ts';

/** display, URI, tag and parameters of a From value, and its oddities. */
function parts(value: string): string {
  const m = read(request({ From: value }));
  const { display, uri, tag, params } = m.from;
  const pieces = [display, uri.span, tag, params].map((span) => (span.start < 0 ? '-' : str(m, span)));
  const odd = oddities(m).filter((name) => name !== 'tag-missing');
  return pieces.join(' | ') + (odd.length > 0 ? ` (${odd.join(', ')})` : '');
}

describe('name-addr and addr-spec', () => {
  const cases: Record<string, string> = {
    '"A. B" <sip:a@b>;tag=1': '"A. B" | sip:a@b | 1 | tag=1',
    '"A \\" B"<sip:a@b>;tag=1': '"A \\" B" | sip:a@b | 1 | tag=1',
    'A B <sip:a@b>;tag=1': 'A B | sip:a@b | 1 | tag=1',
    'A<sip:a@b>': 'A | sip:a@b | - | -',
    '<sip:a@b;x=y>;TAG=1;z': '- | sip:a@b;x=y | 1 | TAG=1;z',
    'sip:a@b;tag=1': '- | sip:a@b | 1 | tag=1',
    'sip:a@b ; tag = 1 ; x = "q;,r" ': '- | sip:a@b | 1 |  tag = 1 ; x = "q;,r"',
    '<sip:a@b> ;tag=1': '- | sip:a@b | 1 | tag=1',
    'tel:+49;tag=1': '- | tel:+49 | 1 | tag=1',
    '"\xc3\x84" <sip:a@b>;tag=1': '"Ä" | sip:a@b | 1 | tag=1',
    '\xc3\x84 <sip:a@b>;tag=1': 'Ä | sip:a@b | 1 | tag=1 (display-name-unquoted)',
    'John "J" Doe <sip:a@b>;tag=1': 'John "J" Doe | sip:a@b | 1 | tag=1',
    '"open <sip:a@b>;tag=1': '"open | sip:a@b | 1 | tag=1 (quote-unterminated)',
    '<sip:a@b;tag=1': '- | sip:a@b;tag=1 | - | - (address-unclosed)',
    '<>;tag=1': '- | - | 1 | tag=1 (address-empty)',
    ';tag=1': '- | - | 1 | tag=1 (address-empty)',
    '< sip:a@b>;tag=1': '- | sip:a@b | 1 | tag=1 (address-spaces)',
    'sip:a b@c': '- | sip:a b@c | - | - (address-spaces)',
    'sip:a,b@c': '- | sip:a,b@c | - | - (address-unbracketed)',
    '<sip:a@b>x;tag=1': '- | sip:a@b | 1 | tag=1 (address-junk)',
    '<sip:a@b>;tag=1;tag': '- | sip:a@b | 1 | tag=1;tag (tag-duplicate)',
    '<sip:a@b>;tag': '- | sip:a@b | - | tag (tag-empty)',
    '<sip:a@b>;tag="x': '- | sip:a@b | "x | tag="x (quote-unterminated)',
    '<sip:a@b>;tag=1;': '- | sip:a@b | 1 | tag=1; (parameter-empty)',
    '<sip:a@b>;tag=1;x=': '- | sip:a@b | 1 | tag=1;x= (parameter-empty)',
    '<sip:a@b>;(x);tag=1': '- | sip:a@b | 1 | (x);tag=1 (parameter-bad)',
    '<sip:a@b>;tag=1;x y': '- | sip:a@b | 1 | tag=1;x y (parameter-bad)',
    '*': '- | * | - | - (uri-no-scheme)',
  };
  for (const [value, expected] of Object.entries(cases)) test(value, () => assert.equal(parts(value), expected));
});

describe('lists and expires of Contact', () => {
  const contacts = (value: string): ReturnType<typeof read> =>
    read(request({ Contact: value, Expires: undefined }, 'REGISTER sip:example.com SIP/2.0'));

  test('several in one line and in several lines', () => {
    const m = contacts('"A, B" <sip:a@h,x>;q=0.5 , sip:b@h;expires=60,<sip:c@h>');
    assert.equal(m.contactCount, 3);
    assert.equal(str(m, m.contact.span), '"A, B" <sip:a@h,x>;q=0.5');
    const two = read(request({ m: '<sip:second@h>' }));
    assert.equal(two.contactCount, 2);
    assert.equal(str(two, two.contact.uri.user), 'alice');
  });

  test('expires', () => {
    assert.equal(contacts('<sip:a@h>').contact.expires, -1);
    assert.equal(contacts('<sip:a@h>;expires=3600').contact.expires, 3600);
    assert.equal(contacts('<sip:a@h>;Expires="120"').contact.expires, 120);
    assert.equal(contacts('<sip:a@h>;expires=4294967295').contact.expires, MAX_SECONDS);
    assert.deepEqual(oddities(contacts('<sip:a@h>;expires=04294967295')), []);
    assert.deepEqual(oddities(contacts('<sip:a@h>;expires=42949672950')), ['expires-too-large']);
    assert.equal(contacts('<sip:a@h>;expires=never').contact.expires, -2);
    assert.equal(contacts('<sip:a@h>;expires').contact.expires, -2);
    assert.equal(contacts('<sip:a@h>;expirez=1').contact.expires, -1);
  });

  test('a star, alone and not alone', () => {
    const star = read(request({ Contact: '*', Expires: '0' }, 'REGISTER sip:example.com SIP/2.0'));
    assert.equal(star.contactStar, true);
    assert.equal(star.contactCount, 0);
    assert.equal(star.contact.span.start, -1);
    assert.deepEqual(oddities(star), []);
    const both = read(request({ Contact: '*', m: '<sip:a@h>', Expires: '0' }, 'REGISTER sip:example.com SIP/2.0'));
    assert.deepEqual(oddities(both), ['contact-star-misused']);
    const answer = read('SIP/2.0 200 OK\r\nContact: *\r\n\r\n');
    assert.equal(about(answer, 'contact-star-misused'), 'SIP/2.0 200 ');
  });

  test('empty elements are odd and not counted', () => {
    const m = contacts(', <sip:a@h>,, <sip:b@h>,');
    assert.equal(m.contactCount, 2);
    assert.deepEqual(oddities(m), ['value-empty', 'value-empty', 'value-empty']);
  });
});

test('parseAddress returns the comma that ends a value of a list', () => {
  const bytes = new TextEncoder().encode('<sip:a@b>;x, <sip:c@d>');
  const view = createAddress();
  assert.equal(parseAddress(createMessage(), bytes, 0, bytes.length, view, true), 11);
  assert.equal(parseAddress(createMessage(), bytes, 12, bytes.length, view, true), bytes.length);
  assert.equal(view.span.start, 13);
});
