/** What a rule file may hold. One YAML file per attack; rules/README.md says how to write one. */
import { type Infer, schema } from '../schema.ts';
import { CLASSES, LACKING, LEVELS, OUTCOMES, STAGES, SUBJECT_KINDS } from '../types.ts';

/** Shapes of a rule; docs/sec.md says which rule type of SEC each of them is the equal of. */
export const SHAPES = ['any', 'count', 'distinct', 'sequence', 'absence', 'schedule', 'script'] as const;

const SHAPE_ABOUT =
  '`any`: one Event is enough; `count`: Events; `distinct`: different values of `field`; `sequence`: `steps` in order; `absence`: the last of ' +
  '`steps` did not come; `schedule`: what is expected at a time; `script`: a program decides';

/** What shape `schedule` can expect of its time. */
export const EXPECTATIONS = ['none', 'some', 'report'] as const;

/** Sets of thresholds a site chooses from: ours, those of paper 003, those of NEMEA's shipped detector (C-28). */
export const PROFILES = ['default', 'paper', '002', 'nemea'] as const;

const VARIABLE = { type: 'string', pattern: '^\\$[A-Za-z]\\w*$', says: 'a $variable' } as const;

const WHOLE = schema({ type: 'oneOf', of: [{ type: 'integer', minimum: 1 }, VARIABLE] });
const LIMIT = schema({
  type: 'oneOf',
  of: [{ type: 'integer', minimum: 1 }, VARIABLE, { type: 'enum', values: ['auto'] }],
});
const TIME = schema({ type: 'oneOf', of: [{ type: 'duration', minimum: '1ms', maximum: '30d' }, VARIABLE] });
const WITHIN = schema({
  type: 'oneOf',
  of: [{ type: 'duration', minimum: '1ms', maximum: '30d' }, VARIABLE, { type: 'enum', values: ['idle'] }],
});
/** A type of the catalogue or of another rule; which ones there are is checked by the compiler, with the nearest right word. */
const TYPE = schema({ type: 'string', pattern: '^[a-z][a-z0-9-]*(?:\\.[a-z][a-z0-9-]*)+$', says: 'an Event type' });
const TYPES = schema({ type: 'oneOf', of: [TYPE, { type: 'array', items: TYPE, minItems: 1 }] });
const NAMES = schema({ type: 'oneOf', of: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 8 }] });
const TIER = schema({
  type: 'object',
  fields: {
    limit: LIMIT,
    within: WITHIN,
    idle: { ...TIME, optional: true, about: 'the Alert that it opened is over when no Event came for so long; `idle` if absent' },
  },
});

const AUTO = schema({
  type: 'object',
  fields: {
    floor: { ...WHOLE, about: 'no limit is lower, however quiet a group is' },
    ceiling: { ...WHOLE, about: 'no limit is higher, whatever a group teaches; at most 1,000' },
    start: { ...WHOLE, optional: true, about: 'the limit of a group until it has been known for `learn`; the floor if absent' },
    learn: { ...TIME, default: '1d', about: 'what lies so long back counts half; a limit at most doubles in that time' },
  },
});

const PARTY = schema({
  type: 'object',
  fields: {
    kind: { type: 'enum', values: SUBJECT_KINDS, about: 'what it is' },
    value: { type: 'string', about: 'the field that names it' },
  },
});

const DOUBT = schema({
  type: 'object',
  fields: {
    where: { type: 'string', about: 'which of the Events that show success are in doubt' },
    share: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      about: 'they are believed while at most this part of the different values of `field` has them',
    },
    after: {
      type: 'duration',
      minimum: '1ms',
      maximum: '30d',
      about: 'age at which one is judged; at the end of the Alert or the input all are',
    },
  },
});

