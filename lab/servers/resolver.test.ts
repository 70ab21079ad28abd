import assert from 'node:assert/strict';
import { Resolver as Client } from 'node:dns/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { readQuestion } from './dns.ts';
import { loopbackSegment } from './loopback.ts';
import { startResolver } from './resolver.ts';

const ZONE = { domain: 'voice.corp.example', proxy: { address: '192.0.2.7', port: 5070 } };

test('the site is found by address, service and pointer; others do not exist; slow names are never answered', async () => {
  const resolver = await startResolver(loopbackSegment('site'), '127.0.53.1', ZONE, 15353);
  const client = new Client({ timeout: 200, tries: 1 });
  client.setServers(['127.0.53.1:15353']);
  assert.deepEqual(await client.resolve4(ZONE.domain), ['192.0.2.7']);
  assert.deepEqual(await client.resolve4(`PROXY.${ZONE.domain}`), ['192.0.2.7']);
  const [service] = await client.resolveSrv(`_sip._udp.${ZONE.domain}`);
  assert.deepEqual([service?.name, service?.port], [`proxy.${ZONE.domain}`, 5070]);
  const [pointer] = await client.resolveNaptr(ZONE.domain);
  assert.deepEqual([pointer?.service, pointer?.flags, pointer?.replacement], ['SIP+D2U', 's', `_sip._udp.${ZONE.domain}`]);
  await assert.rejects(client.resolve4('elsewhere.example'), { code: 'ENOTFOUND' });
  await assert.rejects(client.resolveMx(ZONE.domain), { code: 'ENODATA' });
  await assert.rejects(client.resolve4('a1.slow.invalid'), { code: 'ETIMEOUT' });
  client.cancel();
  await resolver.stop();
  assert.deepEqual(new Set(resolver.queries.map(({ answer }) => answer)), new Set(['records', 'unknown name', 'none', 'silence']));
});

test('whatever comes, reading a question neither throws nor reads on for ever', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const question = readQuestion(bytes);
      assert.ok(question === undefined || question.section.length <= bytes.length);
    }),
  );
});
