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

const PLACE: Readonly<Record<Kind, string>> = { b2bua: 'a site with a B2BUA', asterisk: 'Asterisk' };

/** The scenario at a site of another kind, at some of its strengths: what is new is the kind. */
function at(kind: Kind, { small: _, title, needs = [], ...scenario }: Scenario, strengths: readonly number[] = [0, 1]): Scenario {
  return {
    ...scenario,
    name: `${scenario.name}-${kind}`,
    title: `${title}; ${PLACE[kind]}`,
    intensities: strengths.map((index) => scenario.intensities[index]!),
    site: { ...scenario.site, kind },
    needs: kind === 'asterisk' ? [...needs, kind] : needs,
  };
}

/** In the order of the catalogue. */
export const SITE_KINDS: readonly Scenario[] = [
  at('b2bua', SERVER_SCAN_BY_SVMAP),
  at('b2bua', EXTENSION_SCAN_BY_SVWAR),
  at('asterisk', EXTENSION_SCAN_BY_SVWAR),
  at('asterisk', EXTENSION_SCAN_BY_SVWAR_IN_VAIN),
  at('b2bua', SVCRACK_404_401),
  at('asterisk', SVCRACK_404_401),
  at('b2bua', PASSWORD_FOUND),
  at('b2bua', forgedBye, [0, 1, 3]),
];
