import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { ArgumentError } from '../../errors.js';
import { FileArgument } from '../arguments/files.js';
import { addFlags, flag, flagOptionsOf, isGiven } from '../arguments/flags.js';
import { type HelpfulCommand, subcommand } from '../arguments/help.js';
import { count, dataOf, jsonLinesFlag, threads } from '../arguments/sharedFlags.js';
import { duration } from '../arguments/values.js';
import { readTrainOptions, type TrainOptions } from '../train/trainArguments.js';
import { runFiles } from './runFiles.js';

/** `layerwise resume`: `train --run <folder> --resume`, with all other options as the run has them. */

const flags = {
  epochs: flag('--epochs <count>', 'of the whole run (default: as it began)', {
    read: count,
    sets: 'epochs',
  }),
  threads: flag('--threads <count>', 'the result does not depend on it', {
    read: threads,
    sets: 'threads',
  }),
  timeLimit: flag('--time-limit <time>', 'ends the training after it: 2h, 90m, or seconds', {
    read: duration,
    sets: 'timeLimit',
  }),
  json: jsonLinesFlag,
};

export function addResume(program: HelpfulCommand, accept: (options: TrainOptions) => void): void {
  const command = subcommand(program, 'resume', 'Go on with a run of `train --run`.', {
    examples: ['layerwise resume runs/1', 'layerwise resume runs/1 --epochs 200 --time-limit 2h'],
    details: `
The options are those that the run began with; its folder keeps them in config.json. A run that is over
says so. With more --epochs, it goes on behind its last one.
`,
  }).addArgument(new FileArgument('folder', '<run>', 'folder of a run'));
  addFlags(command, { 'Options:': flags });
  command.action(() => {
    const train = trainCommandOf(command);
    accept(readTrainOptions(train, dataOf(train.opts())));
  });
}

/**
 * The command that is meant, with its options but for those that stand in files.
 *
 * @throws ArgumentError for a folder that has no run
 */
export function trainingOf(resume: Command): Command {
  const [folder = ''] = resume.args;
  requireRun(folder);
  const train = trainCommandOf(resume);
  for (const { key } of flagOptionsOf(resume)) {
    if (!isGiven(resume, key)) continue;
    train.setOptionValueWithSource(key, resume.getOptionValue(key), 'cli');
  }
  train.setOptionValueWithSource('run', folder, 'cli');
  train.setOptionValueWithSource('resume', true, 'cli');
  return train;
}

function trainCommandOf({ parent }: Command): Command {
  const train = parent?.commands.find((command) => command.name() === 'train');
  if (train === undefined) throw new TypeError('there is no command train');
  return train;
}

function requireRun(folder: string): void {
  if (existsSync(runFiles(folder).config)) return;
  throw new ArgumentError({
    path: folder,
    expected: 'the folder of a run',
    received: existsSync(folder) ? 'one without config.json' : 'no such folder',
    remedy: '`layerwise train <data> --run <folder>` begins one.',
  });
}
