/** What one detector's findings are worth on one run: plain counts, from which every table is summed. */
import type { AttackId, Campaign, Label } from '../lab/record/folder.ts';
import { severity, WARNING } from '../src/publish/findings.ts';
import type { AttackClass, Level, Outcome } from '../src/types.ts';
import { blamed, type SliceTally, type Tally, tallyMessages, tallySlices } from './blame.ts';
import type { Finding } from './detector.ts';
import { type Accused, accuse, type Match, match } from './match.ts';
import type { Messages } from './messages.ts';
import type { Split } from './runs.ts';

/** A run in tables. */
export interface RunSummary {
  readonly name: string;
  readonly scenario: string;
  readonly kind: 'attack' | 'benign';
  readonly attack?: AttackId;
  readonly intensity: string;
  readonly seed: number;
  readonly split: Split;
  readonly hash: string;
  /** SHA-256 of merged.pcap.gz. */
  readonly capture: string;
  /** Commit of the lab that made it. */
  readonly commit: string;
  readonly host: string;
  /** Simulated time that it covers, µs. */
  readonly duration: number;
  readonly calls: number;
  readonly sipMessages: number;
  readonly labelled: number;
  readonly hardNegatives: Readonly<Record<string, number>>;
  /** Versions of the programs that took part, as they say. */
  readonly tools: readonly string[];
}

/** Everything a run is judged by. */
export interface Truth {
  readonly summary: RunSummary;
  readonly campaigns: readonly Campaign[];
  readonly labels: readonly Label[];
  readonly messages: Messages;
}

/** When a campaign was told: µs and labelled packets from its first to the finding. */
export interface Told {
  readonly delay: number;
  readonly packets: number;
  readonly class: AttackClass;
  readonly text: string;
  /** It blames a victim for it. */
  readonly victim?: true;
}

/** What became of one campaign. */
export interface CampaignScore {
  readonly id: string;
  readonly attack: AttackId;
  readonly intensity: string;
  readonly packets: number;
  readonly expected: AttackClass;
  /** First finding that is about it, whatever its class and whomever it blames; absent: missed. */
  readonly found?: Told;
  /** First finding that also has a class it may have. */
  readonly right?: Told;
  /** Findings about it. */
  readonly findings: number;
  /** A finding that says whether it succeeded says so rightly; absent: none says. */
  readonly outcome?: boolean;
  /** Of an attack on passwords: it truly got one, and an alarm says that it did, rightly or not (E3-9). */
  readonly breach: { readonly truly: boolean; readonly told: boolean };
}

/** A finding that is about no campaign, or blames a victim. */
export interface FalseAlarm {
  readonly time: number;
  readonly class: AttackClass;
  readonly level: Level;
  readonly text: string;
  readonly subject: string;
}

/** One detector on one run. */
export interface RunScore {
  readonly run: RunSummary;
  readonly campaigns: readonly CampaignScore[];
  /** Findings of level warning or above, by what they were worth. */
  readonly right: number;
  readonly wrongClass: number;
  /** They blame a victim of the attack: an address it forged or aimed at. */
  readonly victims: readonly FalseAlarm[];
  readonly falseAlarms: readonly FalseAlarm[];
  readonly messages: Tally;
  readonly slices: SliceTally;
  /** Seconds that the detector took. */
  readonly seconds: number;
}

const QUALITY: Readonly<Record<Match, number>> = { right: 4, 'wrong class': 3, points: 2, blames: 1, none: 0 };

/** Judges findings. @param seconds that they took. */
export function score(findings: readonly Finding[], truth: Truth, seconds: number): RunScore {
  const { summary, campaigns, labels, messages } = truth;
  const loud = findings.filter(({ level }) => severity(level) >= WARNING);
  const accused = accuse(campaigns, labels);
  const worth = loud.map((finding) => ({ finding, is: bestMatch(finding, accused) }));
  const told = (is: Match): Finding[] => worth.filter((each) => each.is === is).map((each) => each.finding);
  const labelled = marksOf(labels, messages);
  const marks = blamed(loud, messages);
  return {
    run: summary,
    campaigns: accused.map((each) => scoreCampaign(each, loud, labels)),
    right: told('right').length,
    wrongClass: told('wrong class').length,
    victims: [...told('points'), ...told('blames')].map(alarmOf),
    falseAlarms: told('none').map(alarmOf),
    messages: tallyMessages(labelled, marks),
    slices: tallySlices(messages, labelled, marks),
    seconds,
  };
}

function bestMatch(finding: Finding, accused: readonly Accused[]): Match {
  let best: Match = 'none';
  for (const each of accused) {
    const is = match(finding, each);
    if (QUALITY[is] > QUALITY[best]) best = is;
  }
  return best;
}

function alarmOf({ time, class: kind, level, text, subject = '' }: Finding): FalseAlarm {
  return { time, class: kind, level, text, subject };
}

/** 1 for each labelled message. */
function marksOf(labels: readonly Label[], { frame }: Messages): Uint8Array {
  const frames = new Set(labels.map((label) => label.frame));
  return Uint8Array.from(frame, (number) => (frames.has(number) ? 1 : 0));
}

function scoreCampaign(accused: Accused, findings: readonly Finding[], labels: readonly Label[]): CampaignScore {
  const { campaign } = accused;
  const { id, attack, intensity, classes, first, outcome } = campaign;
  const times = labels.filter((label) => label.campaign === id).map(({ time }) => time);
  const verdicts = findings.map((finding) => ({ finding, is: match(finding, accused) }));
  const right = verdicts.filter(({ is }) => is === 'right').map(({ finding }) => finding);
  const any = verdicts.filter(({ is }) => is !== 'none' && is !== 'blames').map(({ finding }) => finding);
  const tell = (list: readonly Finding[]): Told | undefined => {
    const [earliest] = list.toSorted((a, b) => a.time - b.time);
    if (earliest === undefined) return undefined;
    const { time, class: kind, text } = earliest;
    const packets = times.filter((each) => each <= time).length;
    const victim = match(earliest, accused) === 'points' ? ({ victim: true } as const) : {};
    return { delay: Math.max(0, time - first), packets, class: kind, text, ...victim };
  };
  const found = tell(any);
  const rightly = tell(right);
  const said = outcomeOf(any);
  const isCredential = campaign.stage === 'credential';
  return {
    id,
    attack,
    intensity,
    packets: campaign.packets,
    expected: classes[0] ?? 'anomaly',
    ...(found === undefined ? {} : { found }),
    ...(rightly === undefined ? {} : { right: rightly }),
    findings: any.length,
    ...(said === undefined || outcome === 'unknown' ? {} : { outcome: said === outcome }),
    breach: { truly: isCredential && outcome === 'succeeded', told: isCredential && said === 'succeeded' },
  };
}

/** What findings say of the outcome: one that tells a success says more than others that do not. */
function outcomeOf(findings: readonly Finding[]): Outcome | undefined {
  const said = findings.map(({ outcome }) => outcome);
  return said.includes('succeeded') ? 'succeeded' : said.find((outcome) => outcome !== undefined && outcome !== 'unknown');
}
