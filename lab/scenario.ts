/** What a scenario is: the contract between the lab and the files of benign/ and attacks/. */
import type { Socket } from 'node:dgram';
import type { AttackClass, Outcome, Stage } from '../src/types.ts';
import type { Phone } from './agents/phone.ts';
import type { Random } from './random.ts';
import type { AttackId, CallRecord } from './record/folder.ts';
import type { Exchange } from './servers/mgcp/exchange.ts';

/** One of the strengths at which a scenario is run (evaluation.md G13). */
export interface Intensity {
  /** As it stands in tables, e.g. `10/s`, `5 sources`, `60 calls/h`. */
  readonly name: string;
  readonly value: number;
}

/** How a scenario wants the operator's site. What it leaves out is drawn by the seed. */
export interface SiteWish {
  /** `proxy` if absent. `asterisk` needs `npm run lab -- asterisk` once, and `needs: ['asterisk']`. */
  readonly kind?: 'proxy' | 'proxy-chain' | 'b2bua' | 'asterisk';
  /** What a REGISTER of an unknown user, and a wrong password, get. */
  readonly answers?: '404-401' | '401-401' | '404-403' | '401-403';
  /** Accounts besides those of the phones, with these passwords (weak ones for guessers to find). */
  readonly extraAccounts?: Readonly<Record<string, string>>;
  /** Whether anybody may call foreign domains through the site without a password (A09, E0-1). */
  readonly openRelay?: boolean;
  /**
   * Every challenge has a nonce of its own. Where time is stretched, one second of the machine's clock holds challenges of many
   * simulated hours, which no server gives the same nonce.
   */
  readonly ownNonces?: boolean;
  /** Accounts of phones; the phones and twenty more if absent. */
  readonly accounts?: number;
  /** Phones in the background while an attack runs; the benign day says its own. */
  readonly phones?: number;
  /** Users that a MGCP gateway serves; 0: no gateway. */
  readonly gatewayLines?: number;
}

/** A scenario: traffic of one kind, its attack (if any) and how to prove the attack's label without the label. */
export interface Scenario {
  /** Lower case with hyphens, e.g. `extension-scan`. */
  readonly name: string;
  /** One sentence for `npm run lab -- list`. */
  readonly title: string;
  /** Absent: benign. */
  readonly attack?: AttackId;
  readonly intensities: readonly Intensity[];
  readonly site?: SiteWish;
  /** Least runs in the full suite, of a benign scenario; one per intensity if absent. Attacks have ten for each of the catalogue. */
  readonly runs?: number;
  /** It takes minutes and much of the machine: never two at a time. */
  readonly long?: boolean;
  /** Also part of `suite small`: one run, few seconds. */
  readonly small?: boolean;
  /**
   * How an independent reader finds its packets in merged.pcap.gz: a tshark display filter that uses neither labels nor the
   * attacker's address and selects exactly the labelled packets; or `hashes`, for attacks that look legal: the packets whose
   * payload the sender recorded are in the capture once each.
   */
  readonly proof?: { readonly filter: string } | 'hashes';
  /** Programs that must be on the PATH; where one is missing the run says so and is skipped. */
  readonly needs?: readonly string[];
  readonly run: (lab: Lab, intensity: Intensity) => Promise<void>;
}

/** A namespace of the lab's network, with what may be asked of it. */
export interface Segment {
  readonly name: SegmentName;
  /** A fresh address of this segment, drawn by the seed, added to its interface and routed. */
  address(): string;
  /** A UDP socket bound to an address of this segment. Port 0: any free one. */
  socket(address: string, port: number): Promise<Socket>;
  /** A UDP socket that sends with somebody else's address as its source; it receives nothing. */
  forger(address: string, port: number): Promise<Socket>;
}

/**
 * `site`: the operator's servers. `office`, `floor`: two LANs of phones. `internet`: remote phones, behind delay and loss.
 * `home`: phones behind a NAT router. `trunk`: the provider's gateway to the telephone network. `gateway`: the MGCP gateway.
 * `attack`: where outsiders attack from (nobody else is there). `attack2`: a second one, for attackers who move.
 */
