/** The command line: names the commands and loads each only when it is called. */
import { Command, CommanderError, Option } from 'commander';
import { type ErrorCode, RingfenceError } from './errors.ts';
import { version } from './version.ts';

/** Exit code for a fault in the command line, the configuration or the rules (sysexits: EX_USAGE). */
export const USAGE = 64;
/** Exit code for a bug (sysexits: EX_SOFTWARE). */
const SOFTWARE = 70;
/** Most characters of one line of a message. */
const LONGEST = 1000;
/** Faults of what the user wrote, not of what was read. */
const SETTINGS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['usage', 'config-invalid', 'rule-invalid', 'rule-duplicate', 'dna-invalid']);

/**
 * The definition of all commands; docs/reference/cli.md is made from it.
 * @param done takes the exit code of the command that ran.
 */
export function commands(done: (code: number) => void = () => {}): Command {
  const program = new Command('ringfence')
    .description('VoIP intrusion detection: says which attacks are in SIP traffic, who is behind them and whether they got in.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'ringfence: ')) });
  addAnalyze(program, done);
  addExplain(program, done);
  addDna(program, done);
  addCheck(program, done);
  addRule(program, done);
  addReplay(program, done);
  addEval(program, done);
  return program;
}

const profile = (): Option => new Option('--profile <name>', 'thresholds of the rules').choices(['default', 'paper', '002', 'nemea']);
const config = (): Option => new Option('--config <file>', 'configuration file');
const rules = (): Option => new Option('--rules <dir>', 'rules of this folder or file instead of those that come with Ringfence');

function addAnalyze(program: Command, done: (code: number) => void): void {
  program
    .command('analyze')
    .summary('tell what happened in captures')
    .description(
      'Reads captures (pcap or pcapng, also gzip or zstd; - for standard input), and all captures in folders, merged in order of ' +
        'time as one recording, and tells what happened in them. Exit code: 0 nothing, 1 an alert of level warning or above, 2 something could not be read, 3 both, 64 a ' +
        'fault in the command line, the configuration or the rules. SIGINT ends the reading: what was read is reported. ' +
        'With --follow it reads on as files grow and new ones appear in the folders, tells each alert in a line on standard error, ' +
        'and SIGINT is the end, with the report.',
    )
    .argument('[file...]', 'capture files or folders of them; - is standard input')
    .option(
      '--log <file>',
      'instead of captures read the log of a server (Asterisk, FreeSWITCH, Kamailio), a named pipe or - for standard input; may be given several times',
      (file: string, files: string[] = []) => [...files, file],
    )
    .option('--follow', 'read on as files are written, until SIGINT')
    .option('--json', 'print one JSON object instead of the report (docs/reference/analysis.schema.json)')
    .option(
      '--eve <file>',
      'also write EVE JSON, a line per SIP message, alert, call and media stream; - writes it to standard output instead of the report, as with --calls and --html',
    )
    .option('--calls <file>', 'also write the calls as CSV: who called whom, when, for how long, how it ended and how it was protected')
    .option('--html <file>', 'also write a page that stands alone: verdict, time line, attackers, alerts and calls with their messages')
    .option(
      '--write-evidence <dir>',
      'also write a capture (pcapng) per alert into this folder, with the frames that show it; media is cut off, passwords, digits and the text of messages are masked',
    )
    .option('--evidence-bodies', 'leave digits and the text of messages in the evidence')
    .option('--events <dir>', 'also write all Events into segments in this folder')
    .addOption(rules())
    .addOption(config())
    .addOption(profile())
    .option('--no-color', 'no colours, also on a terminal')
    .action(async (files: string[], options) => {
      const { runAnalyze } = await import('./cli/analyze.ts');
      done(await runAnalyze(files, options));
    });
}

function addExplain(program: Command, done: (code: number) => void): void {
  program
    .command('explain')
    .summary('tell what each stage makes of single messages')
    .description('Runs a capture up to a packet, or through all messages of a call, and tells what each stage makes of it.')
    .argument('<file>', 'capture file')
    .addOption(new Option('--packet <number>', 'frame number, counted as Wireshark does').conflicts('callId'))
    .addOption(new Option('--call-id <id>', 'all messages with this Call-ID'))
    .addOption(rules())
    .addOption(config())
    .addOption(profile())
    .option('--no-color', 'no colours, also on a terminal')
    .action(async (file: string, options) => {
      const { runExplain } = await import('./cli/explain.ts');
      done(await runExplain(file, options));
    });
}

function addDna(program: Command, done: (code: number) => void): void {
  program
    .command('dna')
    .summary('tell which programs wrote the requests in captures')
    .description(
      'Tells clients apart by how they write their requests (Tool DNA), whatever User-Agent they claim: for each the program, if it is ' +
        'known, its addresses, the User-Agents and accounts it used, and an example. Exit code: 0, 2 if something could not be read.',
    )
    .argument('<file...>', 'capture files or folders of them; - is standard input')
    .option('--json', 'print one JSON object instead of the page')
    .addOption(config())
    .option('--no-color', 'no colours, also on a terminal')
    .action(async (files: string[], options) => {
      const { runDna } = await import('./cli/dna.ts');
      done(await runDna(files, options));
    });
}

function addCheck(program: Command, done: (code: number) => void): void {
  program
    .command('check')
    .summary('check configuration and rules')
    .description('Checks config files, rule files and folders of rules, and runs the tests that rules carry.')
    .argument('[path...]', 'files or folders; without any, ringfence.yaml and the rules that come with Ringfence')
    .addOption(profile())
    .action(async (paths: string[], options: { profile?: string }) => {
      const { runCheck } = await import('./cli/check.ts');
      done(await runCheck(paths, { out: process.stdout, ...options }));
    });
}

function addRule(program: Command, done: (code: number) => void): void {
  const rule = program.command('rule').summary('write rules: new, test, check, list').description('What a person needs who writes rules.');
  rule
    .command('new')
    .description('Writes a rule file that is complete and passes its tests, to be changed.')
    .argument('<id>', 'name of the rule')
    .addOption(
      new Option('--shape <name>', 'shape of the rule')
        .choices(['any', 'count', 'distinct', 'sequence', 'absence', 'schedule', 'script'])
        .default('count'),
    )
    .option('--dir <dir>', 'folder for the file', 'rules')
    .action(async (id: string, options: { shape: string; dir: string }) => {
      const { runRuleNew } = await import('./cli/rule.ts');
      done(await runRuleNew(id, options, process.stdout));
    });
  rule
    .command('test')
    .description('Runs the tests that rules carry and tells each. Exit code: 0, 1 if one did not pass.')
    .argument('[path...]', 'rule files or folders of them; without any, the rules that come with Ringfence')
    .action(async (paths: string[]) => {
      const { runRuleTest } = await import('./cli/rule.ts');
      done(await runRuleTest(paths, process.stdout));
    });
  rule
    .command('check')
    .description('Checks rule files as `ringfence check` does.')
    .argument('<path...>', 'rule files or folders of them')
    .addOption(profile())
    .action(async (paths: string[], options: { profile?: string }) => {
      const { runCheck } = await import('./cli/check.ts');
      done(await runCheck(paths, { out: process.stdout, ...options }));
    });
  rule
    .command('list')
    .description(
      'Lists the rules; with captures, how many Events each rule looked at, how many met it, its alerts, and its time for an Event.',
    )
    .argument('[capture...]', 'capture files')
    .addOption(rules())
    .addOption(config())
    .addOption(profile())
    .action(async (captures: string[], options) => {
      const { runRuleList } = await import('./cli/rule.ts');
      done(await runRuleList(captures, options, process.stdout));
    });
}

function addReplay(program: Command, done: (code: number) => void): void {
  program
    .command('replay')
    .summary('tell what other rules would have made of recorded Events')
    .description(
      'Reads the Event segments that `analyze --events` wrote, runs the present rules and changed ones over them, and tells what differs: alerts ' +
        'that would have come, stayed away, come sooner or later, and who would have been accused. Without --rules it tells what the present ' +
        'rules make of all recordings together. Exit code: 0 nothing differs, 1 something does, 2 something could not be read, 3 both, 64 a fault in the command ' +
        'line, the configuration or the rules.',
    )
    .requiredOption('--events <dir>', 'folder of Event segments')
    .addOption(new Option('--rules <dir>', 'changed rules, a folder or file: each in place of the present one with its id, or beside them'))
    .option('--instead', 'the changed rules replace all present ones')
    .addOption(config())
    .addOption(profile())
    .option('--json', 'print one JSON object instead of the text')
    .option('--no-color', 'no colours, also on a terminal')
    .action(async (options) => {
      const { runReplay } = await import('./cli/replay.ts');
      done(await runReplay(options));
    });
}

function addEval(program: Command, done: (code: number) => void): void {
  program
    .command('eval')
    .summary('judge Ringfence and other detectors on labelled recordings')
    .description(
      'Runs Ringfence, and the other detectors that this machine has, over recordings of the lab (`npm run lab`), and tells per attack and ' +
        'strength what each of them finds, how soon, and how often it disturbs for nothing. Exit code: 0, 2 if a detector failed on a ' +
        'recording, 64 a fault in the command line.',
    )
    .argument('<folder...>', 'folders of runs, or folders that hold them')
    .addOption(
      new Option('--set <name>', 'runs to judge: those thresholds may be chosen on (seeds below 1000), those that are opened once, or both')
        .choices(['validation', 'test', 'all'])
        .default('validation'),
    )
    .option('--detectors <names>', 'only these beside Ringfence, with commas between them; without it, all')
    .option('--json <file>', 'also write everything, down to each campaign, as JSON')
    .option('--html <file>', 'also write a page that stands alone')
    .option('--markdown <file>', 'also write the tables as Markdown')
    .option('--log <file>', 'where it is written that test runs are opened, before they are; without it, opened.jsonl in the cache')
    .option('--cache <dir>', 'where findings are kept, so that a second call is quick; without it, ~/.cache/ringfence/eval')
    .option('--no-cache', 'find everything anew and keep nothing')
    .option('--no-color', 'no colours, also on a terminal')
    .action(async (folders: string[], options) => {
      const { runEval } = await import('./cli/eval.ts');
      done(await runEval(folders, options));
    });
}

/** Parses the command line, runs it and sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  // Whoever read the output (head, less) has seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  const program = commands((code) => {
    process.exitCode = code;
  });
  try {
    if (argv.length <= 2) {
      program.outputHelp({ error: true });
      process.exitCode = USAGE;
    } else await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = await codeOf(error);
  }
}

/** Exit code for what a command threw; says what it was, unless commander has said it. */
async function codeOf(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  if (!(error instanceof RingfenceError)) {
    process.stderr.write(`ringfence: this is a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return SOFTWARE;
  }
  // File names and what is quoted of a file may be hostile.
  const { neutral } = await import('./publish/neutral.ts');
  const lines = error.message.split('\n').map((line) => neutral(line, LONGEST));
  process.stderr.write(`ringfence: ${lines.join('\n')}\n`);
  return SETTINGS.has(error.code) ? USAGE : 2;
}

if (import.meta.main) await main(process.argv);
