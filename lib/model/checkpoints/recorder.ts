import { MemoryError, StateError } from '../../errors.js';
import type { NativeLostSnapshot, NativeRun, NativeRunState } from '../../native.js';
import type { TrainingStatistics } from '../statistics.js';
import type { RunIdentity } from './identity.js';
import type { ModelContents, RunStore } from './runStore.js';

/** What a recorder needs to know of its run. */
interface RecordedRun {
  readonly store: RunStore;
  readonly identity: RunIdentity;
  readonly watch: {
    readonly statistics: readonly TrainingStatistics[];
    epochNumbers(epochs: number): Float64Array;
  };
  /** The model with the parameters that lie in a tensor of a state. */
  modelOf(parameters: Float32Array): ModelContents;
  /** Told when a checkpoint is on the disk. */
  onWritten(path: string, state: NativeRunState): void;
  /** Told when one could not be written, the last one of the run perhaps; the next one is tried all the same. */
  onFailed(error: unknown, isLast: boolean): void;
}

/** What is left of a run that is over; neither where it keeps no states. */
export interface EndOfRun {
  readonly state?: NativeRunState;
  /** What there was no memory for, in the place of the state. */
  readonly lostState?: NativeLostSnapshot;
}

interface Waiting {
  resolve(path: string): void;
  reject(error: unknown): void;
}

/** Writes the snapshots of a run, one after the other, while it goes on. */
export class RunRecorder {
  readonly #run: RecordedRun;
  #native: Pick<NativeRun, 'snapshot' | 'snapshotWritten'> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #waiting: Waiting[] = [];
  /** What is on the disk, and where. */
  #written: { readonly path: string; readonly position: string } | undefined;
  #end: { readonly error: unknown } | undefined;

  constructor(run: RecordedRun) {
    this.#run = run;
    const { restored } = run.store;
    if (restored?.isKept) {
      this.#written = { path: restored.path, position: positionOf(restored.run.state) };
    }
  }

  /** The run has begun. */
  follow(native: Pick<NativeRun, 'snapshot' | 'snapshotWritten'>): void {
    this.#native = native;
    if (this.#waiting.length > 0) native.snapshot();
  }

  /** Asks for a checkpoint; gives its path once it is on the disk. */
  request(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#end === undefined) this.#native?.snapshot();
      else this.#answerAtEnd(this.#end.error);
    });
  }

  /** Writes a snapshot of the core, whose memory is free again afterwards. */
  take(state: NativeRunState): void {
    const native = this.#native;
    this.#writing = this.#write(state).finally(() => native?.snapshotWritten());
  }

  /** There was no memory for the next one. */
  lose(snapshot: NativeLostSnapshot): void {
    this.#fail(noMemory(snapshot), false, this.#waiting.splice(0));
  }

  /** The run is over: writes its last state, if there is one, after all others. */
  async finish({ state, lostState }: EndOfRun): Promise<void> {
    await this.#writing;
    if (state !== undefined) await this.#write(state, true);
    else if (lostState !== undefined) {
      this.#fail(noMemory(lostState), true, this.#waiting.splice(0));
    }
    this.#end = { error: undefined };
    // The core takes no other one for those who have asked meanwhile.
    this.#answerAtEnd();
  }

  /** The run has failed; what is on its way to the disk still gets there. */
  async fail(error: unknown): Promise<void> {
    this.#end = { error };
    await this.#writing;
    this.#answerAtEnd(error);
  }

  /** Never rejects. */
  async #write(state: NativeRunState, isLast = false): Promise<void> {
    const { store, identity, watch } = this.#run;
    const waiting = this.#waiting.splice(0);
    const position = positionOf(state);
    try {
      if (this.#written?.position !== position) {
        const { epoch, updates } = state;
        const run = {
          ...{ state, identity },
          // Of now: the run goes on while this is written.
          epochs: watch.epochNumbers(epoch),
          statistics: watch.statistics.filter(({ update }) => update <= updates),
        };
        const parameters = state.tensors[state.weights] as Float32Array;
        const path = await store.write(run, this.#run.modelOf(parameters));
        if (path !== undefined) {
          this.#written = { path, position };
          this.#run.onWritten(path, state);
        }
      }
      this.#answer(waiting);
    } catch (error) {
      this.#fail(error, isLast, waiting);
    }
  }

  #fail(error: unknown, isLast: boolean, waiting: readonly Waiting[]): void {
    this.#run.onFailed(error, isLast);
    if (isLast) this.#written = undefined;
    for (const { reject } of waiting) reject(error);
  }

  /** Gives what is on the disk. */
  #answer(waiting: readonly Waiting[]): void {
    for (const { resolve, reject } of waiting) {
      if (this.#written === undefined) reject(tooLate());
      else resolve(this.#written.path);
    }
  }

  /** @param error What the run has failed with. */
  #answerAtEnd(error?: unknown): void {
    const waiting = this.#waiting.splice(0);
    if (error === undefined) this.#answer(waiting);
    else for (const { reject } of waiting) reject(error);
  }
}

function noMemory({ expected, received }: NativeLostSnapshot): MemoryError {
  return new MemoryError({
    path: 'checkpoint',
    expected: `memory for a copy of the run, ${expected}`,
    received,
    remedy: 'Give the process more memory.',
  });
}

function positionOf({ epoch, batch, updates, complete }: NativeRunState): string {
  return [epoch, batch, updates, complete].join();
}

function tooLate(): StateError {
  return new StateError({
    path: 'checkpoint',
    expected: 'a run that trains',
    received: 'one that is over',
  });
}
