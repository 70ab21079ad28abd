/** `ringfence dna FILE…`: which programs wrote the requests in captures, by their Tool DNA. */
import { addressText, keptText } from '../bytes.ts';
import { type Captures, openCaptures } from '../capture/captures.ts';
import { createDna, dnaName, readDna, writtenText } from '../decode/dna/dna.ts';
import { type KnownClient, recognise } from '../knowndna.ts';
import { Pipeline } from '../pipeline.ts';
import { type DnaReport, type DnaRow, dnaPage } from '../publish/dnapage.ts';
import { cut, neutral, neutralJson } from '../publish/neutral.ts';
import { type Output, pageOf, print } from '../publish/print.ts';
import type { Observation } from '../track/observation.ts';
import { loadSettings, type SettingsOptions } from './settings.ts';

/** Options of the command line. */
export interface DnaOptions extends Pick<SettingsOptions, 'config'> {
  readonly json?: boolean;
  readonly color?: boolean;
}

/** Most DNAs told, and most values of each kind that are kept of one: what is hostile must not fill the memory. */
const MOST_ROWS = 1000;
const MOST_VALUES = 200;

/** A row being filled. */
interface Row extends Omit<DnaRow, 'addresses' | 'userAgents' | 'accounts' | 'builds'> {
  readonly addresses: Set<string>;
  readonly userAgents: Set<string>;
  readonly accounts: Set<string>;
  readonly builds: Map<string, { readonly dna: string; readonly build: string; client: string; requests: number }>;
}

/**
 * Prints a table of clients, or one JSON object.
 * @returns the exit code: 0, 2 if something could not be read.
 * @throws RingfenceError faults of the configuration.
 */
export async function runDna(
  files: readonly string[],
  options: DnaOptions,
  out: Output = process.stdout,
  err: Output = process.stderr,
): Promise<number> {
  const { config, known } = loadSettings(options);
  const captures = await openCaptures(files, { seed: config.seed });
  const collection = new Collection(known);
  const pipeline = new Pipeline({ config, rules: [], boot: 1, sinks: { events: false, calls: false } });
  try {
    await readAll(captures, pipeline, collection);
  } finally {
    await captures.reader.close();
  }
  const report = collection.report();
  await print(out, [options.json === true ? `${neutralJson(shown(report))}\n` : dnaPage(report, pageOf(out, options.color))]);
  const faults = [...captures.faults(), ...captures.reader.faults];
  await print(
    err,
    faults.map(({ message }) => `ringfence: ${neutral(message, 1000)}\n`),
  );
  return faults.length === 0 ? 0 : 2;
}

/** The report with every text of the capture cut and passwords in URIs masked. */
function shown({ clients, ...counts }: DnaReport): DnaReport {
  const all = (texts: readonly string[]): string[] => texts.map((each) => cut(each));
  const rows = clients.map((row) => ({
    ...row,
    addresses: all(row.addresses),
    userAgents: all(row.userAgents),
    accounts: all(row.accounts),
  }));
  return { clients: rows, ...counts };
}

async function readAll({ reader }: Captures, pipeline: Pipeline, collection: Collection): Promise<void> {
  while (await reader.fill()) {
    while (reader.next()) {
      pipeline.handle(reader.packet);
      const { observation } = pipeline;
      if (observation?.message.isRequest === true) collection.take(observation);
    }
    pipeline.drain();
  }
}

/** Clients by the core of their DNA. */
class Collection {
  readonly #known: readonly KnownClient[];
  readonly #rows = new Map<number, Row>();
  readonly #dna = createDna();
  #relayed = 0;
  #leftOut = 0;

  constructor(known: readonly KnownClient[]) {
    this.#known = known;
  }

  /** Takes a request: a new one outside any dialog, or a repetition of one. */
  take(o: Observation): void {
    const { message: m, transaction: t } = o;
    if (!o.initial && !(o.retransmission && t?.initial === true)) return;
    if (m.viaCount !== 1) {
      this.#relayed++;
      return;
    }
    readDna(this.#dna, m);
    const row = this.#row(o);
    if (row === undefined) return;
    if (o.initial) this.#fill(row, o);
    // The first repetition only: the later ones are doubled, or are not.
    else if (t?.requests === 2) {
      row.repeated++;
      row.gap += (o.packet.time - t.started - row.gap) / row.repeated;
    }
  }

  #row({ packet }: Observation): Row | undefined {
    const { core, coreText } = this.#dna;
    const row = this.#rows.get(core);
    if (row !== undefined) return row;
    if (this.#rows.size >= MOST_ROWS) {
      this.#leftOut++;
      return undefined;
    }
    const made = {
      dna: dnaName(this.#dna).slice(0, -9),
      core: writtenText(coreText),
      client: '',
      kind: '',
      requests: 0,
      repeated: 0,
      gap: 0,
      first: packet.time,
      last: packet.time,
      file: packet.where.file,
      frame: packet.frameNumber,
      addresses: new Set<string>(),
      userAgents: new Set<string>(),
      accounts: new Set<string>(),
      builds: new Map(),
    };
    this.#rows.set(core, made);
    return made;
  }

  #fill(row: Row, { packet, client, message: m }: Observation): void {
    row.requests++;
    row.last = packet.time;
    keep(row.addresses, addressText(client));
    keep(row.userAgents, keptText(m.bytes, m.userAgent.start, m.userAgent.end));
    const { user, host } = m.from.uri;
    keep(row.accounts, `${keptText(m.bytes, user.start, user.end)}@${keptText(m.bytes, host.start, host.end)}`);
    const build = writtenText(this.#dna.buildText);
    const known = row.builds.get(build);
    if (known !== undefined) known.requests++;
    else if (row.builds.size < MOST_VALUES) this.#build(row, build);
  }

  #build(row: Row, build: string): void {
    const known = recognise(this.#known, row.core, build);
    row.builds.set(build, { dna: dnaName(this.#dna), build, client: known?.name ?? '', requests: 1 });
    if (known === undefined || (row.client !== '' && known.kind !== 'attack')) return;
    row.client = known.name;
    row.kind = known.kind;
  }

  /** What was collected: tools first, then by how much they sent. */
  report(): DnaReport {
    const rank = ({ kind }: Row): number => (kind === 'attack' ? 0 : kind === '' ? 2 : 1);
    const rows = [...this.#rows.values()].sort((a, b) => rank(a) - rank(b) || b.requests - a.requests || (a.dna < b.dna ? -1 : 1));
    return { clients: rows.map(rowOf), relayed: this.#relayed, leftOut: this.#leftOut };
  }
}

function keep(values: Set<string>, value: string): void {
  if (value !== '' && value !== '@' && values.size < MOST_VALUES) values.add(value);
}

function rowOf({ addresses, userAgents, accounts, builds, ...row }: Row): DnaRow {
  return { ...row, addresses: [...addresses], userAgents: [...userAgents], accounts: [...accounts], builds: [...builds.values()] };
}
