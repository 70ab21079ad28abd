/** The version of the program. */
import { readFileSync } from 'node:fs';
import { PACKAGE_ROOT } from './packageroot.ts';

/** `version` of package.json. */
export function version(): string {
  const { version: text }: { version: string } = JSON.parse(readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8'));
  return text;
}
