/** Every scenario of the lab, by name. */
import { ATTACKS } from './attacks/attacks.ts';
import { BENIGN } from './benign/benign.ts';
import type { Scenario } from './scenario.ts';

/** Benign ones first, then the attacks in the order of the catalogue. */
export const SCENARIOS: readonly Scenario[] = [...BENIGN, ...ATTACKS];

/** @throws Error that names the nearest ones if there is none. */
export function scenarioOf(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const near = SCENARIOS.filter((scenario) => scenario.name.includes(name) || name.includes(scenario.name.split('-')[0]!)).map(
    (scenario) => scenario.name,
  );
  throw new Error(`there is no scenario ${name}${near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`} (npm run lab -- list)`);
}

/** The intensity of this name. @throws Error that lists them if there is none. */
export function intensityOf(scenario: Scenario, name: string | undefined): Scenario['intensities'][number] {
  const found = name === undefined ? scenario.intensities[0] : scenario.intensities.find((intensity) => intensity.name === name);
  if (found !== undefined) return found;
  throw new Error(
    `${scenario.name} has no intensity ${name}: it has ${scenario.intensities.map((intensity) => intensity.name).join(', ')}`,
  );
}
