import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Conversation, ROOMY } from '../../../test/conversation.ts';
import { challenge, credentials, type Place, packetOf, request, response, type Wording } from '../../../test/talk.ts';
import { createMessage, parseSip } from '../../decode/sip.ts';
import { Tracker } from '../tracker.ts';
import {
  ABANDONED,
  ACKS,
  BEGUN,
  CHALLENGED,
  COMPLETED,
  FAILED,
  FINISHED,
  FOLLOWED,
  HANGING,
  LOAD_KINDS,
  LOAD_METHODS,
  type LoadFacts,
  REFUSED,
  RINGING,
  SILENT,
  UNACKNOWLEDGED,
} from './loads.ts';

const PHONE = '192.0.2.9:5060';
const SERVER = '198.51.100.1:5060';

/** Traffic and what the loads say of it. */
class Traffic extends Conversation {
  noise(payload: Uint8Array | string, dst = SERVER, transport: 'udp' | 'tcp' = 'udp'): void {
    this.now += 1000;
    this.tracker.rates.noise({ ...packetOf(payload, this.now, PHONE, dst), transport }, this.now);
  }

  ask(method: string, i: number, w: Wording = {}, phone: Place = PHONE): void {
    this.send(request(method, { branch: `z9hG4bK-${method}-${i}`, callId: `c${i}`, ...w }), phone, SERVER);
  }

  reply(status: number, method: string, i: number, w: Wording = {}, phone: Place = PHONE): void {
    this.send(response(status, method, { branch: `z9hG4bK-${method}-${i}`, callId: `c${i}`, ...w }), SERVER, phone);
  }

  ack(i: number): void {
    this.send(request('ACK', { branch: `z9hG4bK-INVITE-${i}`, callId: `c${i}`, toTag: 't1' }), PHONE, SERVER);
  }

  /** What the row of that kind says of a method. */
  facts(kind: (typeof LOAD_KINDS)[number], method: (typeof LOAD_METHODS)[number] = 'INVITE'): LoadFacts | undefined {
    const { loads } = this.tracker.rates;
    let found: LoadFacts | undefined;
    loads.table.each(this.now, (load, slot) => {
      if (LOAD_KINDS[load.kind] === kind) found = loads.facts(slot, LOAD_METHODS.indexOf(method), this.now);
    });
    return found;
  }

  sum(kind: (typeof LOAD_KINDS)[number], metric: number, method: (typeof LOAD_METHODS)[number] = 'INVITE'): number {
    return this.facts(kind, method)?.sums[metric] ?? -1;
  }
}

function times(n: number, what: (i: number) => void): void {
  for (let i = 0; i < n; i++) what(i);
}

describe('who gets a row', () => {
  test('eight requests within a minute, by pair, target and account', () => {
    const t = new Traffic();
    times(7, (i) => t.ask('INVITE', i));
    assert.equal(t.tracker.rates.loads.table.inserted, 0);
    t.ask('INVITE', 7);
    assert.deepEqual(
      (['source', 'target', 'account'] as const).map((kind) => t.sum(kind, BEGUN)),
      [8, 8, 8],
      'all of them counted',
    );
    assert.equal(t.facts('account')?.account, 'alice@example.com');
    assert.deepEqual(t.facts('source')?.src.slice(12), Uint8Array.of(192, 0, 2, 9, 19, 196));
    t.ask('INVITE', 8);
    assert.equal(t.sum('source', BEGUN), 9);
  });

  test('seven a minute do not', () => {
    const t = new Traffic();
    times(21, (i) => {
      t.ask('OPTIONS', i);
      t.wait(9);
    });
    assert.equal(t.facts('source'), undefined);
  });

  test('a thousand forged sources make a row of their target and nothing else', () => {
    const t = new Traffic();
    times(1000, (i) => t.ask('REGISTER', i, { user: `u${i}` }, `10.0.${i >> 8}.${i & 255}:5060`));
    assert.equal(t.tracker.rates.loads.table.inserted, 1);
    assert.equal(t.sum('target', BEGUN, 'REGISTER'), 1000);
    t.wait(5);
    const facts = t.facts('target', 'REGISTER');
    assert.equal(facts?.sums[SILENT], 993, 'all that came after the row was made');
    assert.ok((facts?.different ?? 0) > 600 && (facts?.different ?? 0) < 1400, `sources ${facts?.different}`);
  });
});

