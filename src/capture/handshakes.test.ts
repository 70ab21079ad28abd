import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { packetOf } from '../../test/talk.ts';
import { Handshakes } from './handshakes.ts';

const SERVER = '198.51.100.1:5060';
const SYN = 2;
const RST = 4;
const ACK = 16;
const START = 1_700_000_000_000_000;

/** A watch and its clock. */
class Port {
  readonly watch = new Handshakes({ k0: 1, k1: 2 });
  /** What was told: begun, open, aborted, completed. */
  readonly told: number[][] = [];
  sources = 0;
  seconds = 0;

  segment(flags: number, src: string, dst: string, tunnels = 0): void {
    const { watch } = this;
    if (!watch.take(packetOf('', START + this.seconds * 1e6, src, dst), tunnels, flags)) return;
    const { begun, open, aborted, completed, sources } = watch.counts;
    this.told.push([begun, open, aborted, completed]);
    this.sources = sources;
  }

  /** Clients that ask, one each hundredth of a second; `what` says what becomes of each. */
  ask(count: number, what: 'silence' | 'answer' | 'open' | 'abort' | 'refuse', server = SERVER, pause = 0.01): this {
    for (let n = 0; n < count; n++) {
      const client = `10.0.${n >> 8}.${n & 255}:${20_000 + (Math.floor(this.seconds * 1000) % 40_000)}`;
      this.segment(SYN, client, server);
      this.segment(SYN, client, server);
      if (what !== 'silence' && what !== 'refuse') this.segment(SYN | ACK, server, client);
      if (what === 'answer') this.segment(SYN | ACK, server, client);
      if (what === 'open') this.segment(ACK, client, server);
      if (what === 'abort') this.segment(RST, client, server);
      if (what === 'refuse') this.segment(RST | ACK, server, client);
      this.seconds += pause;
    }
    return this;
  }

  /** Time passes, and one more client connects. */
  wait(seconds: number): this {
    this.seconds += seconds;
    return this.ask(1, 'open');
  }
}

describe('connections that never come to be', () => {
  test('answered, and nobody comes back; told again when they have doubled', () => {
    const port = new Port().ask(100, 'answer').wait(9);
    assert.deepEqual(port.told, [[100, 100, 0, 0]]);
    assert.ok(Math.abs(port.sources - 100) < 30, String(port.sources));
    port.ask(20, 'answer').wait(9);
    assert.equal(port.told.length, 1, 'some more');
    port.ask(150, 'answer').wait(9);
    assert.deepEqual(port.told.slice(1), [[272, 270, 0, 2]]);
  });

  test('given up by the client', () => {
    assert.deepEqual(new Port().ask(40, 'abort').wait(9).told, [[40, 0, 40, 0]]);
  });

  test('told again a minute later if it goes on, and when it rises again', () => {
    const port = new Port();
    for (let n = 0; n < 30; n++) port.ask(10, 'answer').wait(3.9);
    assert.ok(port.told.length >= 3 && port.told.length <= 5, JSON.stringify(port.told));
    const before = port.told.length;
    port.wait(40).wait(40).wait(40);
    assert.equal(port.told.length, before);
    port.ask(64, 'answer').wait(9);
    assert.equal(port.told.length, before + 1);
  });

  test('a flood of which most is forgotten', () => {
    const port = new Port().ask(18_000, 'answer', SERVER, 0.0003).wait(9);
    assert.ok(port.told.at(-1)![1]! > 17_000, JSON.stringify(port.told));
  });

  test('where SIP over TCP was seen', () => {
    const port = new Port()
      .ask(64, 'answer', '198.51.100.1:5070')
      .ask(1, 'open', '198.51.100.1:5070', 9)
      .ask(1, 'open', '198.51.100.1:5070');
    assert.deepEqual(port.told, []);
    port.watch.spoken(packetOf('', START, '192.0.2.9:40000', '198.51.100.1:5070'));
    port.ask(64, 'answer', '198.51.100.1:5070').ask(1, 'open', '198.51.100.1:5070', 9).ask(1, 'open', '198.51.100.1:5070');
    assert.equal(port.told.length, 1);
  });
});

describe('what is no flood', () => {
  const none = (port: Port): void => assert.deepEqual(port.told, []);

  test('connections to a port from which a client spoke SIP', () => {
    const port = new Port();
    port.watch.spoken(packetOf('', START, '192.0.2.9:40000', '198.51.100.1:5070'));
    none(port.ask(64, 'answer', '198.51.100.7:40000').ask(1, 'open', '198.51.100.7:40000', 9).ask(1, 'open', '198.51.100.7:40000'));
  });

  test('connections that come to be, or are refused, or are not answered at all', () => {
    none(new Port().ask(200, 'open').wait(9));
    none(new Port().ask(200, 'refuse').wait(9));
    none(new Port().ask(200, 'silence').wait(9));
  });

  test('connections whose ACK is on its way', () => none(new Port().ask(500, 'answer', SERVER, 0.001).wait(2)));

  test('a few each minute', () => {
    const port = new Port();
    for (let n = 0; n < 20; n++) port.ask(2, 'answer').wait(10);
    none(port);
  });

  test('ACKs, answers and resets of nobody, and of another tunnel', () => {
    const port = new Port();
    port.segment(SYN, '10.0.0.1:4000', SERVER);
    port.segment(ACK, '10.0.0.1:4000', SERVER, 7);
    port.segment(SYN | ACK, SERVER, '10.0.0.2:4000');
    port.segment(RST, '10.0.0.2:4000', SERVER);
    port.segment(0, '10.0.0.1:4000', SERVER);
    none(port.wait(9));
  });

  test('what became of a SYN is known too late', () => {
    const port = new Port();
    port.segment(SYN, '10.9.9.9:4000', SERVER);
    port.wait(63);
    port.segment(SYN | ACK, SERVER, '10.9.9.9:4000');
    none(port.wait(9));
    const other = new Port();
    other.segment(SYN, '10.9.9.9:4000', SERVER);
    for (let n = 0; n < 6000; n++) other.segment(SYN, '10.1.1.1:4000', `10.2.${n >> 8}.${n & 255}:5060`);
    other.segment(SYN | ACK, SERVER, '10.9.9.9:4000');
    none(other.wait(9));
  });
});
