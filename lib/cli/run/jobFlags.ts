import { type FlagValues, flag, switchFlag } from '../arguments/flags.js';
import { UsageError } from '../arguments/usageError.js';
import { changeableFlags } from './changeableFlags.js';
import { runFiles } from './runFiles.js';

/** Flags of trainings that are ended, and go on. */
export const jobFlags = {
  run: flag('--run <folder>', 'all of the run: options, numbers, log, checkpoints and model', {
    file: 'folder',
    isCommon: true,
  }),
  checkpoint: flag('--checkpoint <folder>', 'write checkpoints there, to go on from', {
    file: 'folder',
    sets: 'checkpoint',
  }),
  checkpointEvery: changeableFlags.checkpointEvery,
  keepCheckpoints: changeableFlags.keepCheckpoints,
  resume: switchFlag(
    '--resume',
    'go on with the run or its checkpoints; begin where there are none',
  ),
  timeLimit: changeableFlags.timeLimit,
};

/** @throws UsageError for flags about checkpoints where there are none, or two places for them. */
export function requireCheckpoints(
  { run, checkpoint, ...others }: FlagValues<typeof jobFlags>,
  out: string | undefined,
): void {
  const refuse = (message: string): never => {
    throw new UsageError(message, 'train');
  };
  if (run !== undefined) {
    if (out !== undefined)
      refuse(`--run has no --out: the model is saved as ${runFiles(run).model}`);
    if (checkpoint !== undefined) refuse('--run has no --checkpoint: they lie in its folder');
    return;
  }
  if (checkpoint !== undefined) return;
  if (others.resume) refuse('--resume belongs to --run or --checkpoint');
  if (others.checkpointEvery !== undefined) {
    refuse('--checkpoint-every belongs to --run or --checkpoint');
  }
}
