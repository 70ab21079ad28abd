/**
 * Torture messages of RFC 4475 and RFC 5118 that the shared captures lack, written anew after their descriptions: the same
 * peculiarity in a message of our own, not the same bytes.
 */
import { lines, raw, request } from './messages.ts';

const long = (word: string, times: number): string => word.repeat(times);

/** By the name the RFC gives them. */
export const REBUILT: Readonly<Record<string, Uint8Array>> = {
  // RFC 4475 §3.1.1.2: every character the grammar allows, in method, URI, display name, header name and value.
  intmeth: raw(
    lines(
      "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
      "Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~",
      'To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <sip:1_unusual.URI~(to-be!sure)&isn\'t+it$/crazy?,/;;*@example.com>',
      "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"\xd1\x80\xd0\xb0\";tag=_token~1'+`*%!-.",
      'Call-ID: intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{',
      "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~",
      'Max-Forwards: 255',
      "extensionHeader-!.%*_+`'~:\xef\xbb\xbf\xe5\xa4\xa7\xe5\x81\x9c\xe9\x9b\xbb",
      'Content-Length: 0',
      '',
    ),
  ),
  // §3.1.1.5: a percent sign that escapes nothing, in the method and in a display name.
  esc02: raw(
    request({ To: '"%Z%45" <sip:resource@example.com>', CSeq: '29344 RE%47IST%45R' }, 'RE%47IST%45R sip:registrar.example.com SIP/2.0'),
  ),
  // §3.1.1.7: long names and values.
  longreq: raw(
    request({
      To: `"I have a user name of ${long('extreme', 10)} proportion" <sip:user@example.com:6000;unknownparam1=very${long('long', 20)}value;${long('longparam', 25)}name=shortvalue>`,
      From: `sip:${long('amazinglylongcallername', 5)}@example.net;tag=12${long('982', 50)}424;${long('unknownheaderparam', 16)}name=unknowheaderparamvalue`,
      'Call-ID': `longreq.one${long('really', 20)}longcallid${long('long', 50)}`,
      [`Unknown-${long('Long', 20)}-Name`]: `unknown-${long('long', 20)}-value; unknown-param=x`,
      Via: `SIP/2.0/TCP sip33.example.com;branch=z9hG4bK${long('verylong', 40)}`,
      Contact: `<sip:${long('amazinglylongcallername', 5)}@host5.example.net>`,
    }),
  ),
  // §3.1.1.8: a REGISTER, and an INVITE behind it in the same datagram.
  dblreq: raw(
    request({ 'Call-ID': 'dblreq.0ha0isndaksdj99sdfafnl3lk233412' }, 'REGISTER sip:example.com SIP/2.0') +
      request({}, 'INVITE sip:joe@example.com SIP/2.0'),
  ),
  // §3.1.1.11: a multipart body with bytes that are no text.
  mpart01: raw(
    request(
      { 'Content-Type': 'multipart/mixed;boundary=7a9cbec02ceef655' },
      'MESSAGE sip:kumiko@example.org SIP/2.0',
      '--7a9cbec02ceef655\r\nContent-Type: text/plain\r\n\r\nHello\r\n--7a9cbec02ceef655\r\nContent-Type: application/octet-stream\r\n\r\n0\x82\x01R\x06\x09*\x86H\x86\xf7\r\n\x01\x00\r\n--7a9cbec02ceef655--\r\n',
    ),
  ),
  // §3.1.2.1
  badinv01: raw(
    request({
      Via: 'SIP/2.0/UDP 192.0.2.15;;,;,,',
      Contact: '"Joe" <sip:joe@example.org>;;;;',
    }),
  ),
  // §3.1.2.2
  clerr: raw(request({ 'Content-Type': 'application/sdp', 'Content-Length': '9999' }, 'INVITE sip:user@example.com SIP/2.0', 'v=0\r\n')),
  // §3.1.2.3
  ncl: raw(request({ 'Content-Type': 'application/sdp', 'Content-Length': '-999' }, 'INVITE sip:user@example.com SIP/2.0', 'v=0\r\n')),
  // §3.1.2.4
  scalar02: raw(
    request(
      {
        CSeq: '36893488147419103232 REGISTER',
        'Max-Forwards': '300',
        Expires: '10000000000000000000000000000000000',
        Contact: '<sip:user@host129.example.com>;expires=280297596632815',
      },
      'REGISTER sip:example.com SIP/2.0',
    ),
  ),
  // §3.1.2.5
  scalarlg: raw(
    request(
      {
        CSeq: '9292394834772304023312 OPTIONS',
        'Retry-After': '949302838503028349304023988',
        Warning: '1812 overture "In Progress"',
        'Max-Forwards': undefined,
        Contact: undefined,
      },
      'SIP/2.0 503 Service Unavailable',
    ),
  ),
  // §3.1.2.6
  quotbal: raw(request({ To: '"Mr. J. User <sip:j.user@example.com>' }, 'INVITE sip:user@example.com SIP/2.0')),
  // §3.1.2.9
  lwsstart: raw(request({}, 'INVITE  sip:user@example.com  SIP/2.0')),
  // §3.1.2.11
  escruri: raw(request({}, 'INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0')),
  // §3.1.2.16
  badvers: raw(request({ Via: 'SIP/7.0/UDP c.example.com;branch=z9hG4bKkdjuw' }, 'OPTIONS sip:t.watson@example.org SIP/7.0')),
  // §3.1.2.18
  mismatch02: raw(request({ CSeq: '8 INVITE' }, 'NEWMETHOD sip:user@example.com SIP/2.0')),
  // §3.1.2.19
  bigcode: raw(
    request({ CSeq: '353494 OPTIONS', 'Max-Forwards': undefined, Contact: undefined }, 'SIP/2.0 4294967301 better not break the receiver'),
  ),
  // §3.3.8
  multi01: raw(
    `${lines(
      'INVITE sip:user@company.com SIP/2.0',
      'Contact: <sip:caller@host25.example.net>',
      'Via: SIP/2.0/UDP 192.0.2.25;branch=z9hG4bKkdjuw',
      'Max-Forwards: 70',
      'CSeq: 5 INVITE',
      'Call-ID: multi01.98asdh@192.0.2.1',
      'CSeq: 59 INVITE',
      'Call-ID: multi01.98asdh@192.0.2.2',
      'From: <sip:caller@example.com>;tag=3413415',
      'To: sip:user@example.com',
      'To: sip:other@example.net',
      'From: <sip:caller@example.net>;tag=2923420123',
      'Content-Type: application/sdp',
      'Content-Length: 5',
      'Contact: <sip:caller@host36.example.net>',
      'Max-Forwards: 5',
      '',
    )}v=0\r\n`,
  ),
  // §3.3.9
  mcl01: raw(
    `${lines(
      'OPTIONS sip:user@example.com SIP/2.0',
      'Via: SIP/2.0/UDP host5.example.net;branch=z9hG4bK293423',
      'To: sip:user@example.com',
      'From: sip:other@example.net;tag=3923942',
      'Call-ID: mcl01.fhn2323orihawfdoa3o4r52o3irsdf',
      'CSeq: 15932 OPTIONS',
      'Content-Length: 13',
      'Max-Forwards: 60',
      'Content-Length: 5',
      'Content-Type: text/plain',
      '',
    )}There's no way to know how many octets are supposed to be here.`,
  ),
  // §3.3.10
  bcast: raw(
    lines(
      'SIP/2.0 200 OK',
      'Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923',
      'Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23',
      'Call-ID: bcast.0384840201234ksdfak3j2erwedfsASdf',
      'CSeq: 35 INVITE',
      'From: sip:user@example.com;tag=11141343',
      'To: sip:user@example.edu;tag=2229',
      'Contact: <sip:user@host28.example.com>',
      'Content-Length: 0',
      '',
    ),
  ),
  // §3.4.1: a request as RFC 2543 allowed it.
  inv2543: raw(
    `${lines(
      'INVITE sip:UserB@example.com SIP/2.0',
      'Via: SIP/2.0/UDP iftgw.example.com',
      'From: <sip:+13035551111@ift.client.example.net;user=phone>',
      'Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>',
      'To: sip:+16505552222@ss1.example.net;user=phone',
      'Call-ID: inv2543.1717@ift.client.example.com',
      'CSeq: 56 INVITE',
      'Content-Type: application/sdp',
      '',
    )}v=0\r\no=faxgw1 2890844526 2890844526 IN IP4 c.example.com\r\n`,
  ),
  // RFC 5118 §4.3: the colon and what follows belong to the address.
  'port-ambiguous': raw(request({}, 'REGISTER sip:[2001:db8::10:5070] SIP/2.0')),
  // §4.5: received without brackets.
  'via-received-param-no-delim': raw(
    request({ Via: 'SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3' }, 'BYE sip:user@[2001:db8::10] SIP/2.0'),
  ),
  // §4.9: three colons, which the grammar of RFC 3261 allows by mistake.
  'ipv6-bug-abnf-3-colons': raw(request({}, 'OPTIONS sip:user@[2001:db8:::192.0.2.1] SIP/2.0')),
  // §4.7: addresses of both families in one message.
  'mult-ip-in-header': raw(
    lines(
      'BYE sip:user@host.example.net SIP/2.0',
      'Via: SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111',
      'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144',
      'Via: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200',
      'Call-ID: 997077@lab1.east.example.com',
      'Max-Forwards: 70',
      'CSeq: 89187 BYE',
      'To: sip:user@example.net;tag=9817--94',
      'From: sip:user@example.com;tag=81x2',
      'Content-Length: 0',
      '',
    ),
  ),
  // §4.10: an IPv4-mapped address in the SDP is a matter of the body.
  'ipv4-mapped-ipv6': raw(request({}, 'INVITE sip:user@example.com SIP/2.0', 'v=0\r\nc=IN IP6 ::ffff:192.0.2.10\r\n')),
};
