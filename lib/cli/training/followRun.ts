import { messageOf } from '../../builtins.js';
import { ArgumentError, type StateError } from '../../errors.js';
import type { History, TrainingEvent, TrainingRun } from '../../index.js';
import { saysOtherRun } from '../../model/checkpoints/identity.js';
import type { CliContext } from '../context.js';
import type { TrainReport } from '../train/trainReport.js';

/** Reports what happens until the training ends by itself, or by Ctrl-C. */
export async function follow<Event extends TrainingEvent, Result extends Outcome>(
  run: TrainingRun<string, Event, Result>,
  { interrupted, stdout, checkpointRequests }: CliContext,
  report: Pick<TrainReport, 'event' | 'stopping' | 'note'>,
): Promise<Result> {
  const stop = (): void => {
    // Where only the reader of the output has gone, nobody waits for a word.
    if (interrupted.reason !== stdout.lost.reason) report.stopping(interrupted.reason);
    run.stop();
  };
  const checkpoint = async (): Promise<void> => {
    const text = await run.checkpoint().then((path) => `Checkpoint ${path} is written.`, messageOf);
    report.note(text);
  };
  if (interrupted.aborted) stop();
  interrupted.addEventListener('abort', stop, { once: true });
  const unlisten = checkpointRequests?.listen(() => void checkpoint());
  try {
    for await (const event of run) report.event(event);
    return await run;
  } catch (error) {
    throw saysOtherRun(error) ? mistakeOf(error) : error;
  } finally {
    unlisten?.();
    interrupted.removeEventListener('abort', stop);
  }
}

type Outcome = Pick<History, 'stopReason'>;

/** The arguments are to blame, or the data. */
function mistakeOf(cause: StateError): ArgumentError {
  const { path, expected, received, remedy } = cause;
  return new ArgumentError({ path, expected, received, remedy }, { cause });
}
