/** A28: media that nobody asked for (S2-33): floods of large packets with sequence numbers at random, and sound put into calls. */
import type { Leg } from '../agents/leg.ts';
import { RtpStream } from '../agents/rtp.ts';
import { recording } from '../agents/sound.ts';
import type { Random } from '../random.ts';
import type { CampaignHandle, Intensity, Lab, Scenario, Segment } from '../scenario.ts';
import { nobodysAddress } from './senders/names.ts';
import { play, regular } from './senders/schedule.ts';
import { type VictimCall, victimCalls } from './senders/victim.ts';

/** Seconds of a flood, and of injected sound. */
const FLOOD = 6;
const SOUND = 4;

/** At the telephone of a call that goes on. Packets are large, begin as RTP does, and nobody in the lab sends others like that. */
export const rtpFlood: Scenario = {
  name: 'rtp-flood',
  title: 'Large RTP packets with random sequence numbers and forged sources to the telephone of a live call',
  attack: 'A28',
  intensities: [200, 50, 1000].map((value) => ({ name: `${value}/s`, value })),
  small: true,
  proof: { filter: 'udp.length >= 1150 && udp.payload[0:1] == 80' },
  run: runFlood,
};

const CALLS = [
  { name: '1 call', value: 1 },
  { name: '4 calls', value: 4 },
];

/** In the path: the peer's address, port and SSRC, a sequence number ahead. */
export const rtpInjection: Scenario = {
  name: 'rtp-injection',
  title: 'Sound put into live calls with the SSRC and the address of the peer, sequence numbers ahead',
  attack: 'A28',
  intensities: CALLS,
  proof: 'hashes',
  run: async (lab, intensity) => await runInjection(lab, intensity, true),
};

/** Outside the path: knows the port only; another SSRC from an address of its own. */
export const rtpInjectionStranger: Scenario = {
  name: 'rtp-injection-stranger',
  title: 'Sound sent to the ports of live calls from a foreign address with another SSRC',
  attack: 'A28',
  intensities: CALLS,
  proof: 'hashes',
  run: async (lab, intensity) => await runInjection(lab, intensity, false),
};

function open(lab: Lab, intensity: Intensity, calls: readonly VictimCall[], spoofed: readonly string[]): CampaignHandle {
  return lab.campaign({
    attack: 'A28',
    classes: intensity.name.endsWith('/s') ? ['flood', 'media-attack'] : ['media-attack', 'hijack'],
    stage: 'disrupt',
    intensity: intensity.name,
    spoofed,
    targets: calls.flatMap(({ callId, called }) => [callId, called.signalling.address]),
  });
}

/** Packets that have come to a leg's media port. */
function heard(leg: Leg): number {
  return leg.media?.received ?? 0;
}

function spoken(leg: Leg): number {
  return leg.media?.stream?.packets ?? 0;
}

/** Of packets that were sent to the called side besides the caller's own: the share that arrived. */
function counter({ caller, called }: VictimCall): (sent: number) => number {
  const [before, own] = [heard(called), spoken(caller)];
  return (sent) => (heard(called) - before - (spoken(caller) - own)) / sent;
}

async function runFlood(lab: Lab, intensity: Intensity): Promise<void> {
  const random = lab.random.fork('flood');
  const [call] = await victimCalls(lab, 1, FLOOD + 3);
  const target = call?.called.mediaPath?.local;
  const peer = call?.caller.mediaPath?.local;
  if (call === undefined || target === undefined || peer === undefined) throw new Error('the call has no media');
  const segment = lab.segment('attack');
  const forged = random.pick([[peer], strangers(random, 1), strangers(random, 16)]);
  const campaign = open(lab, intensity, [call], [...new Set(forged.map(({ address }) => address))]);
  const sockets = await Promise.all(forged.map(async ({ address, port }) => await segment.forger(address, port)));
  const arrived = counter(call);
  const times = regular(random, intensity.value, FLOOD, 0.5);
  const ssrc = random.chance(0.5) ? random.integer(1, 0xffffffff) : (call.caller.mediaPath?.ssrc ?? 1);
  const size = random.pick([1172, 1372, 1472]);
  const scattered = random.chance(0.3);
  await play(lab, times, () => {
    const packet = floodPacket(random, size, scattered ? random.integer(1, 0xffffffff) : ssrc);
    campaign.send(random.pick(sockets), packet, target, call.callId);
  });
  await lab.sleep(300);
  campaign.end(arrived(times.length) > 0.5 ? 'succeeded' : 'failed');
  for (const socket of sockets) socket.close();
  await call.over;
}

