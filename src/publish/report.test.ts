import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { alert, at, findings, incident } from '../../test/alerts.ts';
import { HOSTILE, hasHarm } from '../../test/hostile.ts';
import { parseNetwork } from '../network.ts';
import { type AttackClass, CLASSES } from '../types.ts';
import type { Findings } from './findings.ts';
import { columns } from './neutral.ts';
import { report } from './report.ts';

const page = { width: 80, color: false };
const linesOf = async (f: Findings): Promise<string[]> => (await report(f, page)).split('\n');
/** The verdict: all up to the first empty line. */
const verdict = async (f: Findings): Promise<string> => (await report(f, page)).split('\n\n')[0]!.trim().replaceAll('\n', ' ');

const scan = alert({
  id: 's',
  title: 'Server scan',
  class: 'server-scan',
  stage: 'recon',
  level: 'warning',
  outcome: 'unknown',
  target: { kind: 'none', value: '' },
  first: at(0),
  last: at(1),
  count: 61,
  why: '61 addresses were contacted.',
});
const users = alert({
  id: 'u',
  title: 'Extension scan',
  class: 'extension-scan',
  stage: 'enumerate',
  level: 'warning',
  outcome: 'unknown',
  target: { kind: 'address', value: '192.0.2.10' },
  first: at(250),
  last: at(253),
});
const fallen = alert({
  id: 'g',
  outcome: 'succeeded',
  level: 'critical',
  first: at(570),
  last: at(572),
  count: 235,
  evidence: [
    { file: 'day.pcap', frame: 558, time: at(570), event: 'auth.failed' },
    { file: 'day.pcap', frame: 1034, time: at(572), event: 'auth.accepted' },
  ],
});
const story = findings({
  alerts: [scan, users, fallen],
  incidents: [incident([scan, users, fallen], { level: 'critical', accounts: ['1003@pbx.example'] })],
});

test('they got in: the verdict says who, how and which account, first of all', async () => {
  assert.match(await verdict(story), /^An attacker got in: 198\.51\.100\.7 guessed the password of 1003@pbx\.example\.$/);
});

test('the attacker with his stages in order of time, targets, accounts and where to look', async () => {
  const text = await report(story, page);
  const order = ['Server scan', 'Extension scan', 'Password guessing'].map((title) => text.indexOf(title));
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    order,
  );
  assert.match(text, /1 {2}198\.51\.100\.7 +critical, succeeded +08:00:00 to 08:09:32 \(9m 32s\)/);
  assert.match(text, /08:09:30 {2}passwords/);
  assert.match(text, /targets +61, among them 192\.0\.2\.10\n/);
  assert.match(text, /accounts at risk +1003@pbx\.example/);
  assert.match(text, /235 passwords tried \(never shown\)/);
  assert.match(text, /ringfence explain day\.pcap --packet 1034/);
});

test('look closer shows the proof of the worst alert, not what came last', async () => {
  const proof = { file: 'day.pcap', frame: 1034, time: at(572), event: 'auth.accepted' };
  const later = { file: 'day.pcap', frame: 2000, time: at(600), event: 'auth.failed' };
  const worst = { ...fallen, proof, evidence: [...fallen.evidence, later] };
  const scanAfter = { ...users, first: at(700), evidence: [{ ...later, frame: 3000 }] };
  const frameOf = async (alerts: readonly ReturnType<typeof alert>[]): Promise<string> =>
    /--packet (\d+)/.exec(await report(findings({ alerts, incidents: [incident(alerts)] }), page))?.[1] ?? '';
  assert.equal(await frameOf([worst, scanAfter]), '1034');
  // Without a proof, or one that is in no packet: the last of the evidence that is.
  assert.equal(await frameOf([{ ...worst, proof: { ...proof, frame: 0 } }, scanAfter]), '2000');
  assert.equal(await frameOf([{ ...worst, evidence: [] }, scanAfter]), '1034');
  assert.equal(await frameOf([alert({ evidence: [] }), scanAfter]), '3000');
  assert.equal(await frameOf([alert({ evidence: [] })]), '');
});

