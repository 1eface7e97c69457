import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { ArgumentError } from '../../errors.js';
import { FileArgument } from '../arguments/files.js';
import { addFlags, type Flags, flagOptionsOf, isGiven } from '../arguments/flags.js';
import { type HelpfulCommand, subcommand } from '../arguments/help.js';
import { dataOf, jsonLinesFlag } from '../arguments/sharedFlags.js';
import { readTrainOptions, type TrainOptions } from '../train/trainArguments.js';
import { changeableFlags } from './changeableFlags.js';
import { runFiles } from './runFiles.js';

/** `layerwise resume`: `train --run <folder> --resume`, with all other options as the run has them. */

/** The flags of `train`, of which what is not given is not as there by default. */
function asItBegan(flags: Flags): Flags {
  const entries = Object.entries(flags).map(([key, flag]) => {
    return [key, { ...flag, fallback: undefined, fallbackText: undefined, isCommon: false }];
  });
  return Object.fromEntries(entries) as Flags;
}

export function addResume(program: HelpfulCommand, accept: (options: TrainOptions) => void): void {
  const command = subcommand(program, 'resume', 'Go on with a run of `train --run`.', {
    examples: [
      'layerwise resume runs/1',
      'layerwise resume runs/1 --epochs 200 --time-limit 2h',
      'layerwise resume runs/1 moved/houses.csv',
    ],
    details: `
The options are those that the run began with; its folder keeps them in config.json. What is given here
counts in their place. A run that is over says so. With more --epochs, it goes on behind its last one. The rows
have to be those that it began with, wherever they lie.
`,
  })
    .addArgument(new FileArgument('folder', '<run>', 'folder of a run'))
    .addArgument(new FileArgument('input', '[data]', 'its rows, where they lie elsewhere now'));
  addFlags(command, { 'Options:': { ...asItBegan(changeableFlags), json: jsonLinesFlag } });
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
  const [folder = '', data] = resume.args;
  requireRun(folder);
  const train = trainCommandOf(resume);
  const give = (key: string, value: unknown) => train.setOptionValueWithSource(key, value, 'cli');
  for (const { key } of flagOptionsOf(resume)) {
    if (isGiven(resume, key)) give(key, resume.getOptionValue(key));
  }
  give('run', folder);
  give('resume', true);
  if (data !== undefined) give('data', data);
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
