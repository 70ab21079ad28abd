/** An exchange of the old kind: a gateway with its lines, the call agent in the site, and the telephone network's media gateway. */
import { Media } from '../../agents/media.ts';
import { readSdp, writeSdp } from '../../agents/sdp.ts';
import { drawMakers, drawShape, type Shape } from '../../agents/shape.ts';
import type { Random } from '../../random.ts';
import type { Segment, SegmentName } from '../../scenario.ts';
import { CallAgent, type FarEnd } from './agent.ts';
import { type AfterRelease, MediaGateway } from './gateway.ts';

/** What an exchange needs. */
export interface ExchangeOptions {
  readonly random: Random;
  readonly segment: (name: SegmentName) => Segment;
  /** Lines of the gateway. */
  readonly lines: number;
  /** Mean seconds between two calls in the background; absent: none by itself. */
  readonly callEvery?: number;
  /** Seconds between two audits of a line; drawn if absent. */
  readonly auditEvery?: number;
}

/** How a line's call goes. */
export interface LineCallPlan {
  readonly direction: 'out' | 'in';
  /** Seconds of talk. */
  readonly talk: number;
  /** Who hangs up. */
  readonly ends: 'line' | 'far';
  /** Number that is dialled in a call out. */
  readonly number?: string;
}

/** The running exchange. */
export class Exchange {
  readonly agent: CallAgent;
  readonly gateway: MediaGateway;
  /** Seconds between two audits of a line. */
  readonly auditEvery: number;
  readonly #random: Random;
  readonly #busy = new Set<string>();
  /** Media of the telephone network's side. */
  readonly #talking: Set<Media>;
  #next: NodeJS.Timeout | undefined;
  #stopped = false;

  private constructor(random: Random, agent: CallAgent, gateway: MediaGateway, auditEvery: number, talking: Set<Media>) {
    this.#talking = talking;
    this.#random = random;
    this.agent = agent;
    this.gateway = gateway;
    this.auditEvery = auditEvery;
  }

  /** Starts call agent and gateway: restart, first requests, audits, and calls in the background if wanted. */
  static async start({ random, segment, lines, callEvery, auditEvery: given }: ExchangeOptions): Promise<Exchange> {
    const draw = random.fork('exchange');
    const own = { address: segment('site').address(), port: 2727 };
    const at = { address: segment('gateway').address(), port: 2427 };
    const trunk = { segment: segment('trunk'), address: segment('trunk').address() };
    const makers = drawMakers(draw.fork('makers'), 4);
    const shapeOf = (name: string): Shape => drawShape(makers, draw.fork(name));
    const auditEvery = given ?? draw.integer(4, 10);
    // The far end plays along when the gateway talks on after a release.
    let gateway: MediaGateway | undefined;
    const talking = new Set<Media>();
    const far = (): FarEnd => farEnd({ ...trunk, shape: shapeOf('far'), random: draw, talking }, () => gateway?.afterRelease);
    const agent = await CallAgent.start({ ...own, segment: segment('site'), gateway: at, random: draw.fork('agent'), auditEvery, far });
    const naming = draw.pick(['aaln/', 'aaln/S0/SU0/', 'aaln/S1/', 'ds/line']);
    const names = Array.from({ length: lines }, (_, i) => `${naming}${i + 1}`);
    const domain = draw.chance(0.5) ? `[${at.address}]` : `mg${draw.integer(1, 99)}.${draw.text(6, 'abcdefghijklmnop')}.example`;
    const setup = { ...at, segment: segment('gateway'), agent: own, lines: names, domain, shape: shapeOf('gateway') };
    gateway = await MediaGateway.start({ ...setup, random: draw.fork('gateway') });
    const exchange = new Exchange(draw.fork('calls'), agent, gateway, auditEvery, talking);
    await agent.serve(gateway.endpoints);
    if (callEvery !== undefined) exchange.#callSometimes(callEvery);
    return exchange;
  }

  /** One whole call of a line that is free; false if it did not come to be. */
  async call(endpoint: string, plan: LineCallPlan): Promise<boolean> {
    if (this.#busy.has(endpoint)) return false;
    this.#busy.add(endpoint);
    try {
      const connected = plan.direction === 'out' ? await this.#dial(endpoint, plan.number ?? '') : await this.#beCalled(endpoint);
      if (connected) await this.#pause(plan.talk);
      if (plan.ends === 'far') await this.agent.release(endpoint);
      await this.gateway.notify(endpoint, 'L/hu');
      await this.#pause(0.2);
      return connected;
    } finally {
      this.#busy.delete(endpoint);
    }
  }

  /** Lines without a call. */
  get free(): string[] {
    return this.gateway.endpoints.filter((endpoint) => !this.#busy.has(endpoint));
  }

  stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#next);
    this.agent.stop();
    this.gateway.stop();
    for (const media of this.#talking) media.close();
    this.#talking.clear();
    return Promise.resolve();
  }

  async #dial(endpoint: string, number: string): Promise<boolean> {
    const connected = this.agent.connected(endpoint);
    await this.gateway.notify(endpoint, 'L/hd');
    await this.#pause(this.#random.integer(3, 8) / 10);
    const digits = number.replace(/\D/g, '') || this.#random.text(7, '23456789');
    await this.gateway.notify(endpoint, [...digits].map((digit) => `D/${digit}`).join(','));
    return await connected;
  }

  async #beCalled(endpoint: string): Promise<boolean> {
    const connected = this.agent.ring(endpoint);
    await this.#pause(this.#random.integer(3, 12) / 10);
    await this.gateway.notify(endpoint, 'L/hd');
    return await connected;
  }

  #callSometimes(every: number): void {
    this.#next = setTimeout(() => {
      const { free } = this;
      const random = this.#random;
      if (free.length > 0) {
        const plan = {
          direction: random.chance(0.5) ? 'out' : 'in',
          talk: random.logNormal(3, 0.6),
          ends: random.chance(0.5) ? 'line' : 'far',
        } as const;
        void this.call(random.pick(free), plan);
      }
      if (!this.#stopped) this.#callSometimes(every);
    }, this.#random.exponential(every) * 1000);
  }

  #pause(seconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#stopped ? 0 : seconds * 1000));
  }
}

interface FarSetup {
  readonly segment: Segment;
  readonly address: string;
  readonly shape: Shape;
  readonly random: Random;
  /** Media of all far ends, as long as they are open. */
  readonly talking: Set<Media>;
}

/** The telephone network's side of one call. */
function farEnd(setup: FarSetup, talksOn: () => AfterRelease | undefined): FarEnd {
  let media: Media | undefined;
  let released = false;
  const close = (): void => {
    if (media !== undefined && setup.talking.delete(media)) media.close();
  };
  return {
    open: async () => {
      media = await Media.open({ ...setup, witness: (payload, src, dst) => void (released && talksOn()?.sent(payload, src, dst)) });
      setup.talking.add(media);
      const { address, port } = media;
      const what = {
        media: { address, port },
        payloadTypes: setup.shape.sdp.codecs,
        direction: 'sendrecv',
        session: String(port),
      } as const;
      return writeSdp({ ...what, version: 1, dtmf: setup.shape.sdp.dtmf, comfortNoise: false }, setup.shape.sdp);
    },
    talk: (description) => {
      const described = readSdp(description);
      if (!described) return;
      media?.negotiate(described);
      media?.start();
    },
    close: () => {
      released = true;
      const on = talksOn();
      if (on) setTimeout(close, on.seconds * 1000);
      else close();
    },
  };
}
