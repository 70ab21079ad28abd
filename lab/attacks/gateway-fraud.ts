/** A24: calls of a media gateway that nobody accounts for (S1-47): it talks on after DLCX, or obeys others than its call agent (RFC 3435). */
import type { Random } from '../random.ts';
import type { CampaignHandle, Intensity, Lab, Scenario } from '../scenario.ts';
import type { Exchange } from '../servers/mgcp/exchange.ts';
import { lineOf } from '../servers/mgcp/message.ts';
import { MgcpPort } from '../servers/mgcp/port.ts';
import type { Outlet } from './senders/actor.ts';
import { mediaOf } from './senders/dial.ts';
import { Voice } from './senders/voice.ts';

const LINES = 4;
const SITE = { gatewayLines: LINES, phones: 8 };
/** Seconds of talk before the release; calls made on purpose, besides those that the lines make anyway. */
const TALK = 2;
const CALLS_MADE = 3;
/** Seconds that a stranger talks. */
const ON = 7;
const CALLS = [
  { name: '1 call', value: 1 },
  { name: '4 calls', value: 4 },
];

/** The call agent releases, which ends accounting; the gateway confirms, and both sides talk on. */
export const gatewayTalksOn: Scenario = {
  name: 'gateway-talks-on',
  title: 'A malicious MGCP gateway confirms DLCX and talks on with its accomplice',
  attack: 'A24',
  intensities: [
    { name: '7 s', value: 7 },
    { name: '3 s', value: 3 },
  ],
  site: SITE,
  small: true,
  proof: 'hashes',
  run: runTalksOn,
};

/** A stranger commands the gateway past the call agent. */
export const gatewayCommanded: Scenario = {
  name: 'gateway-commanded',
  title: 'A stranger opens connections of an MGCP gateway and talks over them, past the call agent',
  attack: 'A24',
  intensities: CALLS,
  site: SITE,
  proof: 'hashes',
  run: runCommanded,
};

/** The site's exchange. @throws Error if the scenario did not wish one. */
function exchangeOf(lab: Lab): Exchange {
  const { exchange } = lab.site;
  if (exchange === undefined) throw new Error('the site has no gateway');
  return exchange;
}

function open(lab: Lab, intensity: Intensity, { gateway }: Exchange): CampaignHandle {
  return lab.campaign({
    attack: 'A24',
    classes: ['billing-bypass', 'toll-fraud', 'teardown'],
    stage: 'abuse',
    intensity: intensity.name,
    targets: [gateway.port.address],
  });
}

/** The gateway's lines that are free, as many as wanted. */
async function freeLines(lab: Lab, exchange: Exchange, count: number): Promise<string[]> {
  for (let waited = 0; exchange.free.length < count && waited < 15_000; waited += 200) await lab.sleep(200);
  return lab.random.shuffle(exchange.free).slice(0, count);
}

async function runTalksOn(lab: Lab, intensity: Intensity): Promise<void> {
  const exchange = exchangeOf(lab);
  const lines = await freeLines(lab, exchange, CALLS_MADE);
  const campaign = open(lab, intensity, exchange);
  let packets = 0;
  const sent: CampaignHandle['sent'] = (payload, src, dst, callId) => {
    packets++;
    campaign.sent(payload, src, dst, callId);
  };
  exchange.gateway.afterRelease = { seconds: intensity.value, sent };
  const random = lab.random.fork('talks on');
  const connected = await Promise.all(
    lines.map(async (line) => {
      const plan = {
        direction: random.pick(['out', 'in'] as const),
        talk: TALK + random.unit(),
        ends: random.pick(['line', 'far'] as const),
      };
      return await exchange.call(line, plan);
    }),
  );
  await lab.sleep(intensity.value * 1_000 + 500);
  exchange.gateway.afterRelease = undefined;
  campaign.end(packets > 100 ? 'succeeded' : 'failed', { attackers: [exchange.gateway.port.address], targets: exchange.gateway.endpoints });
  if (!connected.some(Boolean)) throw new Error('no line of the gateway was connected');
}

async function runCommanded(lab: Lab, intensity: Intensity): Promise<void> {
  const exchange = exchangeOf(lab);
  const { gateway } = exchange;
  gateway.obeysAgentAlone = false;
  const lines = await freeLines(lab, exchange, intensity.value);
  const campaign = open(lab, intensity, exchange);
  campaign.owns('attack');
  const random = lab.random.fork('commands');
  const address = lab.segment('attack').address();
  const port = new MgcpPort(await lab.segment('attack').socket(address, random.pick([2427, 2727, 0])), random.integer(1, 999_999));
  const heard = await Promise.all(lines.map(async (line) => await borrow(lab, random, port, gateway.port, line)));
  await lab.sleep(500);
  campaign.end(heard.some((packets) => packets > 50) ? 'succeeded' : 'failed', { attackers: [address], targets: lines });
  port.close();
  gateway.obeysAgentAlone = true;
}

/** What the attacker's segment sends is labelled as such. */
const owned: Outlet = { send: (socket, payload, { address, port }) => socket.send(payload, port, address) };

/** One connection of a line: audited, opened, talked over, deleted. Gives the packets that were heard of the gateway. */
async function borrow(lab: Lab, random: Random, port: MgcpPort, gateway: MgcpPort, line: string): Promise<number> {
  await port.command(gateway, 'AUEP', line, [['F', 'I, ES, A']]);
  await lab.sleep(random.integer(200, 800));
  const voice = await Voice.open(lab, 'attack', port.address);
  const callId = random.text(random.integer(8, 32), '0123456789ABCDEF');
  const mode = ['M', 'sendrecv'] as const;
  const made = await port.command(gateway, 'CRCX', line, [['C', callId], ['L', 'p:20, a:PCMU'], mode], voice.description(lab));
  voice.target = mediaOf(made?.body ?? '');
  await voice.talk(lab, owned, callId, ON * 1_000);
  const { received } = voice;
  await port.command(gateway, 'DLCX', line, [
    ['C', callId],
    ['I', lineOf(made, 'I')],
  ]);
  voice.close();
  return received;
}
