/**
 * What `ringfence eval` asks of a detector: ours, or a peer's, on the same recordings. A detector sees what an operator would
 * see (the capture, the servers' logs, which addresses are his own servers) and never the labels or the campaigns.
 */
import type { AttackClass, Level, Outcome } from '../src/types.ts';

/** A run of the lab as detectors may know it. Paths are absolute. Times: µs since 1970, simulated. */
export interface RunFolder {
  /** Name of the folder, for messages. */
  readonly name: string;
  /** SHA-256 over the manifest: the same number, the same recording. */
  readonly hash: string;
  /** merged.pcap.gz. */
  readonly capture: string;
  /** Folder of the logs; a server whose log is missing in it had none. */
  readonly logs: string;
  /** How the site answers: its kind, its SIP domain, addresses of its servers by name, as an operator would configure them. */
  readonly site: { readonly kind: string; readonly domain: string; readonly servers: Readonly<Record<string, string>> };
  /** Time that the recording covers. */
  readonly first: number;
  readonly last: number;
}

/** One thing that a detector told an operator; all updates of one alert are one finding. Times: µs since 1970, simulated. */
export interface Finding {
  /** When it was told (first at this level), by the detector's own logic: not before the packet that made it tell. */
  readonly time: number;
  /** Of the traffic it is about, as far as the detector says; else both `time`. */
  readonly first: number;
  readonly last: number;
  /** Of a peer's rule: the class that comes nearest to what the rule says of itself. */
  readonly class: AttackClass;
  /** `warning` and above disturb a person and are scored; a peer's alerts and bans are `warning`. */
  readonly level: Level;
  /** Who is blamed: address (no port; IPv6 without brackets), `ip:port`, account `user@domain`; absent: nobody. */
  readonly subject?: string;
  /** Address that it names without blaming it, because it may be forged, and says so. */
  readonly claimed?: string;
  /** What is under attack: address, account, Call-ID or number. */
  readonly target?: string;
  /** Further targets that it names. */
  readonly also?: readonly string[];
  readonly callId?: string;
  /** Whether it says that the attacker got what he wanted; absent: it says nothing of that. */
  readonly outcome?: Outcome;
  /** Name of the rule and what it says, one line. */
  readonly text: string;
}

/** Something that finds attacks in a recording. */
export interface Detector {
  /** Lower case with hyphens, as in tables: `ringfence`, `suricata`, `paper-003`. */
  readonly name: string;
  /** Changes whenever its findings may change (program's version and a hash of its settings): findings are cached by it. */
  readonly version: string;
  /** What the program behind it says of its own version (G11); absent: there is none. */
  readonly program?: string;
  /** It replays in real time and mostly waits: it runs beside the others, on a few runs at once, and its cost says nothing. */
  readonly realTime?: boolean;
  /** Why it cannot run on this machine, in one line with what to do about it; undefined: it can. */
  available(): string | undefined;
  /**
   * Everything it tells of the recording, in any order. Several runs are asked for at once only of a real-time one.
   * @throws Error if it fails on this recording: the run is then listed as failed for this detector, never as silent.
   */
  findings(run: RunFolder): Promise<readonly Finding[]>;
}
