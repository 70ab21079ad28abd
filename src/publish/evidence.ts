/**
 * `analyze --write-evidence`: for each alert a small capture with the frames that show it. Here is what belongs into which
 * file and what is written beside each frame; the frames are read from the captures in a second pass by `cli`.
 */
import type { Alert, Evidence } from '../types.ts';
import type { Conversations } from './conversations.ts';
import { type Findings, severity } from './findings.ts';
import { isoTime } from './layout.ts';
import { neutral } from './neutral.ts';

/** Files written at most: those of the worst alerts. */
export const MOST_FILES = 100;
/** Frames of one file. */
export const MOST_FRAMES = 500;
/** Bytes of frames in one file. */
export const MOST_BYTES = 4 << 20;

/** A frame that is wanted. */
export interface WantedFrame {
  /** What is written beside it. */
  readonly comment: string;
  /** µs: no frame of a later time can be the one that was seen. */
  readonly time: number;
}

/** One capture to be written. */
export interface EvidenceFile {
  /** Without folder. */
  readonly name: string;
  readonly alert: Alert;
  /** What stands at the head of the file. */
  readonly about: string;
  /** Of each file of the input: the frames wanted, by their numbers. */
  readonly frames: ReadonlyMap<string, ReadonlyMap<number, WantedFrame>>;
  /** Frames that were wanted beyond the bound. */
  readonly leftOut: number;
}

/** The files to be written, the worst alerts first, and how many alerts get none. */
export async function evidenceFiles(
  findings: Findings,
  conversations: Conversations,
): Promise<{ readonly files: readonly EvidenceFile[]; readonly leftOut: number }> {
  const alerts: Alert[] = [];
  let count = 0;
  for await (const alert of findings.alerts) {
    count++;
    alerts.push(alert);
    if (alerts.length >= 2 * MOST_FILES) worst(alerts);
  }
  worst(alerts);
  return { files: alerts.map((alert, i) => fileOf(alert, i + 1, conversations)), leftOut: count - alerts.length };
}

function worst(alerts: Alert[]): void {
  alerts.sort((a, b) => severity(b.level) - severity(a.level) || a.first - b.first);
  alerts.length = Math.min(alerts.length, MOST_FILES);
}

function fileOf(alert: Alert, ordinal: number, conversations: Conversations): EvidenceFile {
  const frames = new Map<string, Map<number, WantedFrame>>();
  let count = 0;
  let leftOut = 0;
  const want = (piece: Evidence, role: string): void => {
    const { file, frame, time } = piece;
    if (frame === 0) return;
    const own = frames.get(file) ?? new Map<number, WantedFrame>();
    frames.set(file, own);
    if (own.has(frame)) return;
    if (count >= MOST_FRAMES) {
      leftOut++;
      return;
    }
    own.set(frame, { comment: commentOf(alert, piece, role), time });
    count++;
  };
  if (alert.proof !== undefined) want(alert.proof, 'proof of success');
  for (const piece of alert.evidence) want(piece, 'evidence');
  for (const { steps } of conversations.of(alert)) {
    for (const { file, frame, time } of steps) want({ file, frame, time, event: '' }, 'same conversation');
  }
  return { name: nameOf(alert, ordinal), alert, about: aboutOf(alert), frames, leftOut };
}

/** `001-critical-sip-password-guess-192.0.2.1.pcapng`: letters, digits, dots and hyphens only, never longer than 120 bytes. */
function nameOf(alert: Alert, ordinal: number): string {
  const safe = (text: string, most: number): string =>
    text
      .replace(/[^A-Za-z0-9.-]+/g, '-')
      .replace(/\.{2,}/g, '.')
      .replace(/^[-.]+|[-.]+$/g, '')
      .slice(0, most);
  const parts = [String(ordinal).padStart(3, '0'), alert.level, safe(alert.rule, 40), safe(alert.subject.value, 45)];
  return `${parts.filter((part) => part !== '').join('-')}.pcapng`;
}

function aboutOf(alert: Alert): string {
  const { title, level, subject, target, first, last, id, rule, ruleVersion, why } = alert;
  const to = target.value === '' ? '' : `, against ${target.kind} ${neutral(target.value)}`;
  const text = `${neutral(title)} (${level}), ${subject.kind} ${neutral(subject.value)}${to}. ${neutral(why, 400)}`;
  return `Ringfence alert ${neutral(id)}, rule ${neutral(rule)} version ${ruleVersion}: ${text} ${isoTime(first)} to ${isoTime(last)}.`;
}

function commentOf(alert: Alert, { file, frame, event }: Evidence, role: string): string {
  const what = event === '' ? role : `${role}, event ${neutral(event)}`;
  return `Ringfence: ${what}, alert ${neutral(alert.id)}; frame ${frame} of ${neutral(file)}`;
}