describe('how it ends', () => {
  test('a call that is answered and acknowledged is finished', () => {
    const t = new Traffic();
    times(20, (i) => {
      t.ask('INVITE', i);
      t.reply(100, 'INVITE', i);
      t.reply(180, 'INVITE', i);
      t.reply(200, 'INVITE', i);
      t.send(request('ACK', { branch: `z9hG4bK-ack-${i}`, callId: `c${i}`, toTag: 't1' }), PHONE, SERVER);
    });
    t.wait(40);
    assert.equal(t.facts('source')?.unfinished, 0);
    assert.deepEqual([t.sum('target', COMPLETED), t.sum('target', FINISHED), t.sum('source', FOLLOWED)], [13, 13, 13]);
  });

  test('a refused call without ACK is not, one with ACK is', () => {
    const t = new Traffic();
    times(28, (i) => {
      t.ask('INVITE', i);
      t.reply(i % 2 === 0 ? 404 : 503, 'INVITE', i);
      if (i >= 18) t.ack(i);
    });
    assert.equal(t.sum('source', UNACKNOWLEDGED), 0, 'not before 2 s are over');
    t.wait(3);
    assert.equal(t.sum('source', UNACKNOWLEDGED), 18, 'those from before the row was made too');
    assert.equal(t.sum('source', FINISHED), 10);
    assert.equal(t.sum('source', REFUSED) + t.sum('source', FAILED), 21);
  });

  test('at the end of the input half a second is enough', () => {
    const t = new Traffic();
    times(20, (i) => {
      t.ask('INVITE', i);
      t.reply(486, 'INVITE', i);
    });
    t.finish(0.6);
    assert.equal(t.sum('source', UNACKNOWLEDGED), 20);
  });

  test('a 2xx that is sent three times lacks its ACK (RFC 3261 §13.3.1.4)', () => {
    const t = new Traffic();
    times(20, (i) => {
      t.ask('INVITE', i);
      times(i % 2 === 0 ? 3 : 2, () => t.reply(200, 'INVITE', i));
    });
    assert.equal(t.sum('source', UNACKNOWLEDGED), 6);
  });

  test('one that asks many servers for the same account is one source of it, ten that do so are ten', () => {
    const sources = (clients: number): number => {
      const t = new Traffic();
      times(120, (i) => {
        const client: Place = `192.0.2.${1 + (i % clients)}:5060`;
        t.send(request('INVITE', { branch: `z9hG4bK-${i}`, callId: `c${i}` }), client, `203.0.113.${1 + i}:5060`);
      });
      t.wait(5);
      assert.equal(t.sum('account', SILENT), 113);
      return t.facts('account')?.different ?? -1;
    };
    assert.equal(sources(1), 1);
    const ten = sources(10);
    assert.ok(ten > 7 && ten < 13, `${ten}`);
  });

  test('INVITEs that hang at 100 or ring, until they go on', () => {
    const t = new Traffic();
    times(20, (i) => {
      t.ask('INVITE', i);
      t.reply(100, 'INVITE', i);
      if (i < 9) t.reply(183, 'INVITE', i);
    });
    t.wait(3);
    assert.deepEqual([t.sum('account', HANGING), t.sum('account', RINGING)], [0, 0], 'not before 4 s are over');
    t.wait(2);
    assert.deepEqual([t.facts('account')?.hanging, t.facts('source')?.ringing], [11, 9]);
    assert.equal(t.facts('target')?.unfinished, 11, "what rings is nobody's fault");
    t.reply(100, 'INVITE', 10);
    times(2, () => t.reply(180, 'INVITE', 10));
    t.reply(183, 'INVITE', 3);
    assert.deepEqual([t.facts('source')?.hanging, t.facts('source')?.ringing], [10, 10], 'one that hung rings');
    t.reply(200, 'INVITE', 10);
    t.reply(486, 'INVITE', 11);
    t.reply(200, 'INVITE', 3);
    assert.deepEqual([t.facts('account')?.hanging, t.facts('target')?.ringing], [9, 8], 'both have ended');
    t.wait(70);
    times(9, (i) => t.reply(200, 'INVITE', i));
    assert.equal(t.facts('source')?.ringing, 0, 'what ends after a minute does not count below zero');
  });

  test('the target behind a source', () => {
    const t = new Traffic();
    times(40, (i) => {
      const phone: Place = i < 20 ? PHONE : `10.0.0.${i}:5060`;
      t.ask('INVITE', i, {}, phone);
      t.reply(486, 'INVITE', i, {}, phone);
    });
    t.wait(3);
    const facts = t.facts('source');
    assert.equal(facts?.targetUnfinished, 40);
    assert.ok((facts?.targetSources ?? 0) > 15 && (facts?.targetSources ?? 0) < 27, `${facts?.targetSources}`);
    assert.equal(t.facts('target')?.targetSources, 0);
  });

  test('ACKs are counted apart from credentials', () => {
    const t = new Traffic();
    times(20, (i) => {
      t.ask('INVITE', i, { headers: [credentials(`n${i}`)] });
      t.reply(486, 'INVITE', i);
      if (i >= 15) t.ack(i);
    });
    assert.deepEqual([t.sum('source', FOLLOWED), t.sum('source', ACKS), t.sum('target', ACKS)], [18, 5, 5]);
  });

  test('challenges: abandoned, or met by credentials', () => {
    const t = new Traffic();
    times(20, (i) => {
      t.ask('REGISTER', i);
      t.reply(401, 'REGISTER', i, { headers: [challenge(`n${i}`)] });
      if (i < 15) return;
      t.ask('REGISTER', i, { branch: `z9hG4bK-again-${i}`, headers: [credentials(`n${i}`)] });
      t.reply(200, 'REGISTER', i, { branch: `z9hG4bK-again-${i}` });
    });
    t.wait(3);
    assert.equal(t.sum('source', ABANDONED, 'REGISTER'), 15, 'those of the first eight requests too: the row was there by then');
    assert.equal(t.sum('source', FOLLOWED, 'REGISTER'), 5);
    assert.equal(t.sum('source', FINISHED, 'REGISTER'), 5);
    assert.equal(t.sum('source', CHALLENGED, 'REGISTER'), 13);
    assert.equal(t.sum('account', BEGUN, 'REGISTER'), 20, 'who sends credentials is not counted by account');
  });

  test('nobody answers: who sends again is a client in trouble, who does not only sends', () => {
    const t = new Traffic();
    times(20, (i) => {
      t.ask('REGISTER', i);
      if (i % 2 === 0) t.ask('REGISTER', i);
    });
    times(10, (i) => t.send(request('OPTIONS', { branch: `z9hG4bK-tcp-${i}`, callId: `t${i}` }), PHONE, SERVER, 'tcp'));
    t.wait(5);
    assert.equal(t.sum('source', SILENT, 'REGISTER'), 10);
    assert.equal(t.sum('source', SILENT, 'OPTIONS'), 0, 'over TCP nothing is sent again');
  });
});

