/** Recordings made by hand, from their packets to the page. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { captureOf, type Datagram } from '../../test/recording.ts';
import { attackDay, writeRun } from '../../test/specimen.ts';
import { findRuns } from '../runs.ts';
import { calibrate } from './calibrate.ts';
import { calibrationPage } from './page.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-calibration-'));
after(() => rmSync(folder, { recursive: true }));
const PROXY = '192.0.2.1:5060';
const NAT = '198.51.100.7';

/** What a phone behind the NAT says, and what it is answered 10 ms later. */
function exchange(time: number, user: number, id: string, method: string, status: string, more = '', answer = ''): Datagram[] {
  const src = `${NAT}:${40_000 + user}` as const;
  const to = method === 'INVITE' ? '+4930' : user;
  const head = `Via: SIP/2.0/UDP ${src};branch=z9hG4bK${id}\r\nFrom: <sip:${user}@pbx.invalid>;tag=f\r\nTo: <sip:${to}@pbx.invalid>\r\nCall-ID: ${id.slice(0, 6)}\r\nCSeq: ${id.slice(6)} ${method}\r\nContact: <sip:${user}@10.0.0.${user}:5060>\r\n`;
  const end = 'Content-Length: 0\r\n\r\n';
  return [
    { time: time * 1e6, payload: `${method} sip:pbx.invalid SIP/2.0\r\n${head}${more}${end}`, src, dst: PROXY },
    { time: time * 1e6 + 10_000, payload: `SIP/2.0 ${status}\r\n${head}${answer}${end}`, src: PROXY, dst: src },
  ];
}

const challenge = (nonce: string): string => `WWW-Authenticate: Digest realm="pbx.invalid", nonce="${nonce}"\r\n`;
const proof = (user: number, nonce: string): string =>
  `Authorization: Digest username="${user}", realm="pbx.invalid", nonce="${nonce}", uri="sip:pbx.invalid", response="0123456789abcdef0123456789abcdef"\r\n`;

/** A user mistypes `wrong` times, a minute apart, and then gets it right. */
function login(time: number, user: number, wrong: number): Datagram[] {
  const id = `user${user}x`;
  const refused = Array.from({ length: wrong }, (_, i) =>
    exchange(
      time + 60 * (i + 1),
      user,
      `${id}${i + 2}`,
      'REGISTER',
      '401 No',
      proof(user, `n${user}.${i}`),
      challenge(`n${user}.${i + 1}`),
    ),
  );
  return [
    ...exchange(time, user, `${id}1`, 'REGISTER', '401 No', '', challenge(`n${user}.0`)),
    ...refused.flat(),
    ...exchange(time + 60 * (wrong + 1), user, `${id}${wrong + 2}`, 'REGISTER', '200 OK', proof(user, `n${user}.${wrong}`)),
  ];
}

const calls = [0, 1, 2].flatMap((i) => exchange(2000 + i, 3, `call${i}x1`, 'INVITE', '486 Busy'));
const packets = [...login(1800, 3, 0), ...login(1801, 4, 2), ...login(1802, 5, 0), ...calls].sort((a, b) => a.time - b.time);
writeRun(join(folder, 'calm', 'day'), { manifest: { kind: 'benign', sipMessages: packets.length }, capture: captureOf(packets) });
writeRun(join(folder, 'attacks', 'day'), attackDay());
writeRun(join(folder, 'later', 'day'), { manifest: { kind: 'benign', seed: 1000 }, capture: captureOf(packets) });

const calibration = await calibrate(findRuns([join(folder, 'calm')]), () => {});

function values(name: string, of = ''): readonly [count: number, median: number, most: number] {
  const { values: all } = calibration.measures.find((each) => each.name.startsWith(name) && each.of.startsWith(of))!;
  return [all.count, all.quantile(0.5), all.quantile(1)];
}

test('what the users of one address did is measured user by user', () => {
  assert.deepEqual(values('Messages until'), [3, 4, 8]);
  assert.deepEqual(values('Answers 200'), [3, 2, 4]);
  assert.deepEqual(values('Pause between'), [1, 60, 60]);
  assert.deepEqual(values('Users in', 'address'), [1, 3, 3]);
  assert.deepEqual(values('Users in', 'address and port'), [3, 1, 1]);
  assert.deepEqual(values('Users in', 'address, port and Contact'), [3, 1, 1]);
  assert.deepEqual(values('Refusals in'), [1, 2, 2]);
  assert.deepEqual(values('Calls in'), [1, 3, 3]);
  assert.deepEqual(values('Different numbers'), [1, 1, 1]);
});

test('the page tells them beside the paper’s numbers and our thresholds', () => {
  const page = calibrationPage(calibration, 'npm run calibrate -- day', '0123456789ab');
  assert.match(page, /Made by `npm run calibrate -- day`, commit 0123456789ab; do not edit\. 1 benign days .* seeds 1 to 1/);
  assert.match(page, /Alerts at `warning` or above while reading them: none\.\nThresholds within what 99\.9 % of benign groups do: none\./);
  assert.match(page, /\| logins that take at most 20 messages \| > 99\.9 % \| 100\.000 % of 3 \|/);
  assert.match(page, /\| addresses with fewer than 10 users in 30 min \| “most” \| 100\.000 % of 1 \|/);
  assert.match(
    page,
    /\| password-guessing \| auth\.failed in 5 min \| src, dst, account \| 10 \| 1 \| 2 \| 2 \| 2 \| 2 \| 0 \| never reached \|/,
  );
  assert.match(page, /\| server-scan \| different dst in 10 min \| src \| 10 \| 0 \| – \|.* nothing seen \|/);
  assert.match(page, /\| server-scan \| serves < 3 \| src \| 3 \| 1 \| 0 \| 0 \| 0 \| 0 \| 1 \| – \| leans on the rest \|/);
});

test('attacks and the test set are not read', async () => {
  await assert.rejects(
    calibrate(findRuns([join(folder, 'attacks')]), () => {}),
    /there are attacks in it; benign runs are wanted/,
  );
  await assert.rejects(
    calibrate(findRuns([join(folder, 'later')]), () => {}),
    /of the test set \(G2\)/,
  );
});
