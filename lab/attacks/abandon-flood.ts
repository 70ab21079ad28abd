/** A10: REGISTERs that leave every challenge unanswered (S0-62): nonces and state for nothing. */
import type { Intensity, Lab, Scenario } from '../scenario.ts';
import { Attacker } from './senders/attacker.ts';
import { countAt, drawnPace, lasting, play } from './senders/schedule.ts';
import { SIPP_FILTER, sippCommand } from './senders/sipp.ts';

function open(lab: Lab, intensity: Intensity, attackers: readonly string[]) {
  return lab.campaign({
    attack: 'A10',
    // Who names all users and proves to be none of them also learns which there are.
    classes: ['flood', 'extension-scan'],
    stage: 'disrupt',
    intensity: intensity.name,
    attackers,
    targets: [lab.site.proxy.address],
  });
}

/** A few users again and again, or all of them. */
function victims(lab: Lab) {
  const random = lab.random.fork('victims');
  return random.chance(0.5) ? lab.site.accounts : random.shuffle(lab.site.accounts).slice(0, random.integer(1, 5));
}

async function byOwnSender(lab: Lab, intensity: Intensity): Promise<void> {
  const sources = lab.random.pick([1, 1, 3]);
  const addresses = Array.from({ length: sources }, () => lab.segment('attack').address());
  const campaign = open(lab, intensity, addresses);
  const clients = await Promise.all(addresses.map((address) => Attacker.open(lab, campaign, lab.segment('attack'), { address })));
  const users = victims(lab);
  const random = lab.random.fork('requests');
  const { domain, proxy } = lab.site;
  await play(lab, drawnPace(random.fork('times'), intensity.value, countAt(intensity.value)), () => {
    const client = random.pick(clients);
    const from = `sip:${random.pick(users).user}@${domain}`;
    client.send({ method: 'REGISTER', uri: `sip:${domain}`, from, callId: client.callId(), cseq: 1, more: [['Expires', '3600']] }, proxy);
  });
  await lab.sleep(1000);
  for (const client of clients) client.close();
  campaign.end('unknown');
}

async function bySipp(lab: Lab, intensity: Intensity): Promise<void> {
  const address = lab.segment('attack').address();
  const campaign = open(lab, intensity, [address]);
  campaign.owns('attack');
  const users = victims(lab);
  const random = lab.random.fork('requests');
  const { domain, proxy } = lab.site;
  const seconds = lasting(intensity.value);
  const count = countAt(intensity.value);
  const calls = Array.from({ length: count }, () => ({ uri: `sip:${domain}`, user: random.pick(users).user, domain }));
  const flood = { method: 'REGISTER', calls } as const;
  await lab.tool('attack', sippCommand(flood, address, `${proxy.address}:${proxy.port}`, intensity.value), seconds + 8);
  await lab.sleep(500);
  campaign.end('unknown');
}

const STRENGTHS = [
  { name: '20/s', value: 20 },
  { name: '2/s', value: 2 },
  { name: '200/s', value: 200 },
];

/** By the lab's own sender, from one or three addresses. */
export const ABANDON_FLOOD: Scenario = {
  name: 'register-flood-challenged',
  title: 'REGISTERs that leave every challenge unanswered',
  attack: 'A10',
  intensities: [{ name: '10/s', value: 10 }, { name: '1/s', value: 1 }, ...STRENGTHS.slice(2)],
  site: { answers: '401-401' },
  small: true,
  proof: 'hashes',
  run: byOwnSender,
};

/** By SIPp. */
export const ABANDON_FLOOD_BY_SIPP: Scenario = {
  name: 'register-flood-challenged-sipp',
  title: 'REGISTERs that leave every challenge unanswered, by SIPp',
  attack: 'A10',
  intensities: STRENGTHS,
  proof: { filter: SIPP_FILTER },
  needs: ['sipp'],
  run: bySipp,
};