describe('INVITEs for one domain after the other', () => {
  /** INVITEs for domains that the server, which answers others, says nothing to. */
  function stall(domains: readonly string[], again = false): Traffic {
    const t = new Traffic();
    t.ask('OPTIONS', 1, {}, '192.0.2.50:5060');
    t.reply(200, 'OPTIONS', 1, {}, '192.0.2.50:5060');
    domains.forEach((host, i) => {
      t.ask('INVITE', i, { host });
      if (again) t.ask('INVITE', i, { host });
      t.wait(1.1);
    });
    return t;
  }

  function told(t: Traffic): number[][] {
    const { table } = t.tracker.rates.stalls;
    const list: number[][] = [];
    table.each(t.now, (s) => list.push([s.domains, s.requests]));
    return list;
  }

  test('are told from the second domain on', () => {
    const t = stall(['a.test', 'a.test', 'b.test', 'c.test', 'b.test']);
    assert.deepEqual(told(t), [[3, 5]]);
    assert.equal(t.tracker.rates.stalls.risen.length, 2);
    const { src, dst } = t.tracker.rates.stalls.endpoints(t.tracker.rates.stalls.risen[0]!);
    assert.deepEqual([src.slice(12, 16), dst.slice(12, 16)], [Uint8Array.of(192, 0, 2, 9), Uint8Array.of(198, 51, 100, 1)]);
  });

  test('no more than sixteen are told apart, and a minute later all begins anew', () => {
    const names = Array.from({ length: 40 }, (_, i) => `d${i}.test`);
    const t = stall(names);
    assert.deepEqual(told(t), [[16, 40]]);
    t.wait(18);
    t.ask('INVITE', 100, { host: 'z.test' });
    t.wait(2);
    assert.deepEqual(told(t), [[1, 1]]);
  });

  test('not if they are repeated or answered, nor where no answer of the server is seen', () => {
    assert.deepEqual(told(stall(['a.test', 'b.test', 'c.test'], true)), []);
    const t = new Traffic();
    times(5, (i) => t.ask('INVITE', i, { host: `d${i}.test` }));
    t.wait(2);
    assert.deepEqual(told(t), []);
  });
});

