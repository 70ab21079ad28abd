import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../random.ts';
import { readSdp, writeFaxSdp, writeSdp } from './sdp.ts';
import { drawMakers } from './shape.ts';

const what = {
  media: { address: '10.1.2.3', port: 4000 },
  payloadTypes: [8, 0],
  direction: 'sendonly',
  session: '1',
  version: 2,
  dtmf: 101,
  comfortNoise: true,
} as const;

test('what any maker writes is read alike', () => {
  for (const maker of drawMakers(seeded(4), 60)) {
    const { sdp } = maker(seeded(5));
    const described = readSdp(writeSdp(what, sdp));
    assert.ok(described);
    assert.deepEqual(described.media, what.media);
    assert.deepEqual(described.payloadTypes, [8, 0, 13, 101]);
    assert.equal(described.direction, 'sendonly');
    assert.equal(described.dtmf, 101);
    assert.equal(described.kind, 'audio');
    const fax = readSdp(writeFaxSdp(what, sdp));
    assert.equal(fax?.kind, 'image');
    assert.deepEqual(fax?.media, what.media);
  }
});

test('a connection line of the media goes before that of the session; without media there is nothing', () => {
  const body = 'v=0\r\nc=IN IP4 1.1.1.1\r\nm=audio 9 RTP/AVP 0\r\nc=IN IP4 2.2.2.2\r\n';
  assert.equal(readSdp(body)?.media.address, '2.2.2.2');
  assert.equal(readSdp(body)?.direction, 'sendrecv');
  assert.equal(readSdp('v=0\r\n'), undefined);
});
