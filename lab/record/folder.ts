/**
 * The folder that every run of the lab writes, and that `ringfence eval` reads:
 *
 *     manifest.json     what was run: scenario, seed, tools with versions and command lines, campaigns, hashes of the files below
 *     labels.jsonl      a line per packet that an attacker sent (what has no line is benign)
 *     merged.pcap.gz    every packet that crossed the router, once, at the simulated time
 *     segments/*.pcap.gz  what each segment sent into the router (merged.pcap.gz is their union), and the inside of the NAT
 *     calls.jsonl       a line per call that the benign model made: what the PBX's records would say
 *     units.jsonl       which parts of the recording were moved in time (empty when nothing was)
 *     logs/             of the servers, at the simulated time, and of the tools
 *
 * Times are microseconds since 1970 in simulated time; addresses are `ip:port`.
 */
import type { AttackClass, Outcome, Stage } from '../../src/types.ts';

/** Attack of the catalogue (requirements.md §7), `A01` to `A37`. */
export type AttackId = `A${number}`;

/** What the generators know of one packet that an attacker sent (G6). */
export interface Label {
  readonly time: number;
  readonly src: string;
  readonly dst: string;
  readonly transport: 'udp' | 'tcp';
  readonly label: AttackId;
  /** Id of its campaign in the manifest. */
  readonly campaign: string;
  readonly stage: Stage;
  readonly callId?: string;
  /** First 16 hexadecimal digits of the SHA-256 of the transport payload. */
  readonly hash: string;
  /** Number of the packet in merged.pcap.gz, from 1, as tshark counts frames; absent if it never reached the router. */
  readonly frame?: number;
}

/** One attack from its first to its last packet: what a detector should tell as one thing. */
export interface Campaign {
  readonly id: string;
  readonly attack: AttackId;
  /** Classes that a detector may rightly call it, the best first. */
  readonly classes: readonly AttackClass[];
  readonly stage: Stage;
  /** Addresses that really sent it, as the router saw them (behind a NAT: the NAT's). */
  readonly attackers: readonly string[];
  /** Addresses it forged as source, if any: whoever blames them blames a victim. */
  readonly spoofed: readonly string[];
  /** What it was aimed at: addresses, accounts (`user@domain`), Call-IDs, called numbers. */
  readonly targets: readonly string[];
  readonly intensity: string;
  readonly outcome: Outcome;
  readonly first: number;
  readonly last: number;
  readonly packets: number;
}

/** A call as the benign model planned and lived it: one line of calls.jsonl. */
export interface CallRecord {
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  readonly start: number;
  /** Absent: never answered. */
  readonly answer?: number;
  readonly end: number;
  readonly status: number;
  /** `full`: every media packet is recorded; `edges`: first and last seconds; `none`: it had no media. */
  readonly media: 'full' | 'edges' | 'none';
  /** Hard negative it belongs to, e.g. `call-centre`. */
  readonly kind?: string;
}

/** A program that took part, with what is needed to run it again. */
export interface ToolRun {
  readonly command: readonly string[];
  /** First line of what it says of its version. */
  readonly version: string;
  readonly namespace: string;
  readonly exit: number | null;
}

/** A recording that is part of a week. */
export interface WeekPart {
  /** Name of its folder, and the SHA-256 of its merged.pcap.gz. */
  readonly run: string;
  readonly capture: string;
  /** µs by which its packets were moved. */
  readonly shift: number;
  /** Id of the campaign in the week; absent: it has none. */
  readonly campaign?: string;
  /** Only what the attacker sent and got is in the week, in the name of another address with other Call-IDs, branches and digests. */
  readonly copied?: { readonly from: string; readonly to: string };
}

/** What a week was composed of (E3-3), beside the shares that paper 003 tells (S3-16). */
export interface WeekParts {
  readonly parts: readonly WeekPart[];
  /** Answers 200 and 401 to REGISTER: to attackers, to everybody else, to the strongest attacker. */
  readonly answers: { readonly hostile: number; readonly benign: number; readonly strongest: number };
  /** All of these answers for each one of the paper's 40,909,352. */
  readonly scale: number;
  readonly guesses: number;
  readonly scans: number;
}

/** manifest.json. */
export interface Manifest {
  readonly format: 1;
  readonly scenario: string;
  readonly kind: 'attack' | 'benign';
  readonly attack?: AttackId;
  readonly intensity: string;
  readonly seed: number;
  /** Commit of the lab, with `+` if the tree had changes. */
  readonly commit: string;
  readonly host: string;
  /** Who gives delay, jitter and loss to the Internet segment: netem, or the lab's own relay where the kernel has none. */
  readonly impairment: {
    readonly by: 'netem' | 'relay' | 'none';
    readonly delayMs: number;
    readonly jitterMs: number;
    readonly loss: number;
  };
  /** How the site answers: its kind, domain, addresses of its servers. */
  readonly site: { readonly kind: string; readonly domain: string; readonly servers: Readonly<Record<string, string>> };
  /** Simulated time that the recording covers. */
  readonly first: number;
  readonly last: number;
  /** Seconds that the run took on the machine. */
  readonly seconds: number;
  readonly campaigns: readonly Campaign[];
  readonly tools: readonly ToolRun[];
  /** Hard negatives that really took place, each with how often. */
  readonly hardNegatives: Readonly<Record<string, number>>;
  readonly packets: number;
  readonly sipMessages: number;
  /** Of what other recordings it was composed; absent: it was recorded. */
  readonly week?: WeekParts;
  /** SHA-256 of each file, by its path in the folder. */
  readonly files: Readonly<Record<string, string>>;
}
