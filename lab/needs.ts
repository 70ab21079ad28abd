/** Programs that runs need, and which of them this machine lacks. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Scenario } from './scenario.ts';
import { hasAsterisk } from './servers/asterisk.ts';

/** Without these there is no run at all. */
const ALWAYS = ['kamailio', 'tcpdump', 'ip', 'nft', 'nsenter'];

function isHere(program: string): boolean {
  if (program === 'asterisk') return hasAsterisk();
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** What is missing for any run. */
export function missingForAll(): string[] {
  return ALWAYS.filter((program) => !isHere(program));
}

/** What this scenario needs besides and does not find. */
export function missingFor({ needs = [] }: Pick<Scenario, 'needs'>): string[] {
  return needs.filter((program) => !isHere(program));
}