test('a scan of 61 has 61 targets, however few are named', async () => {
  const targets = Array.from({ length: 10 }, (_, i) => `192.0.2.${i + 1}`);
  const targetsOf = async (scans: readonly ReturnType<typeof alert>[], width = 200): Promise<string> =>
    /targets +(.*)/.exec(await report(findings({ alerts: scans, incidents: [incident(scans, { targets })] }), { ...page, width }))?.[1] ??
    '';
  assert.equal(await targetsOf([{ ...scan, count: 61 }]), `61, among them ${targets.slice(0, 8).join(', ')}`);
  // Not a count of targets: guesses at one server, and tries at one target.
  const eight = `${targets.slice(0, 8).join(', ')} and 2 more`;
  assert.equal(await targetsOf([alert({ count: 61 })]), eight);
  assert.equal(await targetsOf([{ ...scan, count: 61, target: { kind: 'server', value: '192.0.2.1' } }]), eight);
  assert.equal(await targetsOf([{ ...scan, count: 10 }]), eight);
});

test('what to do next: the account first, then the address, honestly', async () => {
  const text = (await report(story, page)).replaceAll(/\n +/g, ' ');
  const change = text.indexOf('Change the password of 1003@pbx.example now, then remove its registrations');
  const block = text.indexOf('Block 198.51.100.7 on the SIP ports');
  assert.ok(change > 0 && block > change);
  assert.match(text, /the next attack may come from another/);
  assert.match(text, /alwaysauthreject/);
});

test('an attempt that failed is not called a break-in', async () => {
  const failed = alert();
  assert.equal(
    await verdict(findings({ alerts: [failed], incidents: [incident([failed])] })),
    '198.51.100.7 guessed passwords of 1003@pbx.example, but was not seen to get in.',
  );
  const unsure = alert({ outcome: 'unknown' });
  assert.match(await verdict(findings({ alerts: [unsure], incidents: [incident([unsure])] })), /whether it worked cannot be told/);
});

test('a scan that found something is no break-in', async () => {
  const found = { ...users, outcome: 'succeeded' as const };
  const text = await verdict(findings({ alerts: [found], incidents: [incident([found])] }));
  assert.match(text, /found out which extensions exist at 192\.0\.2\.10, but was not seen to get in/);
});

test('a proxy is never to be blocked for whom it forwarded', async () => {
  for (const attributed of ['relayed', 'unknown'] as const) {
    const proxied = { ...scan, attributed };
    const text = (await linesOf(findings({ alerts: [proxied], incidents: [incident([proxied])] }))).join(' ').replace(/\s+/g, ' ');
    assert.match(text, /Find out whom 198\.51\.100\.7 forwarded for before you block anything/);
    assert.ok(!/Block 198|block 198/.test(text));
  }
});

test('an attacker in our own network is to be found, not blocked', async () => {
  const own = [parseNetwork('198.51.100.0/24')].filter((network) => network !== undefined);
  const text = (await linesOf(findings({ own, alerts: [scan], incidents: [incident([scan])] }))).join(' ').replace(/\s+/g, ' ');
  assert.match(text, /Find the machine with the address 198\.51\.100\.7 in your own network/);
  assert.ok(!/[Bb]lock 198/.test(text));
});

test('an unproven address is not to be blocked lightly', async () => {
  const text = (await report(findings({ alerts: [scan], incidents: [incident([scan])] }), page)).replaceAll(/\n +/g, ' ');
  assert.match(text, /Limit or block 198\.51\.100\.7 .* can be forged/);
  assert.ok(!text.includes('Block 198'));
});

test('a quiet capture gets a calm short report', async () => {
  const lines = await linesOf(findings());
  assert.equal(
    await verdict(findings()),
    'No rule was met: 90 SIP messages in 20 s. Looked for: server scans, extension scans, password guessing and spraying.',
  );
  assert.ok(lines.length < 15, lines.join('\n'));
  assert.ok(!lines.some((line) => /what to do|attacker|fault/i.test(line)));
});

test('no rule met is no all-clear: it is not green and says which rules ran', async () => {
  assert.match(await report(findings(), { ...page, color: true }), /^No rule was met/);
  assert.match(await verdict(findings({ rules: ['Server scan', 'Flood\u001b[2J'] })), /Looked for: Server scan, Flood[^\u001b]+\.$/);
  assert.match(await verdict(findings({ rules: Array.from({ length: 20 }, (_, i) => `R${i}`) })), /R6, R7 and 12 more\.$/);
  assert.match(await verdict(findings({ rules: [] })), /No rule for attacks was loaded\.$/);
});

