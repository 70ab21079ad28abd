import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Conversation } from '../../test/conversation.ts';
import { request, type Wording } from '../../test/talk.ts';
import { readKnownClients } from '../knowndna.ts';
import { Clients } from './clients.ts';

const SERVER = '198.51.100.1:5060';
const { known, faults } = readKnownClients(
  `version: 1
clients:
  - { name: a tool, kind: attack, purpose: scan, sure: true, about: made up, marks: [{ method: OPTIONS, cseq: "7" }] }
  - { name: a monitor, kind: monitor, purpose: none, sure: true, about: made up, marks: [{ method: OPTIONS, cseq: "8" }] }
`,
  'test',
);

/** Clients that send requests outside of dialogs. */
class Meetings extends Conversation {
  readonly clients = new Clients(4096, { k0: 1, k1: 2 }, known);
  #n = 0;

  /** True if the request shows something new of its client. */
  meet(client: string, w: Wording & { method?: string; server?: string } = {}): boolean {
    const n = ++this.#n;
    const text = request(w.method ?? 'OPTIONS', { branch: `z9hG4bK${n}`, callId: `c${n}`, ...w });
    return this.clients.meet(this.send(text, `${client}:5060`, w.server ?? SERVER), this.now);
  }

  /** Name of who was met last. */
  get who(): string {
    return this.clients.known?.name ?? '';
  }
}

test('the test knows two programs', () => {
  assert.deepEqual(faults, []);
  assert.equal(known.length, 2);
});

test('a client is met once for each way to write, wherever it sends to, and again after an hour', () => {
  const t = new Meetings();
  assert.ok(t.meet('192.0.2.1'));
  assert.ok(!t.meet('192.0.2.1'));
  assert.ok(t.meet('192.0.2.1', { method: 'REGISTER' }));
  assert.ok(t.meet('192.0.2.1', { headers: ['Supported: replaces'] }));
  assert.ok(!t.meet('192.0.2.1'), 'the last two are remembered, the third is looked up');
  assert.ok(!t.meet('192.0.2.1', { server: '198.51.100.2:5060' }));
  assert.ok(t.meet('192.0.2.2'), 'another client');
  t.wait(3601);
  assert.ok(t.meet('192.0.2.1'));
});

test('it says who it is', () => {
  const t = new Meetings();
  assert.ok(t.meet('192.0.2.1', { cseq: 7 }));
  assert.equal(t.who, 'a tool');
  assert.ok(t.meet('192.0.2.2', { cseq: 8 }));
  assert.equal(t.who, 'a monitor');
  assert.ok(t.meet('192.0.2.3', { cseq: 9 }));
  assert.equal(t.who, '');
  assert.ok(t.meet('192.0.2.4', { cseq: 7 }));
  assert.equal(t.who, 'a tool');
  assert.equal(t.clients.owners.inserted, 3, 'each DNA is compared once');
});

test('a request that a proxy forwards is the proxy’s writing, and says nothing', () => {
  const t = new Meetings();
  assert.ok(!t.meet('192.0.2.1', { headers: ['Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKx'] }));
});

test('of what many write alike only every 64th is read, but for attack tools', () => {
  const t = new Meetings();
  const read = (from: number, count: number, w: Wording): number => {
    let n = 0;
    for (let i = from; i < from + count; i++) if (t.meet(`192.0.${i >> 8}.${i & 255}`, w)) n++;
    return n;
  };
  assert.equal(read(0, 32, { cseq: 9 }), 32);
  assert.equal(read(32, 160, { cseq: 9 }), 2);
  assert.equal(read(192, 64, { cseq: 7, headers: ['Supported: a'] }), 64, 'a tool is read each time');
  const late = read(256, 64, { cseq: 7 });
  assert.ok(late >= 49, `${late} of 64: after the first of them all`);
});

test('the count of requests that write alike never overflows', () => {
  const t = new Meetings();
  const o = t.send(request('OPTIONS'), '192.0.2.1:5060', SERVER);
  const client = Uint8Array.from(o.client);
  let met = 0;
  for (let i = 0; i < 70_000; i++) {
    // Each time another client that is new to the server.
    client.set([i >> 16, i >> 8, i], 13);
    Object.assign(o, { client });
    Object.assign(o.relation ?? {}, { sketch: 0, sketchBefore: 0 });
    if (t.clients.meet(o, t.now + i * 1000)) met++;
  }
  assert.ok(met > 1100 && met < 1150, `${met} were read, one of 64`);
});

const NAMES = ['Supported', 'Accept', 'Subject', 'Organization', 'Timestamp', 'Date', 'Allow', 'Privacy'];

/** 256 different choices of headers. */
function headersOf(n: number): string[] {
  return NAMES.filter((_, bit) => ((n >> bit) & 1) === 1).map((name) => `${name}: a`);
}

test('at most 1,024 are read a second', () => {
  const t = new Meetings();
  const start = t.now;
  let met = 0;
  for (let i = 0; i < 1500; i++) {
    t.now = start;
    if (t.meet(`192.0.${i >> 8}.${i & 255}`, { headers: headersOf(i & 255) })) met++;
  }
  assert.equal(met, 1024);
  t.wait(1);
  assert.ok(t.meet('203.0.113.250', { headers: ['Event: a'] }), 'the next second has its own ration');
});

test('at most 128 that nobody has seen are compared a second; those left out are compared when they come again', () => {
  const t = new Meetings();
  const start = t.now;
  const recognised = (first: number): number => {
    let n = 0;
    for (let i = 0; i < 200; i++) {
      t.now = start;
      if (t.meet(`192.0.${first}.${i}`, { cseq: 7, headers: headersOf(i) }) && t.who !== '') n++;
    }
    return n;
  };
  assert.equal(recognised(2), 128);
  assert.equal(t.clients.owners.inserted, 128);
  t.wait(1);
  assert.equal(t.meet('192.0.3.1', { cseq: 7, headers: headersOf(199) }) && t.who, 'a tool');
});
