import { StateError } from '../../errors.js';
import type { History, RunListener, TrainingRun } from '../../index.js';
import type { CliContext } from '../context.js';
import { codeOfInterruption, type ExitCode, exitCodes } from '../exitCodes.js';
import { shellPath } from '../terminal/shellText.js';
import type { TrainOptions } from './trainArguments.js';
import type { TrainReport } from './trainReport.js';
import { resumedText } from './trainTexts.js';

/** How trainings end that another process may go on with. */

/** A training that ends for one of these has more to do. */
const unfinished: readonly History['stopReason'][] = ['stopped', 'timeLimit'];

export function isUnfinished({ stopReason }: Pick<History, 'stopReason'>): boolean {
  return unfinished.includes(stopReason);
}

/** Of a training that has more to do. */
export function codeOfEnd(
  {
    stopReason,
    histories,
  }: Pick<History, 'stopReason'> & { readonly histories: readonly History[] },
  checkpoint: string | null,
  { interrupted }: CliContext,
): ExitCode {
  // What was trained since the one before is lost: the warning has said why.
  const isLost = histories.some(({ warnings }) =>
    warnings.some(({ code }) => code === 'checkpointNotWritten'),
  );
  if (checkpoint === null && isLost) return exitCodes.failure;
  return stopReason === 'timeLimit' ? exitCodes.timeLimit : codeOfInterruption(interrupted.reason);
}

export function goOnText({ run, resume }: TrainOptions, checkpoint: string): string {
  if (run !== undefined) return `Go on with it by: layerwise resume ${shellPath(run)}`;
  const how = resume ? 'The same command' : 'The same command with --resume';
  return `${how} goes on with ${checkpoint}.`;
}

/**
 * The checkpoint of the end of a run; null where it keeps none, or has not begun.
 *
 * @throws What has kept it from being written.
 */
export async function lastCheckpoint(
  run: Pick<TrainingRun, 'checkpoint'>,
  { run: folder, checkpoint }: TrainOptions,
): Promise<string | null> {
  if (folder === undefined && checkpoint === undefined) return null;
  return await run.checkpoint().catch((error: unknown) => {
    if (error instanceof StateError) return null;
    throw error;
  });
}

export function toldOfCheckpoints(report: TrainReport): RunListener {
  return {
    onStart(start) {
      const text = resumedText(start);
      if (text !== null) report.note(text);
    },
    onCheckpoint: (checkpoint) => report.checkpoint(checkpoint),
  };
}
