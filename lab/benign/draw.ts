/** Draws the plan of a benign day. */
import { drawMachines } from './machines.ts';
import { drawPeople } from './people.ts';
import type { DayPlan, DaySize, PlanSources } from './plan.ts';
import { drawPhones } from './population.ts';
import { drawRegistrations } from './registrations.ts';
import { dealServices } from './services.ts';
import { dealTwists } from './twists.ts';

/** Draws a day of this size. */
export function drawDay(size: DaySize, sources: PlanSources): DayPlan {
  const { from, to } = size.period;
  const random = sources.random.fork('day');
  const storm = from + (to - from) * (0.3 + 0.4 * random.unit());
  const phones = drawPhones(size, random.fork('phones'));
  const registrations = phones.map((phone) => drawRegistrations(phone, size, storm, random.fork(`registrations ${phone.index}`)));
  const twisted = dealTwists(drawPeople(phones, size, storm, sources), size, random.fork('twists'));
  const people = dealServices(twisted, random.fork('services'), sources);
  const calls = [...people, ...drawMachines(phones, registrations, size, sources)].sort((a, b) => a.at - b.at);
  return { size, phones, calls, registrations, storm };
}
