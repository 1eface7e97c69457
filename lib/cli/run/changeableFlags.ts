import { flag, optionalFlag } from '../arguments/flags.js';
import { count, learningFlags, tensorboardFlag, threads } from '../arguments/sharedFlags.js';
import { duration, interval, port, wholeNumber } from '../arguments/values.js';

/**
 * Flags of a training that may be otherwise when a run goes on: how long and with how much it trains, and where files lie.
 * (Their rows are compared.)
 */
export const changeableFlags = {
  epochs: flag('--epochs <count>', 'passes over the data', {
    read: count,
    fallbackText: '10, more for small data: 100 below 320 rows',
    sets: 'epochs',
    isCommon: true,
  }),
  threads: flag('--threads <count>', 'the result does not depend on it', {
    read: threads,
    fallbackText: 'all cores',
    sets: 'threads',
  }),
  timeLimit: flag('--time-limit <time>', 'ends the training after it: 2h, 90m, or seconds', {
    read: duration,
    sets: 'timeLimit',
  }),
  checkpointEvery: flag('--checkpoint-every <time>', '5m, 10epochs or 1000updates', {
    read: interval,
    fallbackText: '60s',
  }),
  keepCheckpoints: flag('--keep-checkpoints <count>', 'of the newest ones', {
    read: wholeNumber(2, 1_000_000),
    fallback: 2,
    sets: 'checkpoint.keep',
  }),
  labels: learningFlags.labels,
  from: flag('--from <model>', 'go on with a trained model, in place of a new network', {
    file: 'input',
  }),
  tensorboard: tensorboardFlag,
  csvLog: flag('--csv-log <file>', 'write the numbers of each epoch there, as CSV', {
    file: 'output',
  }),
  report: flag('--report <file>', 'write a page for the browser that shows the training', {
    file: 'output',
  }),
  watch: optionalFlag(
    '--watch [port]',
    'show it in the browser while it runs, on this machine alone (default: a port that is free)',
    { read: port },
  ),
};
