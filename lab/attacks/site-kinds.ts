/**
 * Attacks against other kinds of site than the proxy (E3-1): the scenarios of the catalogue as they are, where a B2BUA stands behind
 * the registrar, and where Asterisk is all there is and answers in its own way.
 */
import type { Scenario } from '../scenario.ts';
import { EXTENSION_SCAN_BY_SVWAR, EXTENSION_SCAN_BY_SVWAR_IN_VAIN } from './extension-scan.ts';
import { forgedBye } from './forged-bye.ts';
import { PASSWORD_FOUND, SVCRACK_404_401 } from './password-guessing.ts';
import { SERVER_SCAN_BY_SVMAP } from './server-scan.ts';

type Kind = 'b2bua' | 'asterisk';

/** What is said of the scenario there, and at which of its strengths it is run: the first two if absent. */
interface Change {
  readonly title: string;
  readonly strengths?: readonly number[];
}

/** The scenario at a site of another kind. */
function at(kind: Kind, { small: _, needs = [], ...scenario }: Scenario, { title, strengths = [0, 1] }: Change): Scenario {
  return {
    ...scenario,
    name: `${scenario.name}-${kind}`,
    title,
    intensities: strengths.map((index) => scenario.intensities[index]!),
    site: { ...scenario.site, kind },
    needs: kind === 'asterisk' ? [...needs, kind] : needs,
  };
}

/** In the order of the catalogue. Asterisk says 403 where others say 404, and 401 to every wrong password: see asterisk-config.ts. */
export const SITE_KINDS: readonly Scenario[] = [
  at('b2bua', SERVER_SCAN_BY_SVMAP, { title: 'svmap over the network of a site with a B2BUA (E3-1)' }),
  at('b2bua', EXTENSION_SCAN_BY_SVWAR, { title: 'svwar against a site with a B2BUA that tells unknown users (E3-1)' }),
  at('asterisk', EXTENSION_SCAN_BY_SVWAR, { title: 'svwar against an Asterisk that takes calls of strangers (E3-1)' }),
  at('asterisk', EXTENSION_SCAN_BY_SVWAR_IN_VAIN, { title: 'svwar against an Asterisk that challenges everybody (E3-1)' }),
  at('b2bua', SVCRACK_404_401, { title: 'svcrack against a site with a B2BUA (E3-1)' }),
  at('asterisk', SVCRACK_404_401, { title: 'svcrack against Asterisk (E3-1)' }),
  at('b2bua', PASSWORD_FOUND, { title: 'One source finds the password of a user of a site with a B2BUA (E3-9)' }),
  at('b2bua', forgedBye, { title: 'BYE in the name of one side of a call through a B2BUA', strengths: [0, 1, 3] }),
];
