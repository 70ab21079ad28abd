/**
 * A12 (E3-1): who asks one server for many users. svwar for real against servers of all styles of answer, and the lab's own
 * scanner, with REGISTER, INVITE and OPTIONS, numbers in a row and names of a dictionary.
 */
import type { Random } from '../random.ts';
import type { CampaignHandle, Intensity, Lab, Scenario } from '../scenario.ts';
import { Attacker, offer } from './senders/attacker.ts';
import { candidates, word } from './senders/names.ts';
import { NMAP_FILTER } from './senders/nmap.ts';
import { drawnPace, play } from './senders/schedule.ts';
import { SIPVICIOUS_FILTER, sipvicious } from './senders/sipvicious.ts';

type Method = 'REGISTER' | 'INVITE' | 'OPTIONS';

function open(lab: Lab, intensity: Intensity, attackers: readonly string[]): CampaignHandle {
  return lab.campaign({
    attack: 'A12',
    classes: ['extension-scan'],
    stage: 'enumerate',
    intensity: intensity.name,
    attackers,
    targets: [lab.site.proxy.address],
  });
}

function users(lab: Lab): string[] {
  return lab.site.accounts.map(({ user }) => user);
}

async function byOwnSender(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('scan');
  const address = lab.segment('attack').address();
  const campaign = open(lab, intensity, [address]);
  const attacker = await Attacker.open(lab, campaign, lab.segment('attack'), { address });
  const slow = intensity.value < 1;
  const speed = slow ? 8 : intensity.value;
  const list = candidates(
    random,
    slow ? 40 : Math.min(900, Math.max(25, Math.round(speed * 10))),
    random.pick(['range', 'dictionary']),
    users(lab),
  );
  const method = random.pick<Method>(['REGISTER', 'REGISTER', 'OPTIONS', 'INVITE']);
  const offsets = drawnPace(random.fork('times'), speed, list.length);
  const found = await scan(lab, attacker, list, method, offsets, slow ? 1e6 / intensity.value : 0);
  campaign.end(found.length > 0 ? 'succeeded' : 'failed', { targets: found.map((user) => `${user}@${lab.site.domain}`) });
  attacker.close();
}

/** Asks for each of the list at its offset; with a `gap` (microseconds) their times are that far apart afterwards. The users that answer otherwise than the first. */
async function scan(
  lab: Lab,
  attacker: Attacker,
  list: readonly string[],
  method: Method,
  offsets: readonly number[],
  gap: number,
): Promise<string[]> {
  const { domain, proxy } = lab.site;
  const random = attacker.random;
  const start = lab.start + 60e6;
  const body = method === 'INVITE' ? { body: offer(attacker) } : {};
  const self = random.chance(0.5);
  const ask = async (user: string, index: number): Promise<{ readonly user: string; readonly status: number }> => {
    const callId = attacker.callId();
    if (gap > 0) lab.unit(callId, start + Math.round(index * gap + random.integer(0, gap / 3)));
    const target = `sip:${user}@${domain}`;
    const from = self || method === 'REGISTER' ? target : `sip:${word(random)}@${domain}`;
    const uri = method === 'REGISTER' ? `sip:${domain}` : target;
    const reply = await attacker.ask({ method, uri, from, to: target, callId, cseq: 1, ...body }, proxy, 1000);
    return { user, status: reply?.status ?? 0 };
  };
  const asked = [ask(String(random.integer(1e8, 4e9)), 0)];
  await play(lab, offsets, (index) => asked.push(ask(list[index]!, index + 1)));
  const [unknown, ...answers] = await Promise.all(asked);
  return answers.filter(({ status }) => status !== 0 && status !== unknown?.status).map(({ user }) => user);
}

