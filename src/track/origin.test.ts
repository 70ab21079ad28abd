import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { challenge, credentials, type Place, packetOf, request, response, type Wording } from '../../test/talk.ts';
import { addressText, portOf } from '../bytes.ts';
import { parseConfig } from '../config.ts';
import { createMessage, parseSip } from '../decode/sip.ts';
import { type Network, parseNetwork } from '../network.ts';
import { ATTRIBUTIONS, type HepInfo } from '../types.ts';
import { FAILED, NONE, type Observation } from './observation.ts';
import { Tracker } from './tracker.ts';

const ATTACKER = '203.0.113.66:5071';
const PROXY = '198.51.100.5:5060';
const REGISTRAR = '198.51.100.9:5060';

/** One Via value. */
function via(place: string, branch: string, more = ''): string {
  return `Via: SIP/2.0/UDP ${place};branch=${branch}${more}`;
}

class Talk {
  readonly message = createMessage();
  readonly tracker: Tracker;
  now = 1_000_000_000;

  constructor(...proxies: string[]) {
    const networks = proxies.map(parseNetwork).filter((network): network is Network => network !== undefined);
    const standard = parseConfig('', '');
    assert.ok('config' in standard);
    this.tracker = new Tracker(standard.config.tables, { k0: 1, k1: 2 }, this.message, { calls: true, silence: true }, networks);
  }

  /** Sends a message under the Via lines given, topmost first. */
  send(text: string, vias: readonly string[], src: Place, dst: Place, hep?: HepInfo): Observation {
    this.now += 10_000;
    const worded = text.replace(/^Via: .*$/m, vias.join('\r\n'));
    const packet = { ...packetOf(worded, this.now, src, dst), hep };
    assert.ok(parseSip(this.message, packet.bytes, 0, packet.end), 'the test speaks SIP');
    return this.tracker.observe(packet, this.message, this.now);
  }

  ask(method: string, vias: readonly string[], src: Place, dst: Place, w: Wording = {}): Observation {
    return this.send(request(method, w), vias, src, dst);
  }
}

function told({ client, attributed, copy }: Observation): string {
  return `${addressText(client)}:${portOf(client)} ${ATTRIBUTIONS[attributed]}${copy ? ' copy' : ''}`;
}

const BELOW = via('203.0.113.66:5071', 'z9hG4bKa');
const PROXYS = via('198.51.100.5', 'z9hG4bKp');

