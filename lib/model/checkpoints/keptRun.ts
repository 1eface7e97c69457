import { messageOf } from '../../builtins.js';
import { isPlainObject } from '../../checks.js';
import { ArgumentError, FileFormatError } from '../../errors.js';
import type {
  NativeLostSnapshot,
  NativeNonFinite,
  NativeRun,
  NativeRunState,
} from '../../native.js';
import type { TrainingCheckpoint } from '../events.js';
import type { TrainingWatch } from '../trainingWatch.js';
import {
  checkpointNotWritten,
  damagedCheckpoint,
  endNotWritten,
  type TrainingWarning,
} from '../warnings.js';
import { identityOf, type RunIdentity, requireSameRun } from './identity.js';
import { type EndOfRun, RunRecorder } from './recorder.js';
import type { ModelContents, RestoredRun, RunStore } from './runStore.js';

type Training = Parameters<typeof identityOf>[0];

/** What a run is that keeps checkpoints, as its recorder wants it. */
interface Recording {
  readonly run: NativeRun;
  readonly watch: TrainingWatch<string>;
  readonly control: {
    emit(): void;
    checkpoint(checkpoint: TrainingCheckpoint): void;
    onCheckpoint(write: () => Promise<string>): void;
  };
  /** Whether somebody is told of warnings. */
  readonly isHeard: boolean;
  modelOf(parameters: Float32Array): ModelContents;
}

/** A run that keeps checkpoints, goes on from one, or both. */
export class KeptRun {
  readonly #store: RunStore;
  readonly #identity: RunIdentity;
  #recorder: RunRecorder | undefined;

  private constructor(store: RunStore, identity: RunIdentity) {
    this.#store = store;
    this.#identity = identity;
  }

  /**
   * Compares the run with the one that it goes on from.
   *
   * @returns undefined where the run is stopped meanwhile.
   * @throws StateError where they differ.
   */
  static async open(
    { store, ...training }: Training & { readonly store: RunStore },
    isStopped: () => boolean,
  ): Promise<KeptRun | undefined> {
    const identity = await identityOf(training, isStopped);
    if (isStopped()) return undefined;
    const { restored } = store;
    if (restored === undefined) return new KeptRun(store, identity);
    try {
      requireSameRun(restored.run.identity, identity, restored.path);
      requireEpochs(training.options.epochs, restored.run.state, restored.path);
      return new KeptRun(store, identity);
    } catch (error) {
      if (store.giveUp === undefined) throw error;
      await store.giveUp();
      store.restored = undefined;
      return new KeptRun(store, identity);
    }
  }

  /** What the core goes on from. */
  get state(): NativeRunState | undefined {
    return this.#store.restored?.run.state;
  }

  /** The path of what it goes on from; null where it begins. */
  get checkpoint(): string | null {
    return this.#store.restored?.path ?? null;
  }

  /**
   * Has the watch know what was reported before, and nobody told of it.
   *
   * @returns the epochs that it was.
   * @throws FileFormatError
   */
  resume(watch: TrainingWatch<string>, begin: () => void): number {
    const { restored } = this.#store;
    if (restored === undefined) return 0;
    const { state, epochs } = restored.run;
    begin();
    if (takesUp(watch, restored)) return state.epoch;
    throw new FileFormatError({
      path: `${restored.path}: tensor 'checkpoint.epochs'`,
      expected: `numbers of ${state.epoch} epochs`,
      received: `${epochs.length} numbers`,
    });
  }

  /** Writes what the run tells from now on. */
  record({ run, watch, control, isHeard, modelOf }: Recording): void {
    const store = this.#store;
    const warn = (message: string): void => {
      control.emit();
      if (!isHeard) process.emitWarning(message, { type: 'LayerwiseWarning' });
    };
    for (const { path, reason } of store.passedOver) {
      const finding = { path, problem: reason };
      warn(watch.warnOfFile(damagedCheckpoint, finding).message);
    }
    if (store.rule !== undefined) this.#keep({ run, watch, control, isHeard, modelOf }, warn);
    // As large as the run itself, which has taken it over.
    store.restored = undefined;
  }

  #keep({ run, watch, control, modelOf }: Recording, warn: (message: string) => void): void {
    const store = this.#store;
    const recorder = new RunRecorder({
      ...{ store, identity: this.#identity, watch, modelOf },
      onWritten: (path, { epoch, updates }) => control.checkpoint({ path, epoch, updates }),
      onFailed(error, isLast) {
        if (!isLast && watch.hasWarned(checkpointNotWritten.code)) return;
        const what = isLast ? 'the end of the run was not kept' : 'a checkpoint was not written';
        const finding = { path: store.directory, problem: `${what}: ${messageOf(error)}` };
        const rule = isLast ? endNotWritten : checkpointNotWritten;
        const warning: TrainingWarning = watch.warnOfFile(rule, finding);
        warn(warning.message);
      },
    });
    this.#recorder = recorder;
    recorder.follow(run);
    control.onCheckpoint(() => recorder.request());
  }

  take(state: NativeRunState): void {
    this.#recorder?.take(state);
  }

  /** There was no memory for a snapshot. */
  lose(snapshot: NativeLostSnapshot): void {
    this.#recorder?.lose(snapshot);
  }

  async finish(end: EndOfRun): Promise<void> {
    await this.#recorder?.finish(end);
  }

  async fail(error: unknown): Promise<void> {
    await this.#recorder?.fail(error);
  }
}

/**
 * Has the watch know what was reported before; false where there are numbers of other epochs.
 *
 * @throws FileFormatError for statistics of which no warning can be made.
 */
function takesUp(watch: TrainingWatch<string>, { path, run }: RestoredRun): boolean {
  try {
    const { epochs, statistics, state } = run;
    return watch.resume({ epochs, statistics, nonFinite: firstNonFinite(run) }, state.epoch);
  } catch (cause) {
    throw new FileFormatError(
      {
        path: `${path}: tensor 'checkpoint.statistics'`,
        expected: 'statistics of layers',
        received: messageOf(cause),
      },
      { cause },
    );
  }
}

/** Where the run first came to numbers that are not finite, and went on. */
function firstNonFinite({ state, identity }: RestoredRun['run']): NativeNonFinite | undefined {
  const [epoch, batch] = state.tensors['recoveries.places'] ?? [];
  const { onNonFinite } = identity.options;
  const action = isPlainObject(onNonFinite) ? onNonFinite.action : undefined;
  if (epoch === undefined || batch === undefined) return undefined;
  return { epoch, batch, action: action === 'rollback' ? action : 'skipBatch' };
}

/** @throws ArgumentError for fewer epochs than the run has begun. */
function requireEpochs(epochs: number, { epoch, batch, complete }: NativeRunState, path: string) {
  const begun = batch > 0 && !complete ? epoch + 1 : epoch;
  if (epochs >= begun) return;
  throw new ArgumentError({
    path: 'epochs',
    expected: `at least the ${begun} that were begun in ${path}`,
    received: String(epochs),
    remedy: 'Ask for more, or go on with an older checkpoint.',
  });
}