const SUCCESS = schema({
  type: 'object',
  fields: {
    on: { ...TYPES, about: 'Event types that may show success' },
    where: { type: 'string', optional: true, about: 'condition on that Event' },
    by: { ...NAMES, optional: true, about: 'fields of that Event that stand for those of `by`, in order; the same if absent' },
    level: { type: 'enum', values: LEVELS, optional: true, about: 'level once it has succeeded' },
    why: { type: 'string', optional: true, about: 'sentence added to `why` once it has succeeded' },
    doubt: {
      ...DOUBT,
      optional: true,
      about: 'shape distinct: Events that may also be slips of good people; the other values of the same group decide',
    },
  },
});

const STEP = schema({
  type: 'object',
  fields: {
    name: {
      type: 'string',
      pattern: '^[a-z][A-Za-z0-9]*$',
      says: 'a word of letters and digits',
      about: 'later steps and `why` read its fields as `name.field`',
    },
    on: { ...TYPES, about: 'Event types that may be this step' },
    where: { type: 'string', optional: true, about: 'condition on that Event; may compare with earlier steps, e.g. `src == invite.dst`' },
    by: { ...NAMES, optional: true, about: 'fields of that Event that stand for those of `by`, in order; the same if absent' },
    times: {
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 1,
      about: 'so many of them make the step; earlier steps mean the last of them',
    },
    within: { ...TIME, optional: true, about: 'at most so long after the step before' },
    after: { ...TIME, optional: true, about: 'at least so long after the step before' },
  },
});

const UNTIL = schema({
  type: 'object',
  fields: {
    on: { ...TYPES, optional: true, about: 'an Event of the same group that ends it' },
    where: { type: 'string', optional: true, about: 'condition on that Event' },
    by: { ...NAMES, optional: true, about: 'fields of that Event that stand for those of `by`, in order; the same if absent' },
    limit: { type: 'integer', minimum: 0, maximum: 1000, optional: true, about: 'or: at most so many Events' },
    within: { ...TIME, optional: true, about: 'in so long a time' },
  },
});

const WITHOUT = schema({
  type: 'object',
  fields: {
    evidence: { type: 'enum', values: LACKING, about: 'what was not captured' },
    where: {
      type: 'string',
      optional: true,
      about: 'condition that the last Event of an Alert meets if it was missing: then the Alert names it, and says what it concludes',
    },
    concludes: { type: 'string', minLength: 1, about: 'what the rule concludes without it, behind a colon, to the end of the sentence' },
  },
});

const MEMORY = schema({
  type: 'object',
  fields: {
    list: {
      type: 'string',
      pattern: '^[A-Za-z][A-Za-z0-9_-]*$',
      says: 'the name of a list',
      about: 'a list, read in conditions as `@name`',
    },
    value: { ...NAMES, about: 'fields whose values go in; several go in together and are read as `(a, b) in @name`' },
  },
});

const REMEMBER = schema({
  type: 'object',
  fields: { ...MEMORY.fields, for: { ...TIME, about: 'how long; each time anew' } },
});

const PROFILE = schema({
  type: 'object',
  fields: {
    where: { type: 'string', nullable: true, optional: true },
    limit: { ...LIMIT, optional: true },
    within: { ...WITHIN, optional: true },
    idle: { ...TIME, optional: true },
    slower: { ...TIER, nullable: true, optional: true },
  },
});

const TEST = schema({
  type: 'object',
  fields: {
    name: { type: 'string', about: 'what it shows' },
    profile: { type: 'enum', values: PROFILES, default: 'default', about: 'profile it runs under' },
    events: {
      type: 'array',
      minItems: 1,
      about: 'Events in the order of their times; `{n}` in a text counts the copies from 1',
      items: {
        type: 'object',
        open: true,
        fields: {
          type: { ...TYPE, about: 'Event type; its fields stand beside it' },
          at: { type: 'duration', default: '0s', about: 'time after the beginning of the test' },
          times: { type: 'integer', minimum: 1, maximum: 100_000, default: 1, about: 'how many copies' },
          every: { type: 'duration', default: '1s', about: 'time from copy to copy' },
        },
      },
    },
    pause: { type: 'duration', default: '0s', about: 'time that passes after the last Event' },
    alerts: { type: 'integer', minimum: 0, default: 1, about: 'how many Alerts there must be; with `raise: event`, how many Events' },
    outcome: { type: 'enum', values: OUTCOMES, optional: true, about: 'outcome of the last version of the last Alert' },
    level: { type: 'enum', values: LEVELS, optional: true, about: 'its level' },
    count: { type: 'integer', optional: true, about: 'its count' },
    missing: {
      type: 'array',
      items: { type: 'enum', values: LACKING },
      optional: true,
      about: 'evidence that it names as missing',
    },
  },
});

