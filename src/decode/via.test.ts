import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { oddities, read, request, str } from '../../test/messages.ts';

/** transport, host, port, branch, received, rport of the topmost Via, how many there are, and the oddities. */
function parts(value: string): string {
  const m = read(request({ Via: value }));
  const { transport, host, port, branch, received, rport } = m.via;
  const text = (span: typeof host): string => (span.start < 0 ? '-' : str(m, span));
  const odd = m.oddityCount > 0 ? ` (${oddities(m).join(', ')})` : '';
  return `${text(transport)} ${text(host)} ${port} ${text(branch)} ${text(received)} ${rport} x${m.viaCount}${odd}`;
}

describe('Via', () => {
  const cases: Record<string, string> = {
    'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1': 'UDP 192.0.2.1 -1 z9hG4bK1 - -1 x1',
    'SIP/2.0/TCP h.example.com:5070;rport;branch=z9hG4bK1': 'TCP h.example.com 5070 z9hG4bK1 - 0 x1',
    'SIP/2.0/UDP h;received=192.0.2.9;rport=5061;branch=z9hG4bK1;x=y': 'UDP h -1 z9hG4bK1 192.0.2.9 5061 x1',
    'sip/2.0/tls [2001:db8::1]:5061 ;branch=Z9HG4BK1': 'tls [2001:db8::1] 5061 Z9HG4BK1 - -1 x1',
    'SIP / 2.0 / WSS h ; branch = z9hG4bK1 ; hidden': 'WSS h -1 z9hG4bK1 - -1 x1',
    'SIP/2.0/UDP h : 5060;branch=z9hG4bK1': 'UDP h 5060 z9hG4bK1 - -1 x1',
    'SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/UDP b;branch=z9hG4bK2,SIP/2.0/UDP c;x="a,b"': 'UDP a -1 z9hG4bK1 - -1 x3',
    'SIP/2.0/UDP h;branch=z9hG4bK1;branch=z9hG4bK2': 'UDP h -1 z9hG4bK1 - -1 x1',
    'SIP/2.0/UDP h;RPORT=x;branch=z9hG4bK1': 'UDP h -1 z9hG4bK1 - 0 x1',
    'SIP/2.0/UDP h;rport=70000;branch=z9hG4bK1': 'UDP h -1 z9hG4bK1 - 0 x1',
    'SIP/2.0/UDP h;rport=99999999;branch=z9hG4bK1': 'UDP h -1 z9hG4bK1 - 0 x1',
    'SIP/2.0/UDP h;branch': 'UDP h -1  - -1 x1 (branch-empty)',
    'SIP/2.0/UDP h;branch=': 'UDP h -1  - -1 x1 (parameter-empty, branch-empty)',
    'SIP/2.0/UDP h;branch=abc': 'UDP h -1 abc - -1 x1 (branch-no-cookie)',
    'SIP/2.0/UDP h:x;branch=z9hG4bK1': 'UDP h -2 z9hG4bK1 - -1 x1 (uri-port-bad)',
    'SIP/2.0/UDP 2001:db8::1;branch=z9hG4bK1': 'UDP 2001 -2 z9hG4bK1 - -1 x1 (ipv6-unbracketed)',
    'SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1': 'UDP 255.255.255.255 -1 z9hG4bK1 - -1 x1 (via-broadcast)',
    'SIP/2.0/UDP 255.1.1.1:5;branch=z9hG4bK1': 'UDP 255.1.1.1 5 z9hG4bK1 - -1 x1',
    'SIP/2.0/UDP ;branch=z9hG4bK1': 'UDP - -1 z9hG4bK1 - -1 x1 (via-bad)',
    'SIP/2.0 UDP h;branch=z9hG4bK1': '- - -1 z9hG4bK1 - -1 x1 (via-bad)',
    'SIP//UDP h;branch=z9hG4bK1': '- - -1 z9hG4bK1 - -1 x1 (via-bad)',
    '192.0.2.1': '- - -1 - - -1 x1 (via-bad, branch-missing)',
    'SIX/2.0/UDP h;branch=z9hG4bK1': 'UDP h -1 z9hG4bK1 - -1 x1 (via-version)',
    'SIPS/2.0/UDP h;branch=z9hG4bK1': 'UDP h -1 z9hG4bK1 - -1 x1 (via-version)',
    'SIP/2.0/UDP h!;branch=z9hG4bK1': 'UDP h! -1 z9hG4bK1 - -1 x1 (uri-host-bad)',
    'SIP/2.0/UDP h;branch=z9hG4bK1,, ': 'UDP h -1 z9hG4bK1 - -1 x1 (value-empty, value-empty)',
    'SIP/2.0/UDP h;branch=z9hG4bK1,"x': 'UDP h -1 z9hG4bK1 - -1 x2 (quote-unterminated)',
  };
  for (const [value, expected] of Object.entries(cases)) test(value, () => assert.equal(parts(value), expected));
});

test('all lines count', () => {
  const m = read(request({ v: 'SIP/2.0/UDP b;branch=z9hG4bK2, SIP/2.0/UDP c;branch=z9hG4bK3' }));
  assert.equal(m.viaCount, 3);
  assert.equal(str(m, m.via.branch), 'z9hG4bK776asdhds');
});
