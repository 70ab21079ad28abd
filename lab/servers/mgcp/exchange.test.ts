import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { test } from 'node:test';
import fc from 'fast-check';
import { seeded } from '../../random.ts';
import { loopbackSegment } from '../loopback.ts';
import { Exchange } from './exchange.ts';
import { type MgcpMessage, readMgcp, writeMgcp } from './message.ts';

test('lines call and are called, either side hangs up, and media flows meanwhile', async () => {
  await withExchange(async (exchange) => {
    const [line = ''] = exchange.gateway.endpoints;
    for (const direction of ['out', 'in'] as const) {
      for (const ends of ['line', 'far'] as const) {
        const call = exchange.call(line, { direction, ends, talk: 0.3, number: '+49 123 456' });
        assert.equal(await exchange.call(line, { direction, ends, talk: 0.1 }), false);
        const connection = await appears(exchange);
        assert.equal(await call, true);
        assert.ok((connection.media.stream?.packets ?? 0) > 3, 'the line was heard');
        assert.ok(connection.media.received > 3, 'the far end was heard');
        assert.equal(exchange.gateway.connections.size, 0);
        assert.equal(exchange.agent.calls.size, 0);
      }
    }
  });
});

test('a malicious gateway and its far end talk on after the release, and say so', async () => {
  await withExchange(async (exchange) => {
    const sent: string[] = [];
    exchange.gateway.afterRelease = { seconds: 0.3, sent: (_, src, dst) => void sent.push(`${src} ${dst}`) };
    const [line = ''] = exchange.gateway.endpoints;
    const call = exchange.call(line, { direction: 'out', ends: 'far', talk: 0.2 });
    const { media } = await appears(exchange);
    await call;
    await pause(300);
    const own = `${media.address}:${media.port}`;
    assert.ok(sent.some((pair) => pair.startsWith(`${own} `)) && sent.some((pair) => pair.endsWith(` ${own}`)), sent[0]);
    const before = sent.length;
    await pause(200);
    assert.equal(sent.length, before);
  });
});

test('lines are audited in turn until the audits end; strangers are not obeyed unless the gateway is careless', async () => {
  await withExchange(async (exchange) => {
    const { gateway, agent } = exchange;
    const audited: string[] = [];
    const { handler } = gateway.port;
    gateway.port.handler = (command, from) => {
      if (command.verb === 'AUEP') audited.push(command.endpoint);
      return handler(command, from);
    };
    agent.startAudits(gateway.endpoints.slice(0, 2));
    await pause(exchange.auditEvery * 1000 + 500);
    assert.deepEqual(new Set(audited.slice(0, 2)), new Set(gateway.endpoints.slice(0, 2)));
    agent.stopAudits();
    const { length } = audited;
    assert.equal(await ask(gateway.port, gateway.endpoints[0] ?? ''), undefined);
    gateway.obeysAgentAlone = false;
    const answer = await ask(gateway.port, gateway.endpoints[0] ?? '');
    assert.equal(answer?.code, 200);
    assert.deepEqual(
      answer?.lines.map(([name]) => name),
      ['I', 'A'],
    );
    gateway.answersAudits = false;
    assert.equal(await ask(gateway.port, gateway.endpoints[0] ?? ''), undefined);
    assert.equal(audited.length, length + 3);
  });
});

test('what is written is read again, and anything may come', () => {
  const command = { verb: 'CRCX', code: 0, transaction: 12, endpoint: 'aaln/1@gw', lines: [['C', 'A1']] as const, body: 'v=0\r\ns=-\r\n' };
  assert.deepEqual(readMgcp(writeMgcp(command)), command);
  const response = { ...command, verb: '', code: 250, endpoint: '', body: '' };
  assert.deepEqual(readMgcp(writeMgcp(response)), response);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => assert.ok((readMgcp(bytes)?.code ?? 0) < 1000)));
});

/** Audits a line as a stranger; the answer, or undefined after 200 ms. */
async function ask(port: { readonly address: string; readonly port: number }, endpoint: string): Promise<MgcpMessage | undefined> {
  const socket = createSocket('udp4');
  const command = {
    verb: 'AUEP',
    code: 0,
    transaction: Math.floor(Math.random() * 1e8) + 1,
    endpoint,
    lines: [['F', 'I, A']] as const,
    body: '',
  };
  const answer = new Promise<MgcpMessage | undefined>((resolve) => {
    socket.once('message', (bytes) => resolve(readMgcp(bytes)));
    setTimeout(() => resolve(undefined), 200);
  });
  socket.send(writeMgcp(command), port.port, port.address);
  const result = await answer;
  socket.close();
  return result;
}

async function appears(exchange: Exchange): Promise<NonNullable<ReturnType<Exchange['gateway']['connections']['get']>>> {
  for (let i = 0; i < 300; i++) {
    const [connection] = exchange.gateway.connections.values();
    if (connection) return connection;
    await pause(10);
  }
  throw new Error('no connection was made');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function withExchange(body: (exchange: Exchange) => Promise<void>): Promise<void> {
  const exchange = await Exchange.start({
    random: seeded(Math.floor(Math.random() * 1e6)),
    segment: loopbackSegment,
    lines: 3,
    auditEvery: 1,
  });
  try {
    await body(exchange);
  } finally {
    await exchange.stop();
  }
}
