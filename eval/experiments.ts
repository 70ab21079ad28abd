/**
 * The experiments of the evaluation protocol that recordings of the lab answer: which runs speak of each, which benign look-alikes
 * stand against them. What is answered elsewhere says where.
 */
import type { HardNegative } from '../lab/benign/negatives.ts';
import type { AttackId } from '../lab/record/folder.ts';
import type { AttackClass } from '../src/types.ts';
import { strength } from './required.ts';
import type { RunScore } from './score.ts';
import { quantile } from './statistics.ts';
import { only, sum } from './summary.ts';

/** One experiment. Runs that speak of it have one of its attacks and, if it names any, a scenario that begins like one of these. */
export interface Experiment {
  /** As in the protocol, e.g. `E2-1`. */
  readonly id: string;
  readonly asks: string;
  readonly attacks: readonly AttackId[];
  readonly scenarios?: readonly string[];
  /** Only strengths below this rate (1/s) count: the slow ones of an evasion. */
  readonly below?: number;
  /** Classes whose alarms on benign runs are this experiment's false positives; absent: all. */
  readonly classes?: readonly AttackClass[];
  /** Benign situations (names in the manifests) that look like these attacks. */
  readonly alike?: readonly HardNegative[];
  /** Where the rest of the answer stands, or what the runs cannot say. */
  readonly remark?: string;
}

const TEARDOWN: readonly HardNegative[] = [
  'late-rtp',
  'very-short',
  'lost-ack',
  'forking',
  'ssrc-on-hold',
  'ssrc-on-transfer',
  'comfort-noise',
  'music-on-hold',
];
const MOVED: readonly HardNegative[] = ['hand-over-call', 'private-address', 'ssrc-on-hold', 'ssrc-on-transfer', 't38', 'session-timer'];
const SHAKE: readonly HardNegative[] = ['lost-ack', 'very-short', 'session-timer'];
const LOGIN: readonly HardNegative[] = ['stale-password', 'mistyped-password', 'power-cut-storm', 'one-nat', 'contact-star'];
const DIALLERS: readonly HardNegative[] = ['call-centre', 'fax-dialler', 'alarm-dialler', 'trunk-one-source'];

