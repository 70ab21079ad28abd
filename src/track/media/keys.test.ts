import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { A, B, CALLEE, CALLER, MediaTalk, type SdpWords, sdp } from '../../../test/mediatalk.ts';
import { type Place, packetOf } from '../../../test/talk.ts';

const MIDDLE: Place = '203.0.113.66:5060';
const PROXY: Place = '198.51.100.1:5060';

const crypto = (...keys: string[]): SdpWords => ({
  protocol: 'RTP/SAVP',
  section: keys.map((key, i) => `a=crypto:${i + 1} AES_CM_128_HMAC_SHA1_80 inline:${key}|2^20|1:4`),
});

const INVITE = 'INVITE sip:b@example.com SIP/2.0';

/** From, to, description. */
type Hop = readonly [Place, Place, string];

/** An INVITE over several hops. */
function over(...hops: readonly Hop[]): MediaTalk {
  const t = new MediaTalk();
  for (const [src, dst, body] of hops) t.sip(INVITE, '1 INVITE', body, { toTag: false, src, dst });
  return t;
}

const told = (t: MediaTalk): unknown[] =>
  t.of('media.rekeyed').map(({ from, to, data }) => [from, to, data.method, data.status, `${data.address}:${data.port}`, data.encryption]);

describe('keys of a description on its way', () => {
  test('another key behind whom it went to', () => {
    const t = over(
      [CALLER, MIDDLE, sdp(A, crypto('one'))],
      [MIDDLE, PROXY, sdp(A, crypto('evil'))],
      [PROXY, CALLEE, sdp(A, crypto('evil'))],
    );
    assert.deepEqual(told(t), [[MIDDLE, PROXY, 'INVITE', 0, A, 'sdes']]);
  });

  test('with the address of the telephone nobody knows who did it', () => {
    const t = over([CALLER, MIDDLE, sdp(A, crypto('one'))], [CALLER, PROXY, sdp(A, crypto('evil'))]);
    assert.deepEqual(told(t), [[':0', PROXY, 'INVITE', 0, A, 'sdes']]);
  });

  test('one more key among those of the writer', () => {
    const t = over([CALLER, MIDDLE, sdp(A, crypto('one', 'two'))], [MIDDLE, PROXY, sdp(A, crypto('evil', 'one', 'two'))]);
    assert.equal(told(t).length, 1);
  });

  test('behind a proxy that passes on what it got', () => {
    const t = over(
      [CALLER, PROXY, sdp(A, crypto('one'))],
      [PROXY, MIDDLE, sdp(A, crypto('one'))],
      [MIDDLE, CALLEE, sdp(A, crypto('evil'))],
    );
    assert.deepEqual(told(t), [[MIDDLE, CALLEE, 'INVITE', 0, A, 'sdes']]);
  });

  test('in the answer, where the branch is the same on both hops', () => {
    const t = over([CALLER, MIDDLE, sdp(A, crypto('one'))]);
    t.sip('SIP/2.0 200 OK', '1 INVITE', sdp(B, crypto('mine')), { src: PROXY, dst: MIDDLE });
    t.sip('SIP/2.0 200 OK', '1 INVITE', sdp(B, crypto('evil')), { src: MIDDLE, dst: CALLER });
    assert.deepEqual(told(t), [[MIDDLE, CALLER, 'INVITE', 200, B, 'sdes']]);
  });

  test('a certificate of another (DTLS-SRTP), named for the session or the section', () => {
    const of = (print: string): SdpWords => ({ session: [`a=fingerprint:sha-256 ${print}`] });
    const own = (print: string): SdpWords => ({ section: [`a=fingerprint:sha-256 ${print}`] });
    assert.deepEqual(told(over([CALLER, MIDDLE, sdp(A, of('AB:CD'))], [MIDDLE, PROXY, sdp(A, of('AB:CE'))])), [
      [MIDDLE, PROXY, 'INVITE', 0, A, 'dtls'],
    ]);
    assert.equal(told(over([CALLER, MIDDLE, sdp(A, own('AB:CD'))], [MIDDLE, PROXY, sdp(A, own('AB:CE'))])).length, 1);
    assert.equal(told(over([CALLER, MIDDLE, sdp(A, own('AB:CD'))], [MIDDLE, PROXY, sdp(A, of('AB:CD'))])).length, 0);
  });
});

describe('what is no exchange of keys', () => {
  const none = (...hops: readonly Hop[]): void => assert.deepEqual(told(over(...hops)), []);

  test('the same on all hops, in another order, or fewer of them', () => {
    none(
      [CALLER, MIDDLE, sdp(A, crypto('one', 'two'))],
      [MIDDLE, PROXY, sdp(A, crypto('two', 'one'))],
      [PROXY, CALLEE, sdp(A, crypto('two'))],
    );
    none([CALLER, MIDDLE, sdp(A, crypto('one'))], [MIDDLE, PROXY, sdp(A)]);
    none([CALLER, MIDDLE, sdp(A)], [MIDDLE, PROXY, sdp(A)]);
  });

  test('who ends SRTP names an endpoint of his own', () => {
    none([CALLER, MIDDLE, sdp(A, crypto('one'))], [MIDDLE, PROXY, sdp('203.0.113.66:7000', crypto('his'))]);
    none([CALLER, MIDDLE, sdp(A, crypto('one'))], [MIDDLE, PROXY, sdp('192.0.2.10:4002', crypto('his'))]);
  });

  test('other keys on the same hop: a client that makes new ones with each repetition, and with each request', () => {
    none([CALLER, PROXY, sdp(A, crypto('one'))], [CALLER, PROXY, sdp(A, crypto('two'))]);
    const t = over([CALLER, PROXY, sdp(A, crypto('one'))]);
    t.sip(INVITE, '2 INVITE', sdp(A, crypto('two')), { toTag: false, src: PROXY, dst: CALLEE });
    assert.deepEqual(told(t), []);
  });

  test('a key that the capture cut off', () => {
    const t = over([CALLER, MIDDLE, sdp(A, crypto('one'))], [MIDDLE, PROXY, sdp(A, crypto('one'))]);
    const text = `${INVITE}\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: 900\r\n\r\n${sdp(A, crypto('on'))}`;
    t.pipeline.handle({ ...packetOf(text, t.now, MIDDLE, PROXY, 99), truncated: true });
    assert.deepEqual(told(t), []);
  });

  test('more keys than are kept, none that can be read, a section without an address', () => {
    const many = crypto('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    none([CALLER, MIDDLE, sdp(A, many)], [MIDDLE, PROXY, sdp(A, many)]);
    const odd = { section: ['a=crypto:1 AES_CM_128_HMAC_SHA1_80 mikey:x', 'a=fingerprint:', 'b=AS:64'] };
    none([CALLER, MIDDLE, sdp(A, odd)], [MIDDLE, PROXY, sdp(A, odd)]);
    none([CALLER, MIDDLE, sdp('0.0.0.0:0', crypto('one'))], [MIDDLE, PROXY, sdp('0.0.0.0:0', crypto('two'))]);
  });

  test('a minute later it is another message', () => {
    const t = over([CALLER, MIDDLE, sdp(A, crypto('one'))]).wait(60);
    t.sip(INVITE, '1 INVITE', sdp(A, crypto('two')), { toTag: false, src: MIDDLE, dst: PROXY });
    assert.deepEqual(told(t), []);
  });
});
