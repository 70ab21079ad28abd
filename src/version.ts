/** The version of the program. */
import { readFileSync } from 'node:fs';

/** `version` of package.json. */
export function version(): string {
  const { version: text }: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return text;
}
