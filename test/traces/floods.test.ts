/** Floods and busy hours, written message by message: what the whole engine says of them under the rules that come with it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadConfig } from '../../src/config.ts';
import { loadRules } from '../../src/correlate/load.ts';
import { Pipeline } from '../../src/pipeline.ts';
import type { Alert } from '../../src/types.ts';
import { challenge, credentials, type Place, packetOf, request, response, type Wording } from '../talk.ts';

const SERVER = '198.51.100.1:5060';
const ATTACKER = '192.0.2.66:5060';
const loaded = loadConfig();

/** An hour at a server; times in seconds. */
class Hour {
  readonly #pipeline: Pipeline;
  #now = 1_700_000_000_000_000;
  #n = 0;

  constructor() {
    assert.ok('config' in loaded);
    const { config } = loaded;
    const { rules } = loadRules(config.rules, { profile: config.profile });
    this.#pipeline = new Pipeline({ config, rules, boot: 1, sinks: { events: false, calls: false } });
  }

  send(payload: string, src: Place, dst: Place): void {
    this.#pipeline.handle(packetOf(payload, this.#now, src, dst, ++this.#n));
  }

  wait(seconds: number): void {
    this.#now += seconds * 1e6;
  }

  /** A request nobody else uses the transaction of. */
  ask(method: string, src: Place, w: Wording = {}): Wording {
    const n = this.#n;
    const wording = { branch: `z9hG4bK-${n}`, callId: `c${n}`, fromTag: `f${n}`, ...w };
    this.send(request(method, wording), src, SERVER);
    return wording;
  }

  reply(status: number, method: string, dst: Place, w: Wording): void {
    this.send(response(status, method, w), SERVER, dst);
  }

  /** Signs in as phones do. */
  register(phone: Place, user: string): void {
    const bare = this.ask('REGISTER', phone, { user });
    this.wait(0.01);
    this.reply(401, 'REGISTER', phone, { ...bare, headers: [challenge(`n-${user}`)] });
    this.wait(0.01);
    const signed = this.ask('REGISTER', phone, { ...bare, branch: `${bare.branch}-2`, cseq: 2, headers: [credentials(`n-${user}`, user)] });
    this.wait(0.01);
    this.reply(200, 'REGISTER', phone, { ...signed, headers: [`Contact: <sip:${user}@${phone}>;expires=3600`] });
  }

  /** What was told by the end: rule, subject, target. */
  end(): string[][] {
    this.wait(5);
    this.#pipeline.handle({ kind: 'tick', time: this.#now, last: true });
    this.#pipeline.command({ kind: 'finish' });
    const last = new Map(this.#pipeline.drain().alerts.map((alert: Alert) => [alert.id, alert]));
    return [...last.values()].map(({ rule, subject, target }) => [rule, subject.value, target.value]).sort();
  }
}

function times(n: number, what: (i: number) => void): void {
  for (let i = 0; i < n; i++) what(i);
}

function address(i: number): Place {
  return `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}:5060`;
}

describe('floods', () => {
  test('one INVITE a second that hangs at the proxy (S0-68)', () => {
    const hour = new Hour();
    times(60, () => {
      const w = hour.ask('INVITE', ATTACKER, { host: 'no-such-name.example' });
      hour.reply(100, 'INVITE', ATTACKER, w);
      hour.wait(1);
    });
    hour.wait(33);
    assert.deepEqual(hour.end(), [['flood-unproven', '', '198.51.100.1']]);
  });

  test('a thousand INVITEs of forged sources for one user, refused, never acknowledged', () => {
    const hour = new Hour();
    times(1000, (i) => {
      const phone = address(i * 7919);
      const w = hour.ask('INVITE', phone, { user: 'bob', fromUser: `u${i}` });
      hour.reply(486, 'INVITE', phone, w);
      hour.wait(0.005);
    });
    assert.deepEqual(hour.end(), [['flood-target', '', '198.51.100.1']]);
  });

  test('REGISTERs whose challenges are never met (S0-62)', () => {
    const hour = new Hour();
    times(1000, (i) => {
      const w = hour.ask('REGISTER', ATTACKER);
      hour.reply(401, 'REGISTER', ATTACKER, { ...w, headers: [challenge(`n${i}`)] });
      hour.wait(0.02);
    });
    assert.deepEqual(hour.end(), [['flood-unproven', '', '198.51.100.1']]);
  });

  test('random datagrams at the SIP port (S0-55)', () => {
    const hour = new Hour();
    hour.register('192.0.2.9:5060', 'alice');
    times(5000, (i) => {
      hour.send(`\u0001\u0002 ${i} xxxxxxxxxxxxxxxxxxxxxx`, address(i), SERVER);
      hour.wait(0.001);
    });
    assert.deepEqual(hour.end(), [['udp-flood', '', '198.51.100.1']]);
  });

  test('answers of forty servers to one who did not ask (S2-34)', () => {
    const hour = new Hour();
    times(400, (i) => {
      hour.send(
        response(401, 'INVITE', { branch: `z9hG4bK-${i}`, callId: `c${i}`, user: `u${i % 7}` }),
        `203.0.113.${i % 40}:5060`,
        '192.0.2.9:5060',
      );
      hour.wait(0.02);
    });
    const told = hour.end().filter(([rule]) => rule === 'reflection');
    assert.deepEqual(told, [['reflection', '', '192.0.2.9']]);
  });
});

describe('busy hours', () => {
  test('two thousand phones sign in after a power cut, thirty of them behind each address', () => {
    const hour = new Hour();
    times(2000, (i) => hour.register(address(Math.floor(i / 30)), `u${i}`));
    assert.deepEqual(hour.end(), []);
  });

  test('a server in trouble: phones repeat what it does not answer', () => {
    const hour = new Hour();
    times(300, (i) => hour.register(address(i), `u${i}`));
    const asked: [Place, Wording][] = [];
    times(300, (i) => asked.push([address(i), hour.ask('REGISTER', address(i), { user: `u${i}` })]));
    for (const pause of [0.5, 1, 2]) {
      hour.wait(pause);
      for (const [phone, w] of asked) hour.send(request('REGISTER', w), phone, SERVER);
    }
    assert.deepEqual(hour.end(), []);
  });

  test('a load test: ten calls a second to one user, all of them completed', () => {
    const hour = new Hour();
    times(600, () => {
      const w = hour.ask('INVITE', ATTACKER, { user: 'service' });
      hour.reply(180, 'INVITE', ATTACKER, w);
      hour.reply(200, 'INVITE', ATTACKER, w);
      hour.send(request('ACK', { ...w, branch: `${w.branch}-ack`, toTag: 't1' }), ATTACKER, SERVER);
      const bye = { ...w, branch: `${w.branch}-bye`, cseq: 2, toTag: 't1' };
      hour.send(request('BYE', bye), ATTACKER, SERVER);
      hour.reply(200, 'BYE', ATTACKER, bye);
      hour.wait(0.1);
    });
    assert.deepEqual(hour.end(), []);
  });

  test('a proxy pings two thousand phones behind one address; one in ten is dead', () => {
    const hour = new Hour();
    times(2000, (i) => {
      const phone = `192.0.2.9:${20_000 + i}`;
      const w = { branch: `z9hG4bK-${i}`, callId: `p${i}`, user: `u${i}` };
      hour.send(request('OPTIONS', w), SERVER, phone);
      if (i % 10 !== 0) hour.send(response(200, 'OPTIONS', w), phone, SERVER);
      hour.wait(0.015);
    });
    assert.deepEqual(hour.end(), []);
  });
});