describe('without a word of the config', () => {
  test('the packet names the client, and a private Via behind a public address tells of a NAT', () => {
    const talk = new Talk();
    assert.equal(told(talk.ask('OPTIONS', [BELOW], ATTACKER, PROXY)), '203.0.113.66:5071 packet');
    for (const inside of ['10.0.0.7', '172.16.3.3:5062', '192.168.1.2', '100.64.0.1', '169.254.1.1', '127.0.0.1', '[fd00::1]', '[fe80::1]'])
      assert.equal(told(talk.ask('OPTIONS', [via(inside, `z9hG4bK${inside}`)], ATTACKER, PROXY)), '203.0.113.66:5071 nat', inside);
    for (const outside of ['172.32.0.1', '192.169.0.1', '100.128.0.1', 'phone.example', '[2001:db8::1]'])
      assert.equal(told(talk.ask('OPTIONS', [via(outside, `z9hG4bK${outside}`)], ATTACKER, PROXY)), '203.0.113.66:5071 packet', outside);
    assert.equal(told(talk.ask('OPTIONS', [via('192.168.1.2', 'z9hG4bKin')], '10.1.1.1:5060', PROXY)), '10.1.1.1:5060 packet');
  });

  test('what a capture agent says is told as that', () => {
    const hep = {
      version: 3,
      captureId: 1,
      arrival: 1,
      bytes: new Uint8Array(0),
      node: { start: 0, end: 0 },
      correlation: { start: -1, end: -1 },
    };
    assert.equal(told(new Talk().send(request('OPTIONS'), [BELOW], ATTACKER, PROXY, hep)), '203.0.113.66:5071 hep');
  });

  test('a Via beneath is not believed: anyone can write it', () => {
    const talk = new Talk();
    assert.equal(told(talk.ask('OPTIONS', [PROXYS, BELOW], PROXY, REGISTRAR)), '198.51.100.5:5060 relayed');
  });

  test('a request that was seen on its way to the proxy keeps its origin, over two proxies too, and counts once', () => {
    const talk = new Talk();
    const second = '198.51.100.6:5060';
    const first = talk.ask('REGISTER', [BELOW], ATTACKER, PROXY);
    assert.equal(told(first), '203.0.113.66:5071 packet');
    assert.equal(first.stranger, true);
    const hop = talk.ask('REGISTER', [PROXYS, `${BELOW};received=192.0.2.200`], PROXY, second);
    assert.equal(told(hop), '203.0.113.66:5071 witnessed copy');
    assert.equal(hop.stranger, false);
    const vias = [via('198.51.100.6', 'z9hG4bKq'), PROXYS, BELOW];
    assert.equal(told(talk.ask('REGISTER', vias, second, REGISTRAR)), '203.0.113.66:5071 witnessed copy');
    assert.equal(told(talk.ask('REGISTER', vias, second, REGISTRAR)), '203.0.113.66:5071 witnessed copy', 'a repetition');
    const answer = talk.send(response(404, 'REGISTER'), vias, REGISTRAR, second);
    assert.equal(told(answer), '203.0.113.66:5071 witnessed copy');
    assert.deepEqual([answer.outcome, answer.probed], [NONE, false]);
    const last = talk.send(response(404, 'REGISTER'), [BELOW], PROXY, ATTACKER);
    assert.deepEqual([told(last), last.probed], ['203.0.113.66:5071 packet', true]);
  });

  test('another user, other credentials, another hop or a time too late make another request', () => {
    const talk = new Talk();
    const asked = { user: 'alice', headers: [credentials('n1')] };
    talk.ask('REGISTER', [BELOW], ATTACKER, PROXY, asked);
    const copyOf = (n: number, src: Place, w: Wording) =>
      told(talk.ask('REGISTER', [via('198.51.100.5', `z9hG4bKp${n}`), BELOW], src, REGISTRAR, w));
    assert.match(copyOf(1, PROXY, { ...asked, user: 'bob' }), / relayed$/);
    assert.match(copyOf(2, PROXY, { ...asked, headers: [credentials('n2')] }), / relayed$/);
    assert.match(copyOf(3, '198.51.100.6:5060', asked), / relayed$/);
    assert.match(copyOf(4, PROXY, { ...asked, cseq: 2 }), / relayed$/);
    assert.match(copyOf(5, PROXY, { ...asked, callId: 'other' }), / relayed$/);
    assert.match(copyOf(6, PROXY, { ...asked, headers: [] }), / witnessed copy$/, 'the proxy took the credentials for itself');
    talk.now += 6_000_000;
    assert.match(copyOf(7, PROXY, asked), / relayed$/);
  });

  /** Requests of the attacker through a proxy to the registrar, each refused there; how the proxy answers is said. Attributions of the copies. */
  function partners(n: number, copies: readonly number[], answer: (i: number) => number): string[] {
    const talk = new Talk();
    return Array.from({ length: n }, (_, i) => {
      const w = { callId: `c${i}`, user: `u${i}` };
      const below = via('203.0.113.66', `z9hG4bKa${i}`);
      talk.ask('REGISTER', [below], ATTACKER, PROXY, w);
      const forks = copies.map((status, fork) => {
        const vias = [via('198.51.100.5', `z9hG4bKp${i}-${fork}`), below];
        const how = told(talk.ask('REGISTER', vias, PROXY, REGISTRAR, w));
        talk.send(response(status, 'REGISTER', w), vias, REGISTRAR, PROXY);
        return how;
      });
      if (answer(i) > 0) talk.send(response(answer(i), 'REGISTER', w), [below], PROXY, ATTACKER);
      return forks.at(-1)!;
    });
  }
  const witnessed = (list: readonly string[]): number => list.filter((how) => how.endsWith(' copy')).length;

  test('a proxy that passes refusals on is believed for ever', () => {
    assert.equal(witnessed(partners(100, [401], () => 401)), 100);
    assert.equal(witnessed(partners(100, [404], () => 403)), 100, 'in other words');
    assert.equal(witnessed(partners(100, [404, 200], () => 200)), 100, 'one of two branches said yes');
    assert.equal(witnessed(partners(100, [486], () => 0)), 100, 'busy is no refusal');
    assert.equal(witnessed(partners(100, [401], (i) => (i % 20 === 0 ? 0 : 401))), 100, 'some answers are lost');
  });

  test('one that keeps them to itself, or says yes instead, is named himself', () => {
    assert.equal(witnessed(partners(100, [401], () => 0)), 9);
    assert.equal(witnessed(partners(100, [404], () => 200)), 9);
  });

  test('one request is taken for the origin of sixteen forks, not of any number', () => {
    const talk = new Talk();
    talk.ask('INVITE', [BELOW], ATTACKER, PROXY);
    const forks = Array.from({ length: 20 }, (_, n) =>
      told(talk.ask('INVITE', [via('198.51.100.5', `z9hG4bKf${n}`), BELOW], PROXY, REGISTRAR)),
    );
    assert.equal(forks.filter((fork) => fork.endsWith(' copy')).length, 16);
  });

  test('a second Via that is none changes nothing', () => {
    const talk = new Talk();
    assert.equal(told(talk.ask('OPTIONS', [PROXYS, 'Via: ,', 'Via: ;;'], PROXY, REGISTRAR)), '198.51.100.5:5060 relayed');
    assert.equal(told(talk.ask('INVITE', [PROXYS, 'Via: nonsense'], PROXY, REGISTRAR)), '198.51.100.5:5060 relayed');
  });
});

