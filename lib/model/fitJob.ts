import type { NativeDataset } from '../native.js';
import { type OpenStore, openFitStore, type RunStore } from './checkpoints/runStore.js';
import type { NativeFitOptions, ResolvedFit } from './fitOptions.js';
import type { NativeObjective } from './objective.js';
import type { RunControl } from './trainingRun.js';
import type { PreparedData } from './upload.js';

/** What a call of `fit` is to do, and what the core is told of it. */

export interface FitJob {
  readonly training: PreparedData;
  readonly validation: PreparedData | undefined;
  readonly options: ResolvedFit;
  readonly objective: NativeObjective;
  readonly batchSize: number;
  readonly openStore: OpenStore | undefined;
}

export function nativeFitOptions(
  { options, objective, batchSize }: FitJob,
  heldOut: NativeDataset | undefined,
): NativeFitOptions {
  const { validation } = options;
  const split = validation !== undefined && 'split' in validation ? validation : undefined;
  return {
    ...options.training,
    ...objective,
    batchSize,
    validation: heldOut === undefined ? split : { dataset: heldOut },
  };
}

/** Stopping the run ends its wait for another writer. */
export async function openFor(
  { onStop }: Pick<RunControl<never>, 'onStop'>,
  open: OpenStore,
): Promise<RunStore> {
  const stopped = new AbortController();
  onStop(() => stopped.abort());
  return await open(stopped.signal);
}

/** Where a run with these options keeps its checkpoints, if it does. */
export function storeOf({ checkpoint, resume }: ResolvedFit): OpenStore | undefined {
  if (checkpoint === undefined && resume === false) return undefined;
  return (stopped) => openFitStore({ checkpoint, resume }, stopped);
}

/** Whether somebody is told of warnings. */
export function isHeard({ onEvent, listeners = [] }: ResolvedFit): boolean {
  return onEvent !== undefined || listeners.length > 0;
}
