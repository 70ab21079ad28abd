/**
 * `analyze --html`: one page that stands alone. Its policy allows nothing but its own style sheet: no script, no request. It
 * is as long as a person reads; what was left out is said.
 */
import { createHash } from 'node:crypto';
import type { Family } from '../../metrics.ts';
import type { Alert, Call, Evidence, MediaStream } from '../../types.ts';
import { adviceFor } from '../advice.ts';
import type { Conversation, Conversations } from '../conversations.ts';
import { type Digest, digestOf, fallenOf } from '../digest.ts';
import { type Findings, inputTotal, severity } from '../findings.ts';
import { bytes, clock, day, number, several, span } from '../layout.ts';
import { unseen } from '../unseen.ts';
import { verdictOf } from '../verdict.ts';
import { OUTCOME_NOTES, othersText, STAGE_NAMES, toneOf } from '../wording.ts';
import { type Attack, attackLine, type Extent, trafficRows } from './charts.ts';
import { ladder } from './ladder.ts';
import { html, type Markup, NONE } from './markup.ts';
import { STYLE } from './pagestyle.ts';
import { Quality, qualityRows } from './quality.ts';
import type { Tally } from './tally.ts';

/** Rows of the table of alerts and of that of calls. */
const MOST_ALERTS = 50;
const MOST_CALLS = 100;
/** Ladders of alerts. */
const MOST_LADDERS = 20;
/** Names of one list. */
const NAMES = 12;

/** What the page is made from. */
export interface PageSource {
  readonly findings: Findings;
  readonly conversations: Conversations;
  readonly tally: Tally;
}

/** The page, in pieces. */
export async function* page({ findings, conversations, tally }: PageSource): AsyncGenerator<string, void, void> {
  const digest = await digestOf(findings);
  const total = inputTotal(findings.files);
  const extent: Extent = { first: total.first, last: total.last };
  yield head(findings, digest);
  yield next(digest).markup;
  yield attacks(digest, extent).markup;
  yield html`<section><h2>Traffic</h2>${trafficRows(tally, extent)}</section>`.markup;
  yield attackers(digest).markup;
  yield (await alertTable(findings, digest, conversations)).markup;
  yield (await callTable(findings, conversations)).markup;
  yield notSeen(findings).markup;
  yield html`<footer>Made by Ringfence ${findings.version}. Passwords are masked everywhere. Times are UTC.</footer></body></html>
`.markup;
}

function head(findings: Findings, digest: Digest): string {
  const { tone, text } = verdictOf(findings, digest);
  // The first sentence is the verdict; a full stop inside an address is followed by no space.
  const [first = '', ...rest] = text.split(/(?<=\.) (?=[A-Z])/);
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const title = findings.files.length === 1 ? findings.files[0]!.name : several(findings.files.length, 'capture');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${{ markup: policy }}">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer">
<title>Ringfence: ${title}</title><style>${{ markup: STYLE }}</style></head><body>
<header class="top"><b>Ringfence</b><span>${title}</span></header>
<main><div class="verdict ${tone}"><h1>${first}</h1>${rest.length > 0 ? html`<p>${rest.join(' ')}</p>` : NONE}</div>
${facts(findings, digest)}
`.markup;
}

function facts(findings: Findings, digest: Digest): Markup {
  const { first, last, packets, frames, bytes: size } = inputTotal(findings.files);
  const rows: [string, string][] = [
    ['Attackers', number(digest.attackers)],
    ['Alerts', number(digest.serious)],
    ['SIP messages', number(findings.counts.protocol['sip'] ?? 0)],
    ['Calls', number(Object.values(findings.counts.call).reduce((sum, n) => sum + n, 0))],
  ];
  const when = packets === 0 ? html`no packet` : html`<span>${day(first)}, ${span(last - first)}</span> <span>from ${clock(first)}</span>`;
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
<div class="small"><dt>Recorded</dt><dd>${when}</dd></div>
<div class="small"><dt>Read</dt><dd><span>${several(frames, 'frame')}</span> <span>${bytes(size)}</span></dd></div></dl>`;
}

function next(digest: Digest): Markup {
  const advice = adviceFor(digest);
  if (advice.length === 0) return NONE;
  return html`<section><h2>What to do next</h2><ol class="next">${advice.map((text) => html`<li>${text}</li>`)}</ol></section>
`;
}

function alertsOf(digest: Digest): Attack[] {
  return digest.incidents.map((incident) => ({
    incident,
    alerts: incident.stages.flatMap(({ alerts }) => alerts.flatMap((id) => digest.byId.get(id) ?? [])).sort((a, b) => a.first - b.first),
  }));
}