describe('payloads that are no SIP', () => {
  test('count at UDP ports where SIP is spoken', () => {
    const t = new Traffic();
    t.ask('OPTIONS', 1);
    times(20, () => t.noise('random bytes'));
    assert.equal(t.sum('noise', BEGUN), 13);
  });

  test('but not keep-alives, nor at other ports, nor over TCP', () => {
    const t = new Traffic();
    t.ask('OPTIONS', 1);
    times(20, () => {
      t.noise('\r\n\r\n');
      t.noise('random bytes', '198.51.100.1:53');
      t.noise('random bytes', SERVER, 'tcp');
    });
    assert.equal(t.facts('noise'), undefined);
    t.wait(70);
    times(8, () => t.noise(Uint8Array.from({ length: 20 }, () => 0xff)));
    assert.equal(t.sum('noise', BEGUN), 1, 'the filter begins anew each minute');
  });
});

describe('answers to one that did not ask', () => {
  test('are counted with the servers they come from', () => {
    const t = new Traffic();
    times(60, (i) =>
      t.send(
        response(i % 2 === 0 ? 404 : 200, i % 4 === 1 ? 'REGISTER' : 'OPTIONS', { branch: `z9hG4bK-${i}` }),
        `203.0.113.${i}:5060`,
        PHONE,
      ),
    );
    const facts = t.facts('answers');
    assert.equal(facts?.sums[BEGUN], 53);
    assert.equal(facts?.sums[COMPLETED], 13, '2xx to OPTIONS proves nothing');
    assert.equal(facts?.sums[FOLLOWED], 0);
    assert.ok((facts?.different ?? 0) > 30, `${facts?.different}`);
  });

  test('a 2xx to INVITE shows nothing where the address is seen to serve others', () => {
    const t = new Traffic();
    const forged = (from: number): void =>
      times(20, (i) => t.send(response(200, 'INVITE', { branch: `z9hG4bK-forged-${from + i}` }), `203.0.113.${i}:5060`, SERVER));
    forged(0);
    assert.equal(t.sum('answers', COMPLETED), 13, 'the sensor may see one direction only');
    t.ask('OPTIONS', 1);
    t.reply(200, 'OPTIONS', 1);
    forged(100);
    assert.deepEqual([t.sum('answers', BEGUN), t.sum('answers', COMPLETED)], [33, 13]);
  });

  test('answers to INVITEs in the name of one that does not acknowledge them', () => {
    const t = new Traffic();
    times(20, (i) => {
      const server: Place = `203.0.113.${i}:5060`;
      const w = { branch: `z9hG4bK-${i}`, callId: `c${i}` };
      t.send(request('INVITE', w), PHONE, server);
      t.send(response(404, 'INVITE', w), server, PHONE);
      if (i < 4) t.send(request('ACK', { ...w, toTag: 't1' }), PHONE, server);
    });
    t.wait(3);
    const unwanted = t.tracker.rates.unwanted(packetOf('', 0, PHONE, SERVER).src, t.now);
    assert.equal(unwanted.answers, 9);
    assert.deepEqual(t.tracker.rates.unwanted(packetOf('', 0, SERVER, PHONE).src, t.now), { answers: 0, servers: 0 });
    const facts = t.facts('answers');
    assert.equal(unwanted.servers, facts?.different);
    assert.equal(facts?.sums[BEGUN], 9, 'sixteen, seven before the row was made');
    assert.ok((facts?.different ?? 0) > 5, `${facts?.different}`);
  });

  test('a server that others are seen to ask tells reflection from one-sided sight', () => {
    const t = new Traffic();
    t.ask('OPTIONS', 1, {}, '192.0.2.50:5060');
    t.reply(200, 'OPTIONS', 1, {}, '192.0.2.50:5060');
    times(20, (i) => t.reply(401, 'INVITE', 100 + i));
    assert.equal(t.sum('answers', FOLLOWED), 13);
    t.wait(61);
    times(20, (i) => t.reply(401, 'INVITE', 200 + i));
    assert.equal(t.sum('answers', FOLLOWED), 13, 'a minute later the first ones have left the window, and eight are needed again');
  });
});

test('nothing is kept if nobody wants to hear of loads', () => {
  const message = createMessage();
  const tracker = new Tracker(ROOMY, { k0: 5, k1: 6 }, message, { calls: false, silence: false });
  for (let i = 0; i < 50; i++) {
    const packet = packetOf(request('INVITE', { branch: `z9hG4bK-${i}`, callId: `c${i}` }), 1_700_000_000_000_000 + i, PHONE, SERVER, i);
    assert.ok(parseSip(message, packet.bytes, 0, packet.end));
    tracker.observe(packet, message, packet.time);
  }
  assert.equal(tracker.rates.loads.table.inserted, 0);
});
