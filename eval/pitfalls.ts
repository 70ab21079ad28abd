/** The checklist of pitfalls of learning-based security (Arp et al., USENIX Security 2022), answered for one evaluation (G10). */
import { several } from '../src/publish/layout.ts';
import type { Evaluation } from './evaluate.ts';

/** One pitfall and how it stands here. */
export interface Pitfall {
  readonly name: string;
  /** `avoided`, `partly` or `open`. */
  readonly state: 'avoided' | 'partly' | 'open';
  readonly answer: string;
}

/** The ten, in the order of the paper. */
export function pitfalls(evaluation: Evaluation): Pitfall[] {
  const { runs, openings, set, detectors } = evaluation;
  const benign = runs.filter(({ kind }) => kind === 'benign');
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  const hosts = new Set(runs.map(({ host }) => host)).size;
  const rivals = detectors.slice(1).filter(({ unavailable }) => unavailable === undefined);
  return [
    {
      name: 'Sampling bias',
      state: 'open',
      answer: `All traffic is made by one lab: ${benign.length} benign and ${runs.length - benign.length} attack runs of ${several(seeds, 'seed')}. No operator’s traffic is among it.`,
    },
    {
      name: 'Label inaccuracy',
      state: 'avoided',
      answer:
        'Labels are written by the senders, packet by packet, and `npm run lab -- verify` proves them by filters that know no label, or by payload hashes.',
    },
    {
      name: 'Data snooping',
      state: openings === undefined ? 'avoided' : openings.versions > 1 ? 'open' : 'avoided',
      answer: snooping(evaluation),
    },
    {
      name: 'Spurious correlations',
      state: 'partly',
      answer:
        'Addresses, domains, header shapes, Call-IDs, tags and ports are drawn per seed, and a test forbids rules and code to name them; the timing of our own senders is still one family.',
    },
    {
      name: 'Biased parameter selection',
      state: set === 'validation' ? 'partly' : 'avoided',
      answer:
        set === 'validation'
          ? 'These are validation runs: thresholds may have been chosen on them. What counts is the test set.'
          : 'Thresholds are chosen on seeds below 1000 only; these runs are of others.',
    },
    {
      name: 'Inappropriate baseline',
      state: rivals.length > 0 ? 'avoided' : 'open',
      answer:
        rivals.length > 0
          ? `The same recordings were given to ${rivals.map(({ name }) => name).join(', ')}, run for real.`
          : 'No other detector was run beside it.',
    },
    {
      name: 'Inappropriate performance measures',
      state: 'avoided',
      answer:
        'Recall per attack and strength with intervals over runs, false alarms per day and per 10,000 calls with bounds, FDR apart from FPR; no accuracy.',
    },
    {
      name: 'Base rate fallacy',
      state: benign.length >= 10 ? 'avoided' : 'partly',
      answer: `False alarms are counted on benign days, not beside attacks; precision and FDR depend on the lab’s mix, which has far more attacks than a network has. ${several(benign.length, 'benign run')}.`,
    },
    {
      name: 'Lab-only evaluation',
      state: 'open',
      answer: `Real servers and real tools, but in namespaces on ${hosts === 1 ? 'one kind of host' : `${hosts} kinds of hosts`}, with idle time stretched.`,
    },
    {
      name: 'Inappropriate threat model',
      state: 'partly',
      answer: 'Attackers hide behind NAT, proxies, several addresses and low rates; none of them knows the thresholds and adapts to them.',
    },
  ];
}

function snooping({ openings, set }: Evaluation): string {
  if (openings === undefined) return `Runs of the ${set} set; the test set stayed closed.`;
  const { times, versions } = openings;
  const often =
    times === 1
      ? 'opened for the first time'
      : `opened ${times} times, by ${versions === 1 ? 'one version' : `${versions} versions`} of the detectors`;
  return `The test set was ${often}; each opening was logged with its hash before.`;
}