function attacks(digest: Digest, extent: Extent): Markup {
  if (digest.incidents.length === 0) return NONE;
  return html`<section><h2>Attacks over time</h2>${attackLine(alertsOf(digest), extent)}</section>
`;
}

function attackers(digest: Digest): Markup {
  if (digest.incidents.length === 0) return NONE;
  const more = digest.attackers - digest.incidents.length;
  const rest = more > 0 ? html`<p class="note">${several(more, 'more attacker')}; all of them: --json.</p>` : NONE;
  return html`<section><h2>${digest.attackers === 1 ? 'Attacker' : 'Attackers'}</h2>${alertsOf(digest).map(attackerCard)}${rest}</section>
`;
}

function attackerCard({ incident, alerts }: Attack): Markup {
  const { subject, level, outcome, first, last, targets, accounts } = incident;
  const fallen = alerts.flatMap(fallenOf);
  const atRisk = [...new Set([...fallen, ...accounts])];
  const rows: [string, string][] = [
    ['also from', othersText(incident, NAMES)],
    ['targets', listed(targets)],
    ['accounts at risk', listed(atRisk)],
  ];
  const stages = alerts.map(
    (alert) => html`<li class="${toneOf(alert.level)}"><span class="stage">${clock(alert.first)} ${STAGE_NAMES[alert.stage]}</span><br>
<b>${alert.title}.</b> ${alert.why}</li>`,
  );
  return html`<article class="attacker"><h3><span>${subject.value || 'unknown'}</span><span class="badge ${toneOf(level)}">${level}${OUTCOME_NOTES[outcome]}</span>
<span class="when">${clock(first)} to ${clock(last)}, ${span(last - first)}</span></h3><ol class="stages">${stages}</ol>
<dl class="pairs">${rows.filter(([, value]) => value !== '').map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></article>
`;
}

function listed(values: readonly string[]): string {
  const more = values.length > NAMES ? ` and ${number(values.length - NAMES)} more` : '';
  return values.slice(0, NAMES).join(', ') + more;
}

async function alertTable(findings: Findings, digest: Digest, conversations: Conversations): Promise<Markup> {
  const alerts: Alert[] = [];
  for await (const alert of findings.alerts) {
    alerts.push(alert);
    if (alerts.length >= 2 * MOST_ALERTS) cutWorst(alerts);
  }
  cutWorst(alerts);
  if (alerts.length === 0) return NONE;
  const more = findings.alerts.count - alerts.length;
  const rest =
    more > 0
      ? html`<p class="note">The ${number(alerts.length)} worst of ${number(findings.alerts.count)}; all of them: --json.</p>`
      : NONE;
  return html`<section><h2>Alerts</h2><table class="cards"><thead><tr><th class="level">Level</th><th>What</th><th class="who">Who</th><th class="when">When</th><th class="n">Count</th></tr></thead>
<tbody>${alerts.map((alert, i) => alertRow(alert, i < MOST_LADDERS ? conversations.of(alert) : []))}</tbody></table>${rest}${digest.minor.size > 0 ? html`<p class="note">Alerts below warning are remarks: they do not change the verdict.</p>` : NONE}</section>
`;
}

function cutWorst(alerts: Alert[]): void {
  alerts.sort((a, b) => severity(b.level) - severity(a.level) || a.first - b.first);
  alerts.length = Math.min(alerts.length, MOST_ALERTS);
}

function alertRow(alert: Alert, conversations: readonly Conversation[]): Markup {
  const { level, title, why, subject, target, first, last, count, outcome } = alert;
  const flow = ladder(conversations, `Messages of ${title}`);
  const messages = flow === NONE ? NONE : html`<details><summary>Messages</summary>${flow}</details>`;
  const to = target.value === '' ? NONE : html`<br><span class="soft">to ${target.value}</span>`;
  return html`<tr><td><span class="badge ${toneOf(level)}">${level}${OUTCOME_NOTES[outcome]}</span></td>
<td><b>${title}</b><p>${why}</p>${evidence(alert)}${messages}</td><td>${subject.value || 'unknown'}${to}</td>
<td class="t">${clock(first)}<br><span class="soft">${span(last - first)}</span></td><td class="n" data-name="count">${number(count)}</td></tr>
`;
}