describe('behind a trusted proxy', () => {
  const behind = (...vias: string[]): string => told(new Talk('198.51.100.0/29').ask('OPTIONS', [PROXYS, ...vias], PROXY, REGISTRAR));

  test('received and rport name the client, else the sent-by', () => {
    assert.equal(behind(via('10.0.0.7', 'z9hG4bKa', ';rport=40001;received=203.0.113.66')), '203.0.113.66:40001 via');
    assert.equal(behind(via('203.0.113.66:5071', 'z9hG4bKa', ';rport')), '203.0.113.66:5071 via');
    assert.equal(behind(via('203.0.113.66', 'z9hG4bKa')), '203.0.113.66:5060 via');
    assert.equal(behind(via('[2001:db8::66]:5070', 'z9hG4bKa')), '2001:db8::66:5070 via');
    assert.equal(behind(via('x.example', 'z9hG4bKa', ';received=[2001:db8::67]')), '2001:db8::67:5060 via');
  });

  test('the walk goes on over trusted hops and stops at the first other one', () => {
    const inner = via('198.51.100.6', 'z9hG4bKi');
    assert.equal(behind(inner, BELOW, via('192.0.2.200', 'z9hG4bKforged')), '203.0.113.66:5071 via');
    assert.equal(behind(BELOW, inner), '203.0.113.66:5071 via');
  });

  test('where it does not say, its own address is all there is', () => {
    assert.equal(behind(), '198.51.100.5:5060 unknown');
    assert.equal(behind(via('phone.example', 'z9hG4bKa')), '198.51.100.5:5060 unknown');
    assert.equal(behind(via('203.0.113.66', 'z9hG4bKa', ';received=nowhere')), '198.51.100.5:5060 unknown');
    const chain = Array.from({ length: 40 }, (_, n) => via('198.51.100.6', `z9hG4bKc${n}`));
    assert.equal(behind(...chain, BELOW), '198.51.100.5:5060 unknown', 'an endless chain is given up');
  });

  test('two received: one was there before the proxy wrote, so none is believed', () => {
    assert.equal(behind(via('203.0.113.66', 'z9hG4bKa', ';received=203.0.113.66;received=192.0.2.200')), '198.51.100.5:5060 unknown');
    // Of a proxy that writes its own first, the last one is the client's.
    for (const own of [';received =192.0.2.200', '; Received\t= 192.0.2.200'])
      assert.equal(behind(via('203.0.113.66', 'z9hG4bKa', `;received=203.0.113.66${own}`)), '198.51.100.5:5060 unknown', own);
  });

  test('the record of a call names who called, also where the call is seen again without its Via', () => {
    const talk = new Talk('198.51.100.5');
    talk.ask('INVITE', [PROXYS, BELOW], PROXY, REGISTRAR);
    talk.ask('INVITE', [via('198.51.100.9', 'z9hG4bKr')], REGISTRAR, '198.51.100.20:5060');
    const no = (): void => {};
    talk.tracker.finish(talk.now, { unanswered: no, abandoned: no, contacted: no, dialog: no, forged: no, stray: no, lone: no, media: no });
    assert.deepEqual(
      talk.tracker.calls.over.map(({ src, dst }) => [src, dst]),
      [['203.0.113.66', '198.51.100.9']],
    );
  });

  test('refusals count for who is behind the proxy, not for the proxy', () => {
    const talk = new Talk('198.51.100.5');
    const guess = (n: number, host: string): Observation => {
      const vias = [via('198.51.100.5', `z9hG4bKp${n}`), via(host, `z9hG4bKa${n}`)];
      const w = { cseq: n, callId: `c${host}`, headers: [credentials('n1')] };
      assert.equal(talk.ask('REGISTER', vias, PROXY, REGISTRAR, w).attributed, 1);
      return talk.send(response(401, 'REGISTER', { ...w, headers: [challenge('n1')] }), vias, REGISTRAR, PROXY);
    };
    guess(1, '203.0.113.66');
    const second = guess(2, '203.0.113.66');
    assert.equal(told(second), '203.0.113.66:5060 via');
    assert.deepEqual([second.outcome, second.attempt?.refusals], [FAILED, 1]);
    assert.notEqual(guess(3, '203.0.113.67').outcome, FAILED, 'the first refusal of another client over a nonce nobody saw');
  });
});
