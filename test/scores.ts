/** Scores for tests, as small as types allow. */
import { BANDS } from '../eval/blame.ts';
import type { CampaignScore, FalseAlarm, RunScore } from '../eval/score.ts';
import type { AttackId } from '../lab/record/folder.ts';
import type { AttackClass } from '../src/types.ts';

const S = 1_000_000;
const DAY = 86_400 * S;
const bands = BANDS.map(() => ({ slices: 0, hits: 0 }));
const nothing = { hits: 0, falseHits: 0, misses: 0, rest: 0 };

/** A false alarm. */
export function alarm(text: string, kind: AttackClass = 'flood'): FalseAlarm {
  return { time: 0, class: kind, level: 'high', text, subject: '' };
}

/** One detector on one run: benign if it has no campaign, a day long unless it says otherwise. */
export function run(change: Partial<RunScore> & { readonly seed?: number; readonly days?: number; readonly calls?: number }): RunScore {
  const { seed = 1, days = 1, calls = 0, ...rest } = change;
  const campaigns = rest.campaigns ?? [];
  return {
    run: {
      name: `run-${seed}`,
      scenario: 'x',
      kind: campaigns.length > 0 ? 'attack' : 'benign',
      ...(campaigns[0] === undefined ? {} : { attack: campaigns[0].attack }),
      intensity: campaigns[0]?.intensity ?? '',
      seed,
      split: 'validation',
      hash: '',
      capture: '',
      commit: '',
      host: '',
      duration: days * DAY,
      calls,
      sipMessages: 100,
      labelled: 0,
      hardNegatives: {},
      tools: [],
    },
    campaigns,
    right: 0,
    wrongClass: 0,
    victims: [],
    falseAlarms: [],
    messages: nothing,
    slices: { ...nothing, bands },
    seconds: 0.001,
    ...rest,
  };
}

/** What became of a campaign. */
export interface About {
  readonly attack?: AttackId;
  readonly intensity?: string;
  /** Seconds to the right alarm; absent: missed. */
  readonly delay?: number;
  readonly called?: AttackClass;
}

/** Password guessing of 100 packets, ten a second. */
export function campaign({ attack = 'A13', intensity = '10/s', delay, called }: About): CampaignScore {
  const told = delay === undefined ? undefined : ({ delay: delay * S, packets: delay * 10, class: 'password-guessing', text: '' } as const);
  const found = told ?? (called === undefined ? undefined : ({ delay: 0, packets: 1, class: called, text: 'other' } as const));
  return {
    id: 'c1',
    attack,
    intensity,
    packets: 100,
    expected: 'password-guessing',
    ...(found === undefined ? {} : { found }),
    ...(told === undefined ? {} : { right: told }),
    findings: found === undefined ? 0 : 1,
    breach: { truly: false, told: false },
  };
}