async function bySvwar(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('scan');
  const address = lab.segment('attack').address();
  const campaign = open(lab, intensity, [address]);
  campaign.owns('attack');
  const { domain, proxy } = lab.site;
  const count = Math.min(900, Math.max(20, intensity.value * 6));
  const agent = random.chance(0.4) ? `${word(random)} ${random.integer(1, 9)}.${random.integer(0, 9)}` : undefined;
  const method = random.pick<Method>(['REGISTER', 'REGISTER', 'REGISTER', 'REGISTER', 'OPTIONS', 'INVITE']);
  const command = sipvicious(
    'svwar',
    [
      ...['-p', String(proxy.port), '-t', String(1 / intensity.value), '-m', method, '--force', '--domain', domain],
      ...['-e', range(random, users(lab), count), proxy.address],
    ],
    agent,
  );
  let { output } = await lab.tool('attack', command, 20);
  // It gives up if its first request or the answer to it is lost on the way: whoever means it starts it again.
  for (let again = 0; again < 2 && output.includes('socket error: timed out'); again++)
    ({ output } = await lab.tool('attack', command, 20));
  const found = users(lab).filter((user) => new RegExp(`\\| ${user} +\\| (reqauth|noauth|weird)`).test(output));
  campaign.end(found.length > 0 ? 'succeeded' : 'failed', { targets: found.map((user) => `${user}@${domain}`) });
}

async function byNmap(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('scan');
  const campaign = open(lab, intensity, [lab.segment('attack').address()]);
  campaign.owns('attack');
  const { domain, proxy } = lab.site;
  const list = candidates(random, intensity.value, 'range', users(lab));
  // The plus sign: also on ports that are not 5060.
  const numbers = `sip-enum-users.minext=${list[0]},sip-enum-users.maxext=${list.at(-1)},sip.timeout=1`;
  const options = ['-sU', '-Pn', '-n', '-p', String(proxy.port), '--script', '+sip-enum-users', '--script-args', numbers];
  const { output } = await lab.tool('attack', ['nmap', ...options, proxy.address], 25);
  const found = users(lab).filter((user) => output.includes(` ${user}: `));
  campaign.end(found.length > 0 ? 'succeeded' : 'failed', { targets: found.map((user) => `${user}@${domain}`) });
}

/** `first-last` in the way svwar takes it. */
function range(random: Random, real: readonly string[], count: number): string {
  const list = candidates(random, count, 'range', real);
  return `${list[0]}-${list.at(-1)}`;
}

/** By the lab's own sender, against a site of any style. */
export const EXTENSION_SCAN: Scenario = {
  name: 'extension-scan',
  title: 'One source asks for many users by REGISTER, INVITE or OPTIONS, fast or over hours',
  attack: 'A12',
  intensities: [
    { name: '10/s', value: 10 },
    { name: '1/s', value: 1 },
    { name: '100/s', value: 100 },
    { name: '1 per min', value: 1 / 60 },
    { name: '1 per 10 min', value: 1 / 600 },
  ],
  proof: 'hashes',
  run: byOwnSender,
};

/** svwar for real where unknown users are told from known ones (M-02). */
export const EXTENSION_SCAN_BY_SVWAR: Scenario = {
  name: 'extension-scan-svwar',
  title: 'svwar against a server that tells unknown users: 404 to them, 401 to the others (E3-1)',
  attack: 'A12',
  intensities: [
    { name: '180/s', value: 180 },
    { name: '2/s', value: 2 },
    { name: '20/s', value: 20 },
  ],
  site: { answers: '404-401' },
  small: true,
  proof: { filter: SIPVICIOUS_FILTER },
  needs: ['svwar'],
  run: bySvwar,
};

/** svwar gives up at the first answer that tells it nothing, even when it is forced (M-01): the faster it is, the more are under way by then. */
export const EXTENSION_SCAN_BY_SVWAR_IN_VAIN: Scenario = {
  name: 'extension-scan-svwar-in-vain',
  title: 'svwar against a server that challenges everybody: it gives up after some twenty requests (E3-1)',
  attack: 'A12',
  intensities: [
    { name: '180/s', value: 180 },
    { name: '400/s', value: 400 },
  ],
  site: { answers: '401-401' },
  proof: { filter: SIPVICIOUS_FILTER },
  needs: ['svwar'],
  run: bySvwar,
};

/** nmap's script, which stops where unknown users are challenged like everybody. */
export const EXTENSION_SCAN_BY_NMAP: Scenario = {
  name: 'extension-scan-nmap',
  title: 'nmap asks one server for many users',
  attack: 'A12',
  intensities: [
    { name: '100 users', value: 100 },
    { name: '400 users', value: 400 },
  ],
  site: { answers: '404-401' },
  proof: { filter: NMAP_FILTER },
  needs: ['nmap'],
  run: byNmap,
};