function strangers(random: Random, count: number): { readonly address: string; readonly port: number }[] {
  return Array.from({ length: count }, () => ({ address: nobodysAddress(random), port: 2 * random.integer(2_000, 30_000) }));
}

/** An RTP header (RFC 3550 §5.1) with nothing in it that follows from the last one, and noise. */
function floodPacket(random: Random, size: number, ssrc: number): Buffer {
  const packet = Buffer.concat([Buffer.alloc(12), random.bytes(size - 12)]);
  packet[0] = 0x80;
  packet[1] = random.pick([0, 0, 8, 18, 96]);
  packet.writeUInt16BE(random.integer(0, 65_535), 2);
  packet.writeUInt32BE(random.integer(0, 0xffffffff), 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

async function runInjection(lab: Lab, intensity: Intensity, inPath: boolean): Promise<void> {
  const random = lab.random.fork('injection');
  const calls = await victimCalls(lab, intensity.value, SOUND + 4);
  const segment = lab.segment('attack');
  const own = segment.address();
  const peers = calls.flatMap(({ caller }) => caller.mediaPath?.local.address ?? []);
  const campaign = open(lab, intensity, calls, inPath ? [...new Set(peers)] : []);
  const sound = recording(random.fork('recording'), SOUND);
  await lab.sleep(1_000);
  const shares = await Promise.all(
    calls.map(async (call) => {
      await lab.sleep(random.unit() * 300);
      return await inject(lab, campaign, { call, segment, own, inPath, random, voice: sound() });
    }),
  );
  campaign.end(shares.some((share) => share > 0.5) ? 'succeeded' : 'failed', { attackers: inPath ? [] : [own] });
  await Promise.all(calls.map(({ over }) => over));
}

interface Injection {
  readonly call: VictimCall;
  readonly segment: Segment;
  readonly own: string;
  readonly inPath: boolean;
  readonly random: Random;
  readonly voice: ReturnType<ReturnType<typeof recording>>;
}

/** Sends sound into the called side of one call; gives the share that arrived. */
async function inject(lab: Lab, campaign: CampaignHandle, { call, segment, own, inPath, random, voice }: Injection): Promise<number> {
  const model = call.caller.media?.stream;
  const path = call.caller.mediaPath;
  const target = call.called.mediaPath?.local;
  if (model === undefined || path === undefined || target === undefined) throw new Error('the call has no media');
  const socket = inPath ? await segment.forger(path.local.address, path.local.port) : await segment.socket(own, 0);
  const src = inPath ? `${path.local.address}:${path.local.port}` : `${own}:${socket.address().port}`;
  const witness: CampaignHandle['sent'] = (payload, from, to) => campaign.sent(payload, from, to, call.callId);
  const { codec, interval: ptime } = model;
  const dtmf = call.caller.agent.shape.sdp.dtmf;
  const stream = new RtpStream({ socket, codec, ptime, voice, random, startsAtZero: false, dtmf, comfortNoise: false, witness, src });
  const ahead = random.integer(100, 5_000);
  if (inPath) {
    stream.ssrc = model.ssrc;
    stream.sequence = (model.sequence + ahead) & 0xffff;
    stream.timestamp = (model.timestamp + ahead * 8 * ptime) >>> 0;
  }
  stream.to = target;
  const arrived = counter(call);
  stream.start();
  await lab.sleep(SOUND * 1_000);
  stream.pause();
  await lab.sleep(200);
  const share = arrived(stream.packets);
  socket.close();
  return share;
}
