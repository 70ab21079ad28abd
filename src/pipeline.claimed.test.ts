/** The whole engine with a scan over UDP: its source is blamed only if something shows that it hears the answers. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { challenge, credentials, packetOf, request, response } from '../test/talk.ts';
import { parseConfig } from './config.ts';
import { loadRules } from './correlate/load.ts';
import { Pipeline } from './pipeline.ts';
import type { Alert, Transport } from './types.ts';

const SCANNER = '203.0.113.66:5071';
const SERVER = '198.51.100.9:5060';

/** An engine with the standard rules. */
class Scan {
  readonly #pipeline: Pipeline;
  #now = 1_767_225_600e6;
  #frame = 0;
  #n = 0;

  constructor() {
    const loaded = parseConfig('', 'c.yaml');
    assert.ok('config' in loaded);
    const { rules } = loadRules(loaded.config.rules, { profile: 'default' });
    this.#pipeline = new Pipeline({ config: loaded.config, rules, boot: 1, sinks: { events: false, calls: false } });
  }

  send(text: string, src: string, dst: string, transport: Transport = 'udp'): void {
    this.#now += 50_000;
    this.#pipeline.handle({ ...packetOf(text, this.#now, src, dst, ++this.#frame), transport });
  }

  /** Asks for another user and is told 404, with a To tag `tag`; `after`: what the scanner sends then, if anything. */
  ask(method: string, { tag = 't1', ack = '', transport = 'udp' as Transport, server = SERVER, seen = true } = {}): this {
    const n = ++this.#n;
    const w = { user: `${100 + n}`, callId: `c${n}`, fromTag: `f${n}`, branch: `z9hG4bK-${n}` };
    if (seen) this.send(request(method, w), SCANNER, server, transport);
    this.send(response(404, method, { ...w, toTag: tag }), server, SCANNER, transport);
    if (ack !== '') this.send(request('ACK', { ...w, toTag: ack }), SCANNER, server, transport);
    return this;
  }

  /** Each extension scan that was told: target and how sure the address is. */
  told(): string[] {
    this.#pipeline.command({ kind: 'finish' });
    const { alerts } = this.#pipeline.drain();
    const last = new Map(alerts.map((alert) => [alert.id, alert])).values();
    return [...last].filter(({ rule }) => rule === 'extension-scan').map((alert: Alert) => `${alert.subject.value} ${alert.attributed}`);
  }

  times(count: number, one: (scan: this, n: number) => void): this {
    for (let n = 0; n < count; n++) one(this, n);
    return this;
  }
}

describe('a scan of one server', () => {
  test('by INVITE, each answer acknowledged with its tag: nobody else could', () => {
    assert.deepEqual(new Scan().times(20, (scan) => scan.ask('INVITE', { ack: 't1' })).told(), ['203.0.113.66 packet']);
  });

  test('acknowledged with the right tag in a transaction of its own, as SIPVicious does', () => {
    const scan = new Scan().times(20, (each, n) => {
      each.ask('INVITE');
      each.send(
        request('ACK', { user: `${101 + n}`, callId: `c${n + 1}`, fromTag: `f${n + 1}`, toTag: 't1', branch: `z9hG4bK-own${n}` }),
        SCANNER,
        SERVER,
      );
    });
    assert.deepEqual(scan.told(), ['203.0.113.66 packet']);
  });

  test('acknowledged with tags that no answer had: it hears nothing', () => {
    assert.deepEqual(new Scan().times(20, (scan) => scan.ask('INVITE', { ack: 'guessed' })).told(), ['203.0.113.66 claimed']);
  });

  test('never acknowledged, or with REGISTER, of which nothing follows', () => {
    for (const method of ['INVITE', 'REGISTER'])
      assert.deepEqual(new Scan().times(20, (scan) => scan.ask(method)).told(), ['203.0.113.66 claimed'], method);
  });

  test('by INVITE, never acknowledged, of many servers: rather the victim of a reflection', () => {
    const scan = new Scan().times(120, (each, n) => each.ask('INVITE', { server: `198.51.100.${10 + (n % 8)}:5060` }));
    assert.deepEqual(scan.told(), []);
  });

  test('over TCP: the connection came about', () => {
    assert.deepEqual(new Scan().times(20, (scan) => scan.ask('REGISTER', { transport: 'tcp' })).told(), ['203.0.113.66 packet']);
  });

  test('with a challenge met now and then', () => {
    const guess = (scan: Scan, n: number): void => {
      const w = { user: 'eve', callId: `g${n}`, fromTag: `g${n}` };
      scan.send(request('REGISTER', { ...w, branch: `z9hG4bKa${n}` }), SCANNER, SERVER);
      scan.send(response(401, 'REGISTER', { ...w, branch: `z9hG4bKa${n}`, headers: [challenge(`n${n}`)] }), SERVER, SCANNER);
      const again = { ...w, branch: `z9hG4bKb${n}`, cseq: 2 };
      scan.send(request('REGISTER', { ...again, headers: [credentials(`n${n}`, 'eve')] }), SCANNER, SERVER);
      scan.send(response(403, 'REGISTER', again), SERVER, SCANNER);
    };
    const scan = new Scan().times(20, (each, n) => {
      each.ask('REGISTER');
      if (n % 3 === 0) guess(each, n);
    });
    assert.deepEqual(scan.told(), ['203.0.113.66 packet']);
  });
});

describe('answers alone', () => {
  test('of one server: a scan whose requests are not seen', () => {
    assert.deepEqual(new Scan().times(20, (scan) => scan.ask('REGISTER', { seen: false })).told(), ['203.0.113.66 claimed']);
  });

  test('of many servers: rather a reflection', () => {
    const scan = new Scan().times(120, (each, n) => each.ask('REGISTER', { seen: false, server: `198.51.100.${10 + (n % 8)}:5060` }));
    assert.deepEqual(scan.told(), []);
  });
});