function evidence({ proof, evidence: pieces }: Alert): Markup {
  const all = proof === undefined ? pieces : [proof, ...pieces];
  const byFile = Map.groupBy(
    all.filter(({ frame }) => frame > 0),
    ({ file }) => file,
  );
  if (byFile.size === 0) return NONE;
  return html`<p class="soft">Frames ${[...byFile].map(([file, own]) => html`${framesText(own)} of ${file || 'the capture'}. `)}</p>`;
}

function framesText(pieces: readonly Evidence[]): string {
  const frames = [...new Set(pieces.map(({ frame }) => frame))];
  return frames.slice(0, NAMES).join(', ') + (frames.length > NAMES ? ' …' : '');
}

async function callTable(findings: Findings, conversations: Conversations): Promise<Markup> {
  const calls: Call[] = [];
  const quality = new Quality();
  for await (const call of findings.calls) {
    quality.take(call.streams);
    if (calls.length < MOST_CALLS) calls.push(call);
  }
  if (calls.length === 0) return NONE;
  calls.sort((a, b) => a.start - b.start);
  const flows = new Map(conversations.first.map((each) => [each.callId, each]));
  const more = findings.calls.count - calls.length;
  const rest =
    more > 0 ? html`<p class="note">The first ${number(calls.length)} of ${number(findings.calls.count)}; all of them: --json.</p>` : NONE;
  return html`${qualityRows(quality)}<section><h2>Calls</h2>${calls.map((call) => callEntry(call, flows.get(call.callId)))}${rest}</section>
`;
}

function callEntry(call: Call, conversation: Conversation | undefined): Markup {
  const { start, from, to, disposition, status, src, dst, callId, billed, streams } = call;
  const how = `${disposition}${status > 0 ? ` ${status}` : ''}${billed > 0 ? `, ${span(billed)}` : ''}`;
  const flow = conversation === undefined ? NONE : ladder([conversation], `Messages of the call ${callId}`, streams);
  const rows: [string, string][] = [
    ['Call-ID', callId],
    ['between', `${src} and ${dst}`],
    ['media', listed(streams.map(streamText))],
    ['protection', protectionText(call)],
  ];
  return html`<details class="call"><summary><time>${clock(start)}</time> ${from || 'unknown'} <span class="soft">to</span> ${to || 'unknown'} <span class="soft">${how}</span></summary>
<dl class="pairs">${rows.filter(([, value]) => value !== '').map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>${flow}</details>
`;
}

function streamText({ codec, encryption, packets, promised }: MediaStream): string {
  const notes = [encryption === 'none' ? '' : 'encrypted', promised === 'none' ? 'promised by no SDP' : ''].filter(Boolean);
  return `${codec} ${several(packets, 'packet')}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
}

function protectionText({ security: { signalling, authenticated, identity, media } }: Call): string {
  const parts = [
    `signalling ${signalling === 'none' ? 'in clear' : signalling === 'all' ? 'encrypted' : 'encrypted in part'}`,
    authenticated ? 'caller signed in' : 'caller not signed in',
    identity === 'none' ? '' : `identity ${identity}`,
    media === 'unseen' ? 'media not seen' : `media ${media === 'none' ? 'in clear' : media === 'all' ? 'encrypted' : 'encrypted in part'}`,
  ];
  return parts.filter(Boolean).join(', ');
}

function notSeen(findings: Findings): Markup {
  const remarks = unseen(findings);
  const faults = findings.faults.slice(0, NAMES);
  const more = findings.faults.length - faults.length;
  const lines = [
    ...remarks.map((text) => html`<li>${text}</li>`),
    ...faults.map(({ code, message }) => html`<li><span class="badge warn">${code}</span> ${message}</li>`),
    ...(more > 0 ? [html`<li>${several(more, 'more fault')}; all of them: --json.</li>`] : []),
  ];
  const families: readonly (readonly [string, Family])[] = [
    ['payloads', findings.counts.protocol],
    ['requests', findings.counts.method],
    ['answers', findings.counts.answer],
    ['sign-ins', findings.counts.outcome],
    ['oddities', findings.counts.oddity],
    ['media', findings.counts.media],
    ['not read', findings.counts.dropped],
  ];
  const rows = families.filter(([, family]) => Object.keys(family).length > 0);
  return html`<section><h2>What was not seen</h2><ul class="unseen">${lines}</ul></section>
<section><h2>What was counted</h2><dl class="pairs">${rows.map(([name, family]) => html`<dt>${name}</dt><dd>${familyText(family)}</dd>`)}</dl></section></main>
`;
}

function familyText(family: Family): string {
  const all = Object.entries(family).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return all
    .slice(0, 24)
    .map(([name, n]) => `${name} ${number(n)}`)
    .join(', ');
}