test('nothing to judge is not called harmless', async () => {
  assert.match(await verdict(findings({ files: [] })), /^There was no packet to judge\.$/);
  const counts = { ...findings().counts, protocol: { rtp: 100 } };
  assert.match(await verdict(findings({ counts })), /no SIP in 100 packets, so nothing could be judged/);
  const faulty = findings({
    faults: [{ code: 'capture-truncated', where: 'day.pcap', offset: 5, message: 'day.pcap: the file ends 5 bytes into a record' }],
  });
  assert.match(await verdict(faulty), /Not everything could be read/);
  assert.match(await report(faulty, page), /Faults\n\n {2}capture-truncated {2}day\.pcap: the file ends/);
});

test('remarks below warning are told as remarks', async () => {
  const note = (id: string) => alert({ id, level: 'notice', title: 'Odd message', class: 'malformed', stage: 'none' });
  const f = findings({ alerts: [note('1'), note('2')], incidents: [incident([note('1')])] });
  assert.match(await verdict(f), /^No rule for attacks was met, only the remarks below: 90 SIP/);
  assert.match(await report(f, page), /remark {4}Odd message, 2 times/);
});

test('traffic by method, answer, oddity, and what was not read, the most frequent first', async () => {
  const oddity = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`odd-${i}`, i + 1]));
  const text = await report(findings({ counts: { ...findings().counts, oddity } }), { ...page, width: 200 });
  assert.match(text, /requests {2}REGISTER 40, OPTIONS 5/);
  assert.match(text, /answers {3}401 30, 200 15/);
  assert.match(text, /oddities {2}odd-14 15, odd-13 14,.* and 3 more kinds/);
  assert.match(text, /not read {2}not-udp 10/);
  assert.match(text, /day\.pcap: 100 packets in 110 frames, 2\.0 MB/);
});

test('many attackers: ten are told, the others counted', async () => {
  const alerts = Array.from({ length: 25 }, (_, i) => alert({ id: `a${i}`, subject: { kind: 'address', value: `198.51.100.${i + 1}` } }));
  const text = await report(findings({ alerts, incidents: alerts.map((a) => incident([a])) }), page);
  assert.match(text, /25 attackers were seen, none of them getting in\. The worst: 198\.51\.100\.1 guessed/);
  assert.match(text, /15 more attackers; all of them: --json/);
  assert.ok(text.split('\n').length < 150);
});

test('several break-ins are counted', async () => {
  const alerts = [fallen, { ...fallen, id: 'h', target: { kind: 'account' as const, value: '1004@pbx.example' } }];
  const text = (await report(findings({ alerts, incidents: [incident(alerts)] }), page)).replaceAll(/\n */g, ' ');
  assert.match(text, /1 more alert of this kind follows/);
  assert.match(text, /password of 1003@pbx\.example and 1004@pbx\.example now/);
});

test('a spray that succeeded names the account that fell, not the server', async () => {
  const accounts = Array.from({ length: 30 }, (_, i) => `${100 + i}@pbx.example`);
  const spray = alert({
    outcome: 'succeeded',
    target: { kind: 'server', value: '192.0.2.10' },
    sample: ['115@pbx.example'],
    fallen: ['115@pbx.example'],
  });
  const f = findings({ alerts: [spray], incidents: [incident([spray], { accounts })] });
  const text = (await report(f, { ...page, width: 200 })).replaceAll(/\n +/g, ' ');
  assert.equal(await verdict(f), 'An attacker got in: 198.51.100.7 guessed the password of 115@pbx.example.');
  assert.match(text, /Change the password of 115@pbx\.example now/);
  assert.match(text, /accounts at risk +115@pbx\.example, 100@pbx\.example/);
  assert.ok(!/Check that [^.]*115@/.test(text));
  const two = { ...spray, fallen: ['115@pbx.example', '120@pbx.example'] };
  assert.match(await verdict(findings({ alerts: [two] })), /the password of 115@pbx\.example and 1 more account\.$/);
});

test('alerts without an incident are told too, and subjects that are no address', async () => {
  const lone = alert({
    id: 'l',
    class: 'distributed-guessing',
    subject: { kind: 'account', value: '7@pbx.example' },
    target: { kind: 'none', value: '' },
  });
  const text = await report(findings({ alerts: [lone] }), page);
  assert.match(text, /Someone \(account 7@pbx\.example\) guessed passwords from many addresses/);
  const nobody = alert({ id: 'n', subject: { kind: 'none', value: '' } });
  assert.match(await report(findings({ alerts: [nobody] }), page), /^Someone guessed passwords/);
});