export type SegmentName = 'site' | 'office' | 'floor' | 'internet' | 'home' | 'trunk' | 'gateway' | 'attack' | 'attack2';

/** An attack under way; what is sent through it is labelled. */
export interface CampaignHandle {
  readonly id: string;
  /** Labels one packet that the scenario's own sender sent. Call it with each payload before or after the send. */
  sent(payload: Uint8Array, src: string, dst: string, callId?: string): void;
  /** Everything that this segment sends while the campaign runs is labelled (for real tools, in attack and attack2 only). */
  owns(segment: SegmentName): void;
  /** Sends through the socket and labels it. */
  send(socket: Socket, payload: Uint8Array, dst: { readonly address: string; readonly port: number }, callId?: string): void;
  end(outcome: Outcome, also?: { readonly targets?: readonly string[]; readonly attackers?: readonly string[] }): void;
}

/** An account of the site. */
export interface Account {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
}

/** The operator's site as everybody may know it. */
export interface Site {
  readonly kind: 'proxy' | 'proxy-chain' | 'b2bua' | 'asterisk';
  readonly domain: string;
  /** Address and port of the server that phones talk to. */
  readonly proxy: { readonly address: string; readonly port: number };
  /** Accounts of phones, in the order in which phones take them. */
  readonly accounts: readonly Account[];
  /** Draws a subscriber's E.164 number, a function of the seed: mostly of the operator's country, some abroad, never premium rate. */
  readonly number: () => string;
  /** Draw free-phone and premium-rate numbers of the operator's country. */
  readonly freePhone: () => string;
  readonly premium: () => string;
  /** Resolver of the site; names below `slow.invalid` are never answered. */
  readonly resolver: string;
  readonly trunk: { readonly address: string; readonly port: number };
  /** Call agent and MGCP gateway, where the scenario wishes `gatewayLines`. */
  readonly exchange?: Exchange;
}

/** What a run gives its scenario. */
export interface Lab {
  readonly seed: number;
  /** Everything that is drawn comes from here: same seed, same schedule. */
  readonly random: Random;
  readonly site: Site;
  segment(name: SegmentName): Segment;
  /** Opens a campaign; several may run one after the other or at once. */
  campaign(about: {
    readonly attack: AttackId;
    readonly classes: readonly AttackClass[];
    readonly stage: Stage;
    readonly intensity: string;
    readonly attackers?: readonly string[];
    readonly spoofed?: readonly string[];
    readonly targets: readonly string[];
  }): CampaignHandle;
  /** Runs a program inside a segment until it ends or `seconds` have passed (then it is stopped). Its output goes to logs/. */
  tool(
    segment: SegmentName,
    command: readonly string[],
    seconds: number,
  ): Promise<{ readonly exit: number | null; readonly output: string }>;
  /** Waits; ends early (throws) when the run is interrupted. */
  sleep(ms: number): Promise<void>;
  /** Microseconds since 1970 on the machine's clock, the clock of the captures. */
  now(): number;
  /**
   * From now on (machine's clock) the packets of this Call-ID are moved in time so that `now()` becomes `simulated`
   * (microseconds since 1970). Its media (see `media`) moves along. Each unit must start later than what the one before it of
   * the same Call-ID lasted: only idle gaps are stretched, never shortened.
   */
  unit(callId: string, simulated: number): void;
  /** Says that a media address (`ip:port`) belongs to this Call-ID from now on. */
  media(address: string, callId: string): void;
  /** Simulated time at which the run starts: a day drawn by the seed. Without units, simulated time goes on with the clock. */
  readonly start: number;
  /** Counts a hard negative that took place. */
  hardNegative(name: string): void;
  /** Keeps what a call was planned to be: a line of calls.jsonl. */
  call(record: CallRecord): void;
  /** Phones of the background, registered and calling each other, while an attack runs; none on a benign day, which brings its own. */
  readonly phones: readonly Phone[];
  /** Fires when the run is interrupted. */
  readonly signal: AbortSignal;
}
