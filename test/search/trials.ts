import { dense, sequential } from '../../lib/index.js';
import { float, type RunningTrial, Study, type StudyOptions } from '../../lib/search/index.js';

/** What the tests of trials that train share. */

export const space = { learningRate: float(1e-3, 1e-1, { log: true }) };
export type Trial = RunningTrial<typeof space>;

/** For two inputs and two classes. */
export const classifier = () =>
  sequential([dense(4, { activation: 'tanh' }), dense(2, { activation: 'softmax' })], {
    inputSize: 2,
  });

/** Runs one trial, and gives what its objective saw beside the record. */
export async function once<Result extends number | { value: number }>(
  objective: (trial: Trial) => Promise<Result>,
  options: Partial<StudyOptions<typeof space>> = {},
) {
  let result: Result | undefined;
  const study = await new Study({ space, ...options }).run(
    async (trial) => {
      result = await objective(trial);
      return result;
    },
    { trials: 1, threads: 1 },
  );
  return { record: study.trials[0], result };
}
