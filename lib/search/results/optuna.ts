import { requireKnownKeys, requireObject } from '../../checks.js';
import type { JsonValue } from '../../model/json.js';
import type { Domain } from '../domain.js';
import type { Direction, Trial, TrialState } from '../trial.js';
import { requireStudy } from '../trialCheck.js';
import type { StudyRecord } from './ranking.js';

export interface OptunaOptions {
  /**
   * What Optuna calls the study.
   *
   * @default `'layerwise'`
   */
  readonly name?: string | undefined;
}

/** Operations of the journal of Optuna 5, by its `JournalOperation`. */
const createStudy = 0;
const createTrial = 4;

const directions: Readonly<Record<Direction, number>> = { minimize: 1, maximize: 2 };
const states: Readonly<Record<TrialState, number>> = {
  running: 0,
  complete: 1,
  pruned: 2,
  failed: 3,
};

/**
 * The study as a journal of Optuna 5, one JSON object a line, for `JournalFileBackend` and the dashboard:
 * parameters with their ranges, values, what was reported on the way, attributes, and errors as the attribute
 * `error`. Reports that are no numbers are left out; a choice that is neither text nor number is its JSON.
 *
 * ```ts
 * await writeFile('optuna.log', trialsAsOptunaJournal(study, { name: 'houses' }));
 * ```
 *
 * @throws ArgumentError
 */
export function trialsAsOptunaJournal(study: StudyRecord, options: OptunaOptions = {}): string {
  requireKnownKeys(requireObject(options, 'options'), ['name'], 'options');
  const { space, trials, direction } = requireStudy(study, ['space', 'trials', 'direction']);
  const { name = 'layerwise' } = options;
  const domains = new Map(space.dimensions.map((dimension) => [dimension.name, dimension.domain]));
  const worker_id = 'layerwise';
  const begun = { op_code: createStudy, worker_id, study_name: name };
  const lines = [
    { ...begun, directions: [directions[direction]] },
    ...trials.map((trial) => ({
      ...{ op_code: createTrial, worker_id, study_id: 0 },
      ...trialFields(trial, domains),
    })),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function trialFields(trial: Trial, domains: ReadonlyMap<string, Domain>): object {
  const { state, value, attributes, error, startedAt, finishedAt, reports } = trial;
  const known = Object.entries(trial.parameters).flatMap(([name, parameter]) => {
    const domain = domains.get(name);
    return domain === undefined ? [] : [{ name, parameter, domain }];
  });
  return {
    datetime_start: timeOf(startedAt),
    // Optuna looks whether it is there.
    ...(finishedAt !== null && { datetime_complete: timeOf(finishedAt) }),
    state: states[state],
    value,
    values: null,
    distributions: Object.fromEntries(
      known.map(({ name, domain }) => [name, JSON.stringify(distributionOf(domain))]),
    ),
    params: Object.fromEntries(
      known.map(({ name, parameter, domain }) => [name, internalOf(parameter, domain)]),
    ),
    user_attrs: error === null ? attributes : { ...attributes, error },
    system_attrs: {},
    intermediate_values: Object.fromEntries(
      reports
        .filter((report) => report.value !== null)
        .map((report) => [report.step, report.value]),
    ),
  };
}

/** Optuna wants microseconds, and where the time is of. */
function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000+00:00');
}

function distributionOf(domain: Domain): object {
  if (domain.kind === 'choice') {
    return { name: 'CategoricalDistribution', attributes: { choices: choicesOf(domain) } };
  }
  const { low, high, log, step } = domain;
  const isWhole = step !== null && [low, high, step].every(Number.isInteger);
  // There, a logarithmic range has no steps but those of whole numbers.
  const ownStep = isWhole ? (log ? 1 : step) : log ? null : step;
  const name = isWhole ? 'IntDistribution' : 'FloatDistribution';
  return { name, attributes: { low, high, log, step: ownStep } };
}

function choicesOf({ options }: Extract<Domain, { kind: 'choice' }>): JsonValue[] {
  return options.map((choice) => {
    return typeof choice === 'object' && choice !== null ? JSON.stringify(choice) : choice;
  });
}

/** A number is itself, a choice its place. */
function internalOf(value: JsonValue, domain: Domain): JsonValue {
  return domain.kind === 'number' ? value : domain.indexOf(value);
}