/** The experiments, in the order of the protocol. */
export const EXPERIMENTS: readonly Experiment[] = [
  { id: 'E0-1', asks: 'INVITEs to domains whose name servers never answer', attacks: ['A09'], classes: ['flood'], alike: ['dns-names'] },
  {
    id: 'E0-3',
    asks: 'floods',
    attacks: ['A01', 'A02', 'A03', 'A04', 'A05', 'A06', 'A07', 'A08', 'A09', 'A10'],
    classes: ['flood'],
    alike: ['power-cut-storm', 'call-centre', 'monitoring-probe', 'trunk-one-source'],
  },
  { id: 'E0-4', asks: 'SPIT', attacks: ['A29'], classes: ['spit'], alike: DIALLERS },
  { id: 'E1-1 BYE', asks: 'attacks of Table 2: BYE', attacks: ['A17'], classes: ['teardown'], alike: TEARDOWN },
  { id: 'E1-1 CANCEL', asks: 'CANCEL and DECLINE', attacks: ['A18'], classes: ['teardown'], alike: ['forking', 'forward-302'] },
  { id: 'E1-1 REFER', asks: 'REFER', attacks: ['A19'], classes: ['hijack'], alike: ['ssrc-on-transfer'] },
  { id: 'E1-1 re-INVITE', asks: 're-INVITE and UPDATE', attacks: ['A20', 'A21'], classes: ['hijack'], alike: MOVED },
  { id: 'E1-1 handshake', asks: 'broken handshake', attacks: ['A22'], classes: ['flood', 'billing-bypass'], alike: SHAKE },
  { id: 'E1-1 billing', asks: 'billing bypass', attacks: ['A23'], classes: ['billing-bypass'], alike: SHAKE },
  { id: 'E1-1 gateway', asks: 'malicious gateway', attacks: ['A24'] },
  { id: 'E1-1 audits', asks: 'missing audits', attacks: ['A25'] },
  {
    id: 'E1-2',
    asks: 'forged BYE, media goes on',
    attacks: ['A17'],
    scenarios: ['forged-bye', 'teardown'],
    classes: ['teardown', 'billing-bypass'],
    alike: TEARDOWN,
  },
  { id: 'E1-3', asks: 'answers never acknowledged, 1–500/s', attacks: ['A22'], classes: ['flood', 'billing-bypass'], alike: ['lost-ack'] },
  { id: 'E1-10', asks: 'MGCP: malicious gateway and missing audit', attacks: ['A24', 'A25'] },
  {
    id: 'E2-1',
    asks: 'the attacks of paper 002',
    attacks: ['A11', 'A13', 'A16', 'A17', 'A18', 'A19', 'A20', 'A21', 'A26', 'A27', 'A28', 'A29', 'A33', 'A35'],
    remark: 'each by itself: “Each attack, by strength”',
  },
  {
    id: 'E2-2',
    asks: 'forged BYEs among NAT, proxy chain, mobility, several interfaces, forking',
    attacks: ['A17'],
    scenarios: ['teardown'],
    classes: ['teardown'],
    remark: 'false alarms beside paper 002’s: “False alarms by benign scenario”',
  },
  {
    id: 'E2-8 slow',
    asks: 'evasion: just below usual thresholds, one try in 20 s and slower',
    attacks: ['A11', 'A12', 'A13', 'A14', 'A15', 'A32', 'A37'],
    below: 0.051,
    remark: 'the curve over rates: “Each attack, by strength”',
  },
  { id: 'E2-8 identities', asks: 'evasion: several sources', attacks: ['A14'], classes: ['password-guessing'], alike: ['one-nat'] },
  {
    id: 'E2-8 mimicry',
    asks: 'evasion: from the real user’s address, from inside calls, as a customer, other User-Agent',
    attacks: ['A11', 'A13', 'A16', 'A29'],
    scenarios: ['password-guessing-shared', 'registration-replay', 'spit-customer', 'server-scan-svmap'],
  },
  {
    id: 'E3-1',
    asks: 'SIPVicious against servers of all styles',
    attacks: ['A11', 'A12', 'A13', 'A15'],
    scenarios: ['server-scan-svmap', 'extension-scan-svwar', 'password-guessing-svcrack', 'mixed-guessing-sipvicious'],
    classes: ['server-scan', 'extension-scan', 'password-guessing'],
    alike: LOGIN,
  },
  {
    id: 'E3-5',
    asks: 'early warning: delay from the first packet',
    attacks: ['A12', 'A13', 'A15'],
    classes: ['extension-scan', 'password-guessing'],
    alike: LOGIN,
  },
  { id: 'E3-6', asks: 'one user, 5 to 500 sources', attacks: ['A14'], classes: ['password-guessing'], alike: LOGIN },
  {
    id: 'E3-7',
    asks: 'few guesses for many users; one guess in half an hour',
    attacks: ['A13', 'A15'],
    scenarios: ['mixed-guessing', 'password-guessing'],
    classes: ['password-guessing'],
    alike: LOGIN,
  },
  {
    id: 'E3-8',
    asks: 'the real user registers from the guesser’s address',
    attacks: ['A13'],
    scenarios: ['password-guessing-shared'],
    classes: ['password-guessing'],
    alike: ['one-nat'],
  },
  {
    id: 'E3-9',
    asks: 'a found password, and a late 200 that is none',
    attacks: ['A13', 'A15'],
    scenarios: ['password-found', 'password-guessing-late'],
    remark: 'break-ins told as such: “Required of everything together”',
  },
];

/** What the runs of the evaluation answered. Times: µs. */
export interface Answer {
  readonly experiment: Experiment;
  readonly runs: number;
  readonly campaigns: number;
  /** Campaigns told with a right class. */
  readonly told: number;
  readonly delay: { readonly median: number; readonly p95: number };
  /** Benign situations of the kinds that look alike, over all benign runs. */
  readonly alike: number;
  /** Alarms of its classes on benign runs. */
  readonly falsely: number;
}

/** Answers all experiments. @param scores of Ringfence, one per run. */
export function answers(scores: readonly RunScore[]): Answer[] {
  return EXPERIMENTS.map((experiment) => answer(experiment, scores));
}

function answer(experiment: Experiment, scores: readonly RunScore[]): Answer {
  const own = only(
    scores.filter(({ run }) => speaksOf(experiment, run.scenario)),
    ({ attack, intensity }) => experiment.attacks.includes(attack) && isFaint(intensity, experiment.below),
  );
  const campaigns = own.flatMap((each) => each.campaigns);
  const delays = campaigns.flatMap(({ right }) => (right === undefined ? [] : [right.delay]));
  const benign = scores.filter(({ run }) => run.kind === 'benign');
  const { alike = [], classes } = experiment;
  return {
    experiment,
    runs: own.length,
    campaigns: campaigns.length,
    told: delays.length,
    delay: { median: quantile(delays, 0.5), p95: quantile(delays, 0.95) },
    alike: sum(benign.flatMap(({ run }) => alike.map((kind) => run.hardNegatives[kind] ?? 0))),
    falsely: sum(benign.map(({ falseAlarms }) => falseAlarms.filter((each) => classes?.includes(each.class) ?? true).length)),
  };
}

function speaksOf({ scenarios }: Experiment, scenario: string): boolean {
  return scenarios?.some((name) => scenario.startsWith(name)) ?? true;
}

/** Tries per second below the bound; `30 users, 1 each, 1 per 3 min` too. */
function isFaint(intensity: string, below: number | undefined): boolean {
  if (below === undefined) return true;
  const { value, unit } = strength(intensity);
  return unit === '/s' && value < below;
}
