import type {
  NativeDataset,
  NativeManyRuns,
  NativeMember,
  NativeReport,
  NativeRun,
  NativeStream,
  NativeWantedRows,
} from '../native.js';
import { type OpenStore, openFitStore, type RunStore } from './checkpoints/runStore.js';
import type { NativeFitOptions, ResolvedFit } from './fitOptions.js';
import type { NativeObjective } from './objective.js';
import type { StreamedData } from './streamTraining.js';
import type { RunControl } from './trainingRun.js';
import type { DataRule, PreparedData } from './upload.js';

/** What a call of `fit` is to do, and what the core is told of it. */

/** The rows to train on, in native memory: all of them, or the first of a stream. */
export interface DataInCore {
  readonly dataset: NativeDataset;
  /** Of an epoch. */
  readonly rows: number;
  /** What a run that goes on knows them by. */
  readonly compared: PreparedData | { readonly identity: string };
  readonly stream?: NativeStream;
  /** Reads rows of the stream where the run wants them. */
  feed?(wanted: NativeWantedRows, run: NativeRun): void;
}

/** A training that begins with others, and shares with them what they have in common. */
export interface FitTogether {
  /** Where its data stands in the call. */
  readonly dataPath: string;
  /** Data that is checked, of which another training may be glad. */
  prepare(data: unknown, rule: DataRule, check: () => PreparedData): PreparedData;
  upload(data: PreparedData): Promise<NativeDataset>;
  readonly runs: NativeManyRuns;
  /** Waits for the others, and begins with them. */
  begin(run: NativeMember, report: (told: NativeReport) => void): Promise<NativeRun>;
}

export interface FitJob {
  readonly training: PreparedData | StreamedData;
  readonly validation: PreparedData | undefined;
  readonly options: ResolvedFit;
  readonly objective: NativeObjective;
  readonly openStore: OpenStore | undefined;
  readonly together: FitTogether | undefined;
}

export function nativeFitOptions(
  { options, objective }: FitJob,
  batchSize: number,
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
