/** A machine that calls: one agent of which every packet is labelled, signalling and sound; its calls are planned as those of phones are. */
import { Agent } from '../../agents/agent.ts';
import { Conversation } from '../../agents/conversation.ts';
import { Dialog } from '../../agents/dialog.ts';
import { Leg } from '../../agents/leg.ts';
import type { CallPlan } from '../../agents/plan.ts';
import { play } from '../../agents/play.ts';
import type { Shape } from '../../agents/shape.ts';
import type { CallRecord } from '../../record/folder.ts';
import type { Account, CampaignHandle, Lab, SegmentName } from '../../scenario.ts';
import { strangersShape } from './attacker.ts';

/** Where a machine calls from and as whom; what is absent is drawn. */
export interface Place {
  readonly segment: SegmentName;
  readonly address?: string;
  readonly port?: number;
  readonly shape?: Shape;
  /** It has this account; without one it is a stranger of `domain`, or of its own address. */
  readonly account?: Account;
  readonly domain?: string;
}

/** Who a call says that it is from. */
export interface Caller {
  readonly user: string;
  readonly name?: string;
}

/** A calling machine. Make it with `open`, close it when its work is done. */
export class Robot {
  readonly address: string;
  readonly agent: Agent;
  readonly #lab: Lab;
  readonly #customer: boolean;

  private constructor(lab: Lab, agent: Agent, customer: boolean) {
    this.#lab = lab;
    this.#customer = customer;
    this.agent = agent;
    this.address = agent.endpoint.address;
  }

  /** Opens its socket. @throws Error if the port is taken. */
  static async open(lab: Lab, campaign: CampaignHandle, place: Place): Promise<Robot> {
    const segment = lab.segment(place.segment);
    const address = place.address ?? segment.address();
    const random = lab.random.fork(`robot ${address}`);
    const shape = place.shape ?? strangersShape(random);
    const { user, password, domain } = place.account ?? { user: 'line', password: '', domain: place.domain ?? address };
    const witness: CampaignHandle['sent'] = (payload, src, dst, callId) => campaign.sent(payload, src, dst, callId);
    const port = place.port ?? random.integer(10_000, 60_000);
    const setup = { lab, segment, shape, random, user, password, domain, proxy: lab.site.proxy, address, port, witness };
    return new Robot(lab, await Agent.open(setup), place.account !== undefined);
  }

  /** Calls a user, a number or a URI and plays the call as planned. `from` is ignored where the machine has an account. */
  async call(to: string, plan: CallPlan, from?: Caller): Promise<CallRecord> {
    const { agent } = this;
    const uri = to.includes(':') ? to : `sip:${to}@${this.#lab.site.domain}`;
    const name = from === undefined || this.#customer ? undefined : { uri: `sip:${from.user}@${agent.setup.domain}`, name: from.name };
    const leg = new Leg('caller', Dialog.towards(agent, uri, name));
    const { record } = await play(new Conversation(this.#lab, plan, leg));
    return record;
  }

  /** Leaves at once; calls that go on get no BYE. */
  close(): void {
    this.agent.close();
  }
}

/** Plays all calls, so many at once, each as soon as a line is free; gives their records in the order of the list. */
export async function inLines<T>(
  lines: number,
  list: readonly T[],
  each: (one: T, index: number) => Promise<CallRecord>,
): Promise<CallRecord[]> {
  const records: CallRecord[] = [];
  let next = 0;
  const line = async (): Promise<void> => {
    for (let index = next++; index < list.length; index = next++) records[index] = await each(list[index]!, index);
  };
  await Promise.all(Array.from({ length: Math.min(lines, list.length) }, line));
  return records;
}
