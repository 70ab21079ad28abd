/** What the generators know of their attacks while a run goes on, and how it becomes labels of captured frames (G6). */
import type { Socket } from 'node:dgram';
import type { Outcome } from '../../src/types.ts';
import type { CampaignHandle, Lab, SegmentName } from '../scenario.ts';
import type { Campaign, Label } from './folder.ts';
import { callIdOf, type Frame, hashOf } from './frames.ts';

type About = Parameters<Lab['campaign']>[0];

/** A packet of which its sender told. */
interface Sent {
  readonly campaign: OpenCampaign;
  readonly real: number;
  readonly callId: string | undefined;
  taken: boolean;
}

/** Microseconds that the last packet of a tool may need from its segment to the router after the campaign's end. */
const LONGEST_WAY = 2_000_000;
/** The same for a packet that its sender told of, which nothing else can be taken for: a busy machine's relay may keep it for seconds. */
const LONGEST_TOLD = 15_000_000;
/** Microseconds by which the clocks of sender and capture may differ. */
const SKEW = 5_000;

class OpenCampaign implements CampaignHandle {
  readonly id: string;
  readonly about: About;
  readonly owned = new Set<string>();
  readonly from: number;
  to = Number.POSITIVE_INFINITY;
  outcome: Outcome = 'unknown';
  targets: string[];
  attackers: Set<string>;
  readonly #campaigns: Campaigns;

  constructor(id: string, about: About, campaigns: Campaigns) {
    this.id = id;
    this.about = about;
    this.targets = [...about.targets];
    this.attackers = new Set(about.attackers);
    this.#campaigns = campaigns;
    this.from = campaigns.now();
  }

  sent(payload: Uint8Array, _src: string, _dst: string, callId?: string): void {
    this.#campaigns.note(hashOf(payload), { campaign: this, real: this.#campaigns.now(), callId, taken: false });
  }

  owns(segment: SegmentName): void {
    this.owned.add(segment);
  }

  send(socket: Socket, payload: Uint8Array, dst: { readonly address: string; readonly port: number }, callId?: string): void {
    this.sent(payload, '', '', callId);
    socket.send(payload, dst.port, dst.address);
  }

  end(outcome: Outcome, also: { readonly targets?: readonly string[]; readonly attackers?: readonly string[] } = {}): void {
    this.to = this.#campaigns.now();
    this.outcome = outcome;
    this.targets = [...new Set([...this.targets, ...(also.targets ?? [])])];
    for (const address of also.attackers ?? []) this.attackers.add(address);
  }
}

/** All campaigns of a run. */
export class Campaigns {
  readonly now: () => number;
  readonly #all: OpenCampaign[] = [];
  readonly #sent = new Map<string, Sent[]>();

  constructor(now: () => number) {
    this.now = now;
  }

  open(about: About): CampaignHandle {
    const campaign = new OpenCampaign(`c${this.#all.length + 1}`, about, this);
    this.#all.push(campaign);
    return campaign;
  }

  note(hash: string, sent: Sent): void {
    const list = this.#sent.get(hash);
    if (list === undefined) this.#sent.set(hash, [sent]);
    else list.push(sent);
  }

  /**
   * Labels of the frames, which come in the order of merged.pcap.gz with their simulated times. Packets that were told but
   * never captured keep a label without a frame.
   */
  label(frames: readonly { readonly frame: Frame; readonly time: number }[]): Label[] {
    const labels: Label[] = [];
    for (const [index, { frame, time }] of frames.entries()) {
      if (frame.transport === undefined) continue;
      const owner = this.#all.find((each) => each.owned.has(frame.segment) && within(each, frame.real));
      const hash = owner !== undefined || this.#sent.size > 0 ? hashOf(frame.file.subarray(frame.payload, frame.payloadEnd)) : '';
      const told = owner === undefined ? this.#told(hash, frame.real) : undefined;
      const campaign = owner ?? told?.campaign;
      if (campaign === undefined) continue;
      const callId = callIdOf(frame) ?? told?.callId;
      labels.push({ ...labelOf(campaign, frame, time, hash), ...(callId === undefined ? {} : { callId }), frame: index + 1 });
    }
    return [...labels, ...this.#lost()];
  }

  #told(hash: string, real: number): Sent | undefined {
    const sent = this.#sent.get(hash)?.find((each) => !each.taken && real >= each.real - SKEW && real <= each.real + LONGEST_TOLD);
    if (sent !== undefined) sent.taken = true;
    return sent;
  }

  #lost(): Label[] {
    const lost: Label[] = [];
    for (const [hash, list] of this.#sent) {
      for (const { campaign, real, callId, taken } of list) {
        if (taken) continue;
        const base = { time: real, src: '', dst: '', transport: 'udp', label: campaign.about.attack, campaign: campaign.id } as const;
        lost.push({ ...base, stage: campaign.about.stage, hash, ...(callId === undefined ? {} : { callId }) });
      }
    }
    return lost;
  }

  /** The campaigns as the manifest tells them, with times and attackers as the frames show them. */
  summary(labels: readonly Label[]): Campaign[] {
    return this.#all.map((campaign) => {
      const own = labels.filter((label) => label.campaign === campaign.id && label.frame !== undefined);
      const { attack, classes, stage, spoofed = [], intensity } = campaign.about;
      const attackers = new Set(campaign.attackers);
      for (const { src } of own) attackers.add(src.split(':')[0]!);
      for (const address of spoofed) attackers.delete(address);
      const common = { id: campaign.id, attack, classes, stage, intensity, outcome: campaign.outcome, targets: campaign.targets };
      const times = { first: own[0]?.time ?? 0, last: own.at(-1)?.time ?? 0, packets: own.length };
      return { ...common, ...times, attackers: [...attackers], spoofed };
    });
  }
}

function within(campaign: OpenCampaign, real: number): boolean {
  return real >= campaign.from - SKEW && real <= campaign.to + LONGEST_WAY;
}

function labelOf(campaign: OpenCampaign, frame: Frame, time: number, hash: string): Omit<Label, 'callId' | 'frame'> {
  const { attack, stage } = campaign.about;
  const transport = frame.transport ?? 'udp';
  return { time, src: frame.src, dst: frame.dst, transport, label: attack, campaign: campaign.id, stage, hash };
}
