import { requireKnownKeys, requireObject } from '../checks.js';
import { openStudy } from './openStudy.js';
import type { Objective } from './runner.js';
import { type RunOptions, runKeys } from './runOptions.js';
import { agreeOnContext, type ContextOption } from './sameStudy.js';
import type { Space } from './space.js';
import { Study } from './study.js';
import { type StudyOptions, studyKeys } from './studyOptions.js';

const keys = ['objective', ...studyKeys, ...runKeys, 'journal', 'context'];

/** Options of `search`: those of a study, and those of its run. */
export interface SearchOptions<S extends Space>
  extends Omit<StudyOptions<S>, 'events'>,
    ContextOption,
    RunOptions {
  readonly objective: Objective<S>;
  /**
   * A file that everything is written to as it happens. When it exists, the search goes on where it
   * was, also after a kill.
   *
   * @default none
   */
  readonly journal?: string | undefined;
}

/**
 * Looks for the parameters with the best value, several trials at a time.
 *
 * ```ts
 * const { best } = await search({
 *   space: { learningRate: float(1e-4, 1e-1, { log: true }), units: int(8, 256, { log: true }) },
 *   trials: 50,
 *   objective: (trial) => trial.fit(build(trial.values), data, { validation: 0.2 }),
 * });
 * ```
 *
 * @throws ArgumentError; StateError when the first trials all fail, or another process has opened
 * the journal; FileFormatError when the journal is damaged; errors of the system; the reason of the
 * signal.
 */
export async function search<S extends Space>(options: SearchOptions<S>): Promise<Study<S>> {
  requireKnownKeys(requireObject(options, 'options'), keys, 'options');
  const { objective, journal, context, ...others } = options;
  const { space, direction, sampler, pruner, seed, onEvent, now, ...run } = others;
  const forStudy = { space, direction, sampler, pruner, seed, onEvent, now };
  if (journal === undefined) {
    const study = new Study(forStudy);
    agreeOnContext(study, context, 'the study');
    return study.run(objective, run);
  }
  const study = await openStudy(journal, { ...forStudy, context });
  try {
    return await study.run(objective, run);
  } finally {
    study.close();
  }
}