test('an attack over days shows the days', async () => {
  const late = alert({ id: 'late', first: at(90_000), last: at(90_010) });
  assert.match(
    await report(findings({ alerts: [scan, late], incidents: [incident([scan, late])] }), { ...page, width: 140 }),
    /2026-11-21 09:00:00/,
  );
});

test('every class of attack has its words', async () => {
  for (const name of CLASSES) {
    for (const outcome of ['succeeded', 'failed', 'unknown'] as const) {
      const one = alert({ class: name satisfies AttackClass, outcome, stage: 'abuse' });
      const text = await verdict(findings({ alerts: [one], incidents: [incident([one])] }));
      assert.match(text, /198\.51\.100\.7 \w+ .*1003@pbx\.example|198\.51\.100\.7 scanned for SIP servers/, name);
    }
  }
});

test('no line is wider than the page, with or without colour, and colour changes no letter', async () => {
  for (const width of [40, 60, 80, 132]) {
    const plain = await report(story, { width, color: false });
    const painted = await report(story, { width, color: true });
    assert.notEqual(plain, painted);
    assert.equal(stripVTControlCharacters(painted), plain);
    if (width < 80) continue;
    for (const line of plain.split('\n')) assert.ok(columns(line) <= width, line);
  }
});

test('hostile text stays on its line and does nothing', async () => {
  for (const s of HOSTILE) {
    const evil = alert({
      title: s,
      why: s,
      subject: { kind: 'address', value: s },
      target: { kind: 'account', value: s },
      sample: [s],
      outcome: 'succeeded',
      evidence: [{ file: s, frame: 3, time: at(0), event: 'auth.failed' }],
    });
    const lone = { ...evil, id: 'lone' };
    const note = { ...evil, id: 'note', level: 'info' as const };
    const counts = { ...findings().counts, oddity: { [s]: 1 } };
    const files = [{ ...findings().files[0]!, name: s }];
    const f = findings({
      files,
      counts,
      alerts: [evil, lone, note],
      incidents: [incident([evil], { targets: [s], accounts: [s] })],
      faults: [{ code: 'usage', where: s, message: s }],
    });
    for (const line of await linesOf(f)) {
      assert.ok(!hasHarm(line), JSON.stringify(line));
      assert.ok(!/^(Verdict|second|third)/.test(line));
    }
    assert.ok((await report(f, page)).length < 30_000);
  }
});

test('a file name with spaces is quoted for the shell', async () => {
  const one = alert({ evidence: [{ file: "it's $(mine).pcap", frame: 3, time: at(0), event: 'auth.failed' }] });
  const text = await report(findings({ alerts: [one], incidents: [incident([one])] }), { ...page, width: 120 });
  assert.ok(text.includes(`ringfence explain 'it'\\''s $(mine).pcap' --packet 3`));
});

test('other addresses come with what binds them, those that only know the same as perhaps someone else’s; money is told', async () => {
  const others = [
    { address: '203.0.113.5', reason: 'same cnonce 01234567', weight: 0.9, kind: 'same actor' as const },
    { address: '203.0.113.6', reason: `knows the password of ${HOSTILE[0]}`, weight: 0.8, kind: 'shares knowledge' as const },
    ...Array.from({ length: 9 }, (_, i) => ({ address: `192.0.2.${i}`, reason: 'r', weight: 0.5, kind: 'same actor' as const })),
  ];
  const lines = await linesOf(
    findings({ alerts: [fallen], incidents: [incident([fallen], { others, exposure: { cents: 1230, dearest: 85 } })] }),
  );
  const text = lines.map((line) => line.trim()).join(' ');
  assert.match(
    text,
    /also from {2,}203\.0\.113\.5 \(same cnonce 01234567\), 203\.0\.113\.6 \(perhaps someone else: knows the password of .*\) and 3 more/,
  );
  assert.match(text, /money at risk {2,}at least 12\.30 so far, up to 0\.85 a minute, by the rate table/);
  assert.ok(lines.every((line) => !hasHarm(line)));
});
