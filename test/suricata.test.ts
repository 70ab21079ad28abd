/** `--eve` holds at least the SIP records that Suricata writes of the same capture, each with more in it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shared, tool } from './peers.ts';
import { keysOf, ownEve, suricataEve } from './suricata.ts';

const suricata = tool('suricata', 'apt-get install suricata');
const CAPTURES = [
  'captures/tools/svcrack.pcap',
  'captures/tools/svmap.pcap',
  'captures/Magum23__mtaa-sip/ringing.pcapng',
  'captures/MichalCab__ISA/sip.pcap',
  'captures/MaryLS__Laborator09/sip.pcap',
  'captures/NormB__sipnab/tests/pcap-samples/SIP_DTMF2.cap',
];

for (const name of CAPTURES) {
  const { skip, path } = shared(name);
  test(`${name}: every SIP record of Suricata is among ours`, { skip: skip || suricata.skip }, async (t) => {
    const [own, theirs] = [await ownEve(path), suricataEve(path)];
    t.diagnostic(`ours ${own.length}, Suricata's ${theirs.length}`);
    assert.ok(theirs.length > 0 && own.length >= theirs.length);
    const have = keysOf(own);
    for (const [key, n] of keysOf(theirs)) assert.ok((have.get(key) ?? 0) >= n, key);
    const uris = new Map(own.map(({ pcap_cnt: frame, sip }) => [frame, sip.uri]));
    for (const { pcap_cnt: frame, sip } of theirs) if (frame !== undefined) assert.equal(uris.get(frame), sip.uri);
    for (const { sip } of own) {
      const { from, to, call_id: callId, method, code } = sip;
      assert.ok(typeof callId === 'string' && callId !== '' && (method ?? code) !== undefined);
      for (const party of [from, to]) assert.match(JSON.stringify(party), /"uri":"[^"]+/);
    }
  });
}
