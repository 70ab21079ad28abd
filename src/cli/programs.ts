/** Runs the programs that rules of shape script ask, and brings their verdicts back. Only those of the config; bounded in number, time and words. */
import { spawn } from 'node:child_process';
import type { VerdictCommand } from '../commands.ts';
import { maskData } from '../publish/secrets.ts';
import type { Ask } from '../queries.ts';

/** Programs that run at the same time. */
const AT_ONCE = 4;
/** ms after which a program is ended. */
const PATIENCE = 10_000;
const LONGEST_WORD = 200;
/** Exit code of what could not be run or was ended. */
const FAILED = -1;

/** The programs of the config: command and arguments, by name. */
export type Programs = Readonly<Record<string, readonly string[]>>;

/**
 * Asks the programs, and gives their verdicts in the order of the questions.
 * @param patience ms that each may take.
 */
export async function askPrograms(asks: readonly Ask[], programs: Programs, patience = PATIENCE): Promise<VerdictCommand[]> {
  const verdicts: VerdictCommand[] = [];
  for (let i = 0; i < asks.length; i += AT_ONCE)
    verdicts.push(...(await Promise.all(asks.slice(i, i + AT_ONCE).map((ask) => askOne(ask, programs, patience)))));
  return verdicts;
}

function askOne(ask: Ask, programs: Programs, patience: number): Promise<VerdictCommand> {
  const [command, ...args] = (Object.hasOwn(programs, ask.program) ? programs[ask.program] : undefined) ?? [];
  return new Promise((resolve) => {
    let said = '';
    const answer = (code: number | null): void => {
      const line = said.split('\n', 1)[0] ?? '';
      resolve({ kind: 'verdict', ask, code: code ?? FAILED, said: line.slice(0, LONGEST_WORD) });
    };
    if (command === undefined) return answer(FAILED);
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], timeout: patience, killSignal: 'SIGKILL' });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < LONGEST_WORD) said += text.slice(0, LONGEST_WORD);
    });
    // It may end without having read all.
    child.stdin.on('error', () => {});
    child.stdin.end(`${JSON.stringify({ ...ask.event, data: maskData(ask.event) })}\n`);
    child.once('error', () => answer(FAILED)).once('close', (code) => answer(code));
  });
}
