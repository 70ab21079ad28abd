/** A32: one number behind one dialling prefix after the other, until one finds the way out (S4-03; evaluation.md §9). */
import { headerOf } from '../agents/message.ts';
import type { Random } from '../random.ts';
import type { Account, CampaignHandle, Intensity, Lab, Scenario } from '../scenario.ts';
import { Actor } from './senders/actor.ts';
import { opening } from './senders/dial.ts';
import { costlyRange } from './senders/numbers.ts';
import { Robot } from './senders/robot.ts';
import { drawnPace, play } from './senders/schedule.ts';
import { Voice } from './senders/voice.ts';

const SOLD = { '7321': 'juniper-walnut-83' };
const INTENSITIES = [
  { name: '1/s', value: 1 },
  { name: '0.02/s', value: 0.02 },
  { name: '10/s', value: 10 },
];
/** Prefixes tried at most. */
const TRIES = 60;
/** Real seconds between two tries of which the gap is stretched. */
const GAP = 250;

/** Without an account: the proxy wants credentials for each. */
export const dialPrefixes: Scenario = {
  name: 'dial-prefix-guessing',
  title: 'A stranger dials one number behind one prefix after the other',
  attack: 'A32',
  intensities: INTENSITIES,
  proof: 'hashes',
  run: runStranger,
};

/** With an account: the trunk refuses all forms but one. */
export const dialPrefixesFound: Scenario = {
  name: 'dial-prefix-found',
  title: 'A stolen account dials one number behind one prefix after the other until it is answered',
  attack: 'A32',
  intensities: INTENSITIES,
  site: { extraAccounts: SOLD },
  proof: 'hashes',
  run: runAccount,
};

/** Prefixes in the order in which they are tried: the usual ones, then made-up ones. */
function prefixes(random: Random): string[] {
  const usual = [
    '',
    '0',
    '00',
    '000',
    '0000',
    '9',
    '90',
    '900',
    '9000',
    '9011',
    '011',
    '0011',
    '810',
    '+',
    '99',
    '7',
    '8',
    '1',
    '11',
    '0099',
  ];
  const made = Array.from({ length: TRIES }, () =>
    random.pick([
      `${random.integer(1, 9)}00`,
      `7${random.integer(10, 99)}00`,
      `${random.integer(10, 9999)}00`,
      `*${random.integer(1, 99)}`,
      `00${random.integer(1, 9)}`,
    ]),
  );
  const order = random.chance(0.5) ? usual : random.shuffle(usual);
  return [...new Set([...order, ...made])].slice(0, TRIES);
}

function open(lab: Lab, intensity: Intensity, number: string): CampaignHandle {
  const classes = ['toll-fraud'] as const;
  return lab.campaign({ attack: 'A32', classes, stage: 'abuse', intensity: intensity.name, targets: [number, lab.site.proxy.address] });
}

/** How many prefixes are tried at this rate. */
function countOf({ value }: Intensity): number {
  return value >= 10 ? TRIES : value >= 1 ? 12 : 15;
}

/** Real offsets of the tries in milliseconds, and their simulated times where gaps are stretched. */
function timesOf(lab: Lab, random: Random, intensity: Intensity): { readonly offsets: number[]; readonly simulated: number[] | undefined } {
  const pace = drawnPace(random, intensity.value, countOf(intensity));
  if (intensity.value >= 1) return { offsets: pace, simulated: undefined };
  return { offsets: pace.map((_, i) => i * GAP), simulated: pace.map((ms) => Math.round(lab.start + 60e6 + ms * 1000)) };
}

async function runStranger(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('guesses');
  const number = costlyRange(random)();
  const campaign = open(lab, intensity, number);
  const actor = await Actor.open(lab, campaign, 'attack');
  const voice = await Voice.open(lab, 'attack', actor.address);
  const claimed: Account = {
    user: random.pick(['100', '1000', 'admin', '2010', lab.site.accounts[0]?.user ?? '1']),
    domain: lab.site.domain,
    password: '',
  };
  const { offsets, simulated } = timesOf(lab, random, intensity);
  const list = prefixes(random);
  const asked: Promise<unknown>[] = [];
  let challenged = 0;
  await play(lab, offsets, (i) => {
    const uri = `sip:${list[i]}${number}@${lab.site.domain}`;
    const invite = {
      ...opening(actor, lab, claimed, 'INVITE', uri, [['Contact', actor.contact(claimed.user)]], voice.description(lab)),
      branch: actor.branch(),
    };
    if (simulated !== undefined) lab.unit(invite.callId, simulated[i]!);
    const answer = actor.ask(invite, lab.site.proxy).then((final) => {
      if (final === undefined) return;
      if (headerOf(final, 'proxy-authenticate') !== '') challenged++;
      actor.refuse(invite, final, lab.site.proxy);
    });
    asked.push(answer);
  });
  await Promise.all(asked);
  if (challenged === 0) throw new Error('nothing was challenged: this site does not ask for credentials');
  campaign.end('failed', { attackers: [actor.address] });
  actor.close();
  voice.close();
}

async function runAccount(lab: Lab, intensity: Intensity): Promise<void> {
  const [user = '', password = ''] = Object.entries(SOLD)[0] ?? [];
  const random = lab.random.fork('guesses');
  const number = costlyRange(random)();
  const campaign = open(lab, intensity, number);
  const account: Account = { user, password, domain: lab.site.domain };
  const robot = await Robot.open(lab, campaign, { segment: 'attack', account });
  const { offsets, simulated } = timesOf(lab, random, intensity);
  // The proxy takes these for telephone numbers; the last of them is what the provider's trunk wants.
  const list = prefixes(random).slice(0, offsets.length);
  const right = list.findLast((prefix) => ['00', '+', ''].includes(prefix)) ?? '00';
  const calls: ReturnType<Robot['call']>[] = [];
  await play(lab, offsets, (i) => {
    const good = list[i] === right;
    const start = simulated === undefined ? {} : { start: simulated[i]! };
    const answer = good ? ({ kind: 'answer', after: 0.8 } as const) : ({ kind: 'missing', after: 0 } as const);
    calls.push(robot.call(`${list[i]}${number}`, { ...start, talk: good ? 6 : 0, media: good ? 'full' : 'none', answer }));
  });
  const records = await Promise.all(calls);
  const found = records.some(({ answer }) => answer !== undefined);
  campaign.end(found ? 'succeeded' : 'failed', { attackers: [robot.address], targets: [`${user}@${lab.site.domain}`] });
  await lab.sleep(300);
  robot.close();
}
