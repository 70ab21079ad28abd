/** What a recorded run would bring to a week: how many of the answers that paper 003 analyses, and whether its attacker can be copied. */
import { type Run, readLabels } from '../../eval/runs.ts';
import type { Campaign } from '../record/folder.ts';
import { callIdOf, type Frame } from '../record/frames.ts';
import { frameOf, recordsOf } from './records.ts';

/** One run, counted. */
export interface Tally {
  readonly run: Run;
  /** Answers 200 and 401 to REGISTER (S3-03), those to the attacker left out. */
  readonly benign: number;
  /** Those to the attacker. */
  readonly hostile: number;
  /** SIP messages of all, and those that the attacker sent or got. */
  readonly messages: number;
  readonly hostileMessages: number;
  /** Everything that the attacker's address sent was an attack: nobody shares it. */
  readonly alone: boolean;
  /** What he sent and got can be written anew: unfragmented UDP. */
  readonly copyable: boolean;
  /** Every address that sent or got something. */
  readonly addresses: ReadonlySet<string>;
}

/** An attack by one address. */
export interface AttackTally extends Tally {
  readonly campaign: Campaign;
  readonly attacker: string;
}

/** Counts a run without an attack. */
export async function tallyBenign(run: Run): Promise<Tally> {
  return await count(run, '', new Set());
}

/** Counts a run with one campaign of one attacker; undefined if it is another kind of run. */
export async function tallyAttack(run: Run): Promise<AttackTally | undefined> {
  const [campaign, second] = run.manifest.campaigns;
  const [attacker, other] = campaign?.attackers ?? [];
  if (campaign === undefined || second !== undefined || attacker === undefined || other !== undefined) return undefined;
  const labelled = new Set(readLabels(run).map(({ frame }) => frame));
  return { ...(await count(run, attacker, labelled)), campaign, attacker };
}

async function count(run: Run, attacker: string, labelled: ReadonlySet<number | undefined>): Promise<Tally> {
  const sums = { benign: 0, hostile: 0, messages: 0, hostileMessages: 0 };
  const addresses = new Set<string>();
  let [alone, copyable] = [true, true];
  let number = 0;
  for await (const batch of recordsOf(run.capture)) {
    for (const record of batch) {
      number++;
      const frame = frameOf(record);
      const own = isOf(frame, attacker);
      addresses.add(ipOf(frame.src)).add(ipOf(frame.dst));
      if (own && (frame.fragment !== undefined || frame.transport === 'tcp')) copyable = false;
      // Errors (ICMP) of the attacker's machine are no part of the attack, and are left out of copies.
      if (own && frame.transport !== undefined && ipOf(frame.src) === attacker && !labelled.has(number)) alone = false;
      const sip = callIdOf(frame) !== undefined;
      if (sip) sums.messages++;
      if (sip && own) sums.hostileMessages++;
      if (isAnalysed(frame)) sums[own ? 'hostile' : 'benign']++;
    }
  }
  return { run, ...sums, alone, copyable, addresses };
}

/** An address without its port. */
export function ipOf(address: string): string {
  const colon = address.indexOf(':');
  return colon < 0 ? address : address.slice(0, colon);
}

/** The attacker sent it or got it. */
export function isOf({ src, dst }: Frame, attacker: string): boolean {
  return attacker !== '' && (ipOf(src) === attacker || ipOf(dst) === attacker);
}

const ANALYSED = /^SIP\/2\.0 (?:200|401) [^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*?cseq[ \t]*:[ \t]*\d+[ \t]+REGISTER/i;
const LONGEST = 2000;

/** An answer that paper 003 analyses: 200 or 401 to REGISTER. */
export function isAnalysed({ file, payload, payloadEnd, transport }: Frame): boolean {
  if (transport === undefined || payloadEnd - payload < 20 || file[payload] !== 0x53 || file[payload + 3] !== 0x2f) return false;
  return ANALYSED.test(file.toString('latin1', payload, Math.min(payloadEnd, payload + LONGEST)));
}
