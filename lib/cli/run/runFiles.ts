import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isRunLog } from './runLog.js';

/** What lies in the folder of a run. */
export interface RunFiles {
  /** The options of the run, all of them: a configuration file. */
  readonly config: string;
  /** A line for each epoch. */
  readonly metrics: string;
  /** What was told, and when. */
  readonly log: string;
  /** A folder. */
  readonly checkpoints: string;
  /** The trained model, when the run is over. */
  readonly model: string;
  /** How the run has ended; it is written last. */
  readonly result: string;
}

export function runFiles(folder: string): RunFiles {
  return {
    config: join(folder, 'config.json'),
    metrics: join(folder, 'metrics.jsonl'),
    log: join(folder, 'log.txt'),
    checkpoints: join(folder, 'checkpoints'),
    model: join(folder, 'model.safetensors'),
    result: join(folder, 'result.json'),
  };
}

/**
 * A name in the folder that a run would write to, and that is there already; undefined in a folder for a new run. A run
 * that was ended while it read its rows, before it began, has left nothing but its log.
 */
export function takenName(folder: string): string | undefined {
  const files = runFiles(folder);
  return Object.values(files).find((path) => {
    return existsSync(path) && !(path === files.log && isRunLog(path));
  });
}
