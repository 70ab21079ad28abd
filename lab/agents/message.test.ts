import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answerTo,
  cseqOf,
  type Draft,
  headerOf,
  headersOf,
  hostOf,
  parameterOf,
  readMessage,
  type Spelling,
  uriOf,
  userOf,
  writeMessage,
} from './message.ts';

const plain: Spelling = { order: ['via', 'from'], spell: (name) => name };
const compact: Spelling = { order: [], spell: (name) => ({ Via: 'v', From: 'f', 'Content-Length': 'l', 'Call-ID': 'i' })[name] ?? name };

const draft: Draft = {
  start: 'INVITE sip:bob@b.example SIP/2.0',
  fields: [
    ['Call-ID', 'x1'],
    ['From', '"A, B" <sip:alice@a.example>;tag=t1'],
    ['CSeq', '7 INVITE'],
    ['Via', 'SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKa;rport'],
    ['Record-Route', '<sip:1.1.1.1;lr>, <sip:2.2.2.2;lr>'],
  ],
  body: 'v=0\r\n',
};

test('fields are written in the order and spelling of the maker, the length is counted', () => {
  const text = writeMessage(draft, plain).toString();
  assert.match(text, /^INVITE [^\r]*\r\nVia: [^\r]*\r\nFrom: /);
  assert.match(text, /\r\nContent-Length: 5\r\n\r\nv=0\r\n$/);
  assert.match(writeMessage(draft, compact).toString(), /\r\nv: SIP/);
});

test('what was written in any spelling is read alike', () => {
  for (const spelling of [plain, compact]) {
    const message = readMessage(writeMessage(draft, spelling));
    assert.ok(message);
    assert.equal(message.method, 'INVITE');
    assert.equal(message.uri, 'sip:bob@b.example');
    assert.equal(message.status, 0);
    assert.equal(headerOf(message, 'call-id'), 'x1');
    assert.equal(cseqOf(message), 7);
    assert.deepEqual(headersOf(message, 'record-route'), ['<sip:1.1.1.1;lr>', '<sip:2.2.2.2;lr>']);
    assert.equal(parameterOf(headerOf(message, 'via'), 'branch'), 'z9hG4bKa');
    assert.equal(parameterOf(headerOf(message, 'via'), 'rport'), '');
    assert.equal(parameterOf(headerOf(message, 'from'), 'tag'), 't1');
    assert.equal(message.body, 'v=0\r\n');
  }
});

test('parts of URIs', () => {
  assert.equal(uriOf('"x" <sip:a@b:5070;lr>;tag=1'), 'sip:a@b:5070;lr');
  assert.equal(uriOf('sip:a@b;tag=1'), 'sip:a@b');
  assert.equal(userOf('sip:+4930@b'), '+4930');
  assert.equal(userOf('sip:b'), '');
  assert.deepEqual(hostOf('sip:a@1.2.3.4:5070;lr'), { address: '1.2.3.4', port: 5070 });
  assert.deepEqual(hostOf('sip:1.2.3.4'), { address: '1.2.3.4', port: 5060 });
});

test('answers take over what identifies the request, and their tag where it has none', () => {
  const request = readMessage(writeMessage({ ...draft, fields: [...draft.fields, ['To', '<sip:bob@b.example>']] }, plain));
  assert.ok(request);
  const answer = readMessage(writeMessage(answerTo(request, 180, 'mine'), plain));
  assert.ok(answer);
  assert.equal(answer.status, 180);
  assert.equal(answer.method, 'INVITE');
  assert.equal(parameterOf(headerOf(answer, 'to'), 'tag'), 'mine');
  assert.equal(headersOf(answer, 'record-route').length, 2);
  const trying = answerTo(request, 100, 'mine');
  assert.ok(!trying.fields.some(([name, value]) => name === 'To' && value.includes('tag')));
});

test('what is no SIP message is not read', () => {
  assert.equal(readMessage(Buffer.from('\r\n\r\n')), undefined);
  assert.equal(readMessage(Buffer.from('GET / HTTP/1.1\r\n\r\n')), undefined);
});
