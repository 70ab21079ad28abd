/** What logs said of whom before: a log line alone does not tell whether it is the first of its kind. */
import { ADDRESS, ENDPOINT } from '../bytes.ts';
import { Key, type Seed, Table, type TableStats } from '../table.ts';
import type { LogEntry } from '../types.ts';
import { ATTEMPT_MEMORY } from './authentication.ts';

const CAPACITY = 8192;

/** A source and an account, or a source and a server. Plain data. */
export interface Logged {
  /** Credentials refused, or users unknown. */
  bad: number;
  /** Credentials accepted. */
  good: number;
  /** Credentials were accepted before the first were refused. */
  trusted: boolean;
}

/** The sources of logs. */
export class LoggedPeers {
  readonly table: Table<Logged>;
  readonly #key = new Key(256);

  constructor(seed: Seed) {
    this.table = new Table<Logged>({
      name: 'sources in logs',
      capacity: CAPACITY,
      ttl: ATTEMPT_MEMORY,
      keyBytes: 64,
      seed,
      make: () => ({ bad: 0, good: 0, trusted: false }),
      reset: (logged) => {
        logged.bad = 0;
        logged.good = 0;
        logged.trusted = false;
      },
    });
  }

  /** What is known of this source and this user (empty: of the source at this server), the entry counted. */
  note({ what, src, dst, host }: LogEntry, user: string, now: number): Logged {
    const key = this.#key
      .reset()
      .add(src, 0, ADDRESS)
      .add(dst, 0, ENDPOINT)
      .addString(user)
      .addString(user === '' ? '' : host);
    const logged = this.table.at(this.table.put(key, now));
    if (what === 'accepted') {
      if (logged.bad === 0) logged.trusted = true;
      logged.good++;
    } else logged.bad++;
    return logged;
  }

  /** Sizes and evictions. */
  tables(): TableStats[] {
    return [this.table.stats()];
  }
}