/** Schema of a rule file. */
export const RULE = schema({
  type: 'object',
  about: 'One attack: which Events are bad, how many of them, and what to say about it.',
  fields: {
    id: { type: 'string', pattern: '^[a-z][a-z0-9-]*$', says: 'a name of small letters, digits and hyphens', about: 'name of the rule' },
    version: { type: 'integer', minimum: 1, about: 'raised with every change of what the rule finds' },
    title: { type: 'string', minLength: 1, about: 'name of the attack for people' },
    about: { type: 'string', optional: true, about: 'what it finds and why these numbers' },
    level: { type: 'enum', values: LEVELS, about: 'how bad; `warning` and above change the exit code of `analyze`' },
    class: { type: 'enum', values: CLASSES, about: 'kind of attack' },
    stage: { type: 'enum', values: STAGES, about: "where in an attack's life it belongs" },
    on: {
      ...TYPES,
      optional: true,
      about:
        'Event types it looks at; `rule.ID` is an Alert or Event of another rule, `rule.ID.over` its end, `rule.ID.met` of shape absence: it came. Every shape but sequence and absence needs it',
    },
    where: { type: 'string', optional: true, about: 'condition on the Event' },
    by: { ...NAMES, about: 'fields that tell one group of Events from another' },
    shape: { type: 'enum', values: SHAPES, about: SHAPE_ABOUT },
    field: { type: 'string', optional: true, about: 'shape distinct: the field whose values are counted' },
    limit: {
      ...LIMIT,
      optional: true,
      about:
        'shapes count and distinct: how many are enough; at most 1,000, unless `within` is `idle` and the shape count; `auto`: twice what is usual for the group',
    },
    auto: {
      ...AUTO,
      optional: true,
      about:
        '`limit: auto`: bounds of the limits that are learned, one for each group; nothing is learned while its Alert is open. Needs a time in `within`, takes no `slower`',
    },
    within: {
      ...WITHIN,
      optional: true,
      about:
        'in what time (a sliding window, both ends included); `idle`: since the last pause of that length. Shape sequence: from the first step to the last; absence: from the last step that came; schedule: how long the time lasts',
    },
    steps: {
      type: 'array',
      items: STEP,
      minItems: 1,
      maxItems: 8,
      optional: true,
      about: 'shapes sequence and absence: what happens, one after another',
    },
    ordered: { type: 'boolean', optional: true, about: 'shape sequence: false if the steps may come in any order' },
    instances: {
      type: 'integer',
      minimum: 1,
      maximum: 64,
      optional: true,
      about:
        'shapes sequence and absence: every first step starts one more instance of the group, up to so many (16 if absent); with 1 a repeated first step changes nothing',
    },
    at: { type: 'string', optional: true, about: 'shape schedule: when, as `minute hour day month weekday`; all five must hold' },
    zone: {
      type: 'string',
      pattern: '^[+-]\\d\\d:\\d\\d$',
      says: 'a difference to UTC, e.g. +01:00',
      optional: true,
      about: 'shape schedule: difference of that clock to UTC; UTC if absent',
    },
    expect: {
      type: 'enum',
      values: EXPECTATIONS,
      optional: true,
      about:
        'shape schedule: `none`: an Event in that time is a match (off hours); `some`: a group seen within a week that has none then is a match; `report`: at that time each group with Events since the last time is a match, with their number as `seen`',
    },
    program: {
      type: 'string',
      optional: true,
      about: 'shape script: a program of the `programs` in the config; it is given the Event as JSON',
    },
    verdict: {
      type: 'string',
      optional: true,
      about: 'shape script: condition on the Event script.answered that makes it a match; `code == 0` if absent',
    },
    slower: { ...TIER, optional: true, about: 'a second limit, for those who take their time' },
    idle: { ...TIME, default: '30m', about: 'the Alert is over when no Event came for so long' },
    quiet: {
      ...TIME,
      optional: true,
      about: 'shapes any, sequence, absence, schedule and script: repeats less than this apart belong to the same Alert',
    },
    until: {
      ...UNTIL,
      optional: true,
      about: 'back to normal: the Alert is over at an Event, or when at most `limit` Events came `within` a time; `idle` ends it too',
    },
    raise: {
      type: 'enum',
      values: ['alert', 'event'],
      default: 'alert',
      about:
        '`event`: no Alert, only the Event `rule.ID` for other rules; without `quiet`, one for each match of a shape that does not count',
    },
    remember: { ...REMEMBER, optional: true, about: 'with each Alert or match after it, values go into a list for a time' },
    forget: { ...MEMORY, optional: true, about: 'with each Alert or match after it, values leave a list' },
    measure: {
      type: 'string',
      optional: true,
      about: 'shape any: a number of the Event; the count of the Alert is the highest seen, and not how many Events there were',
    },
    subject: { ...PARTY, about: 'who did it; its field is one of `by`; of kind none the Alert blames nobody' },
    target: { ...PARTY, optional: true, about: 'whom it was done to; kind `none` once there is more than one' },
    sample: { type: 'string', optional: true, about: 'field whose values the Alert lists, up to ten; `field` if absent' },
    success: { ...SUCCESS, optional: true, about: 'what shows that the attack succeeded, in the same group' },
    except: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      about: 'conditions that exempt an Event; a site adds its own in the config',
    },
    variables: {
      type: 'map',
      values: {
        type: 'object',
        fields: {
          about: { type: 'string' },
          value: {
            type: 'oneOf',
            of: [
              { type: 'number' },
              { type: 'boolean' },
              { type: 'array', items: { type: 'oneOf', of: [{ type: 'number' }, { type: 'string' }] } },
              { type: 'string' },
            ],
          },
        },
      },
      default: {},
      about: 'what a site may set in the config, each with its meaning and standard value; `$name` in conditions, limits and times',
    },
    profiles: {
      type: 'map',
      keys: ['paper', '002', 'nemea'],
      values: PROFILE,
      default: {},
      about: 'other thresholds, chosen by `profile` in the config',
    },
    why: {
      type: 'string',
      minLength: 1,
      about: 'what was seen, in a sentence; `{field}`, `{count}`, `{limit}`, `{within}`, `{events}`, `{span}`, `{rate}`',
    },
    without: {
      type: 'array',
      items: WITHOUT,
      default: [],
      about: 'what it concludes where media, requests or answers were not captured; rules that use such evidence say so',
    },
    falsePositives: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      about: 'what harmless thing may look like this, and what to do about it',
    },
    references: { type: 'array', items: { type: 'string' }, minItems: 1, about: 'papers, RFCs, requirement and ATT&CK ids' },
    tests: { type: 'array', items: TEST, default: [], about: 'Events that fire it and Events that do not: at least one of each' },
    lists: {
      type: 'map',
      values: { type: 'string' },
      default: {},
      about:
        'lists that its conditions read as `@name`, each with its meaning; a site fills them under `lists` in the config, rules by `remember`',
    },
  },
});

/** A rule file as checked against the schema. */
export type RuleFile = Infer<typeof RULE>;
/** One test of a rule file. */
export type RuleTest = RuleFile['tests'][number];
