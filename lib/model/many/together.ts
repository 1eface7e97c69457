import {
  callNative,
  fromNativeError,
  type NativeDataset,
  type NativeHistory,
  type NativeManyRuns,
  type NativeMember,
  type NativeMemberReport,
  type NativeReport,
  type NativeRun,
} from '../../native.js';
import type { FitTogether } from '../fitJob.js';
import { type DataRule, type PreparedData, uploadData } from '../upload.js';

/** Trainings that begin together: what they share, and how each hears of its own. */

/** A training that waits for the others, or trains. */
interface Member {
  readonly report: (told: NativeReport) => void;
  begin(): void;
  /** It does not begin, as another one cannot. */
  refuse(error: unknown): void;
  end(history: NativeHistory): void;
  fail(error: unknown): void;
}

/** What the trainings of one call have in common. */
export class Together {
  readonly #runs: NativeManyRuns = callNative(({ ManyRuns }) => new ManyRuns());
  readonly #threads: number | undefined;
  readonly #members: Member[] = [];
  readonly #data = new SharedData();
  /** Trainings that have neither come nor given up. */
  #awaited: number;
  #failure: { readonly model: number; readonly error: unknown } | undefined;

  constructor(models: number, threads: number | undefined) {
    this.#awaited = models;
    this.#threads = threads;
  }

  /** The training that kept the others from beginning, with its error. */
  get failure(): { readonly model: number; readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** What the training of a model is given. */
  seat(dataPath: string): FitTogether {
    return {
      dataPath,
      prepare: (data, rule, check) => this.#data.prepare(data, rule, check),
      upload: (data) => this.#data.upload(data),
      runs: this.#runs,
      begin: (run, report) => this.#begin(run, report),
    };
  }

  /**
   * Called once for each training that has ended: where that did not begin, the others wait for it no longer.
   *
   * @param failure What it has failed with; undefined where it was only stopped.
   */
  ended(model: number, hasBegun: boolean, failure: { readonly error: unknown } | undefined): void {
    if (hasBegun || this.#failure !== undefined) return;
    if (failure === undefined) {
      this.#come();
      return;
    }
    this.#failure = { model, error: failure.error };
    this.#runs.clear();
    for (const member of this.#members) member.refuse(failure.error);
  }

  #begin(run: NativeMember, report: Member['report']): Promise<NativeRun> {
    if (this.#failure !== undefined) {
      this.#runs.clear();
      return Promise.reject(this.#failure.error);
    }
    return new Promise((resolve, reject) => {
      const { promise, resolve: end, reject: fail } = withResolvers<NativeHistory>();
      const begin = (): void => resolve({ ...run, promise });
      this.#members.push({ report, begin, refuse: reject, end, fail });
      this.#come();
    });
  }

  #come(): void {
    this.#awaited--;
    if (this.#awaited > 0 || this.#members.length === 0) return;
    const members = this.#members;
    const failAll = (error: unknown): void => {
      for (const member of members) {
        member.refuse(error);
        member.fail(error);
      }
    };
    try {
      callNative(() => this.#runs.start(this.#threads, (reports) => this.#tell(reports))).catch(
        (error: unknown) => failAll(fromNativeError(error)),
      );
    } catch (error) {
      failAll(error);
      return;
    }
    for (const member of members) member.begin();
  }

  #tell(reports: readonly (readonly [number, NativeMemberReport])[]): void {
    for (const [number, told] of reports) {
      const member = this.#members[number] as Member;
      if (told.epochs !== undefined) member.report(told as NativeReport);
      if (told.history !== undefined) member.end(told.history);
      if (told.error !== undefined) member.fail(fromNativeError(told.error));
    }
  }
}

/** Data that several trainings use is checked and copied once. */
class SharedData {
  readonly #prepared = new Map<
    unknown,
    { readonly rule: DataRule; readonly data: PreparedData }[]
  >();
  readonly #uploaded = new Map<PreparedData, Promise<NativeDataset>>();

  prepare(data: unknown, rule: DataRule, check: () => PreparedData): PreparedData {
    const known = this.#prepared.get(data) ?? [];
    const same = known.find((one) => isSameRule(one.rule, rule));
    if (same !== undefined) return same.data;
    const prepared = check();
    this.#prepared.set(data, [...known, { rule, data: prepared }]);
    return prepared;
  }

  upload(data: PreparedData): Promise<NativeDataset> {
    const known = this.#uploaded.get(data) ?? uploadData(data);
    this.#uploaded.set(data, known);
    return known;
  }
}

function isSameRule(one: DataRule, other: DataRule): boolean {
  return (
    one.inputSize === other.inputSize &&
    one.outputs.length === other.outputs.length &&
    one.outputs.every(({ name, columns, loss }, index) => {
      const its = other.outputs[index];
      return its?.name === name && its.columns === columns && its.loss.name === loss.name;
    })
  );
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers<Value>(): {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
} {
  let resolve: (value: Value) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<Value>((fulfil, fail) => {
    resolve = fulfil;
    reject = fail;
  });
  // Whoever awaits the run hears of it.
  promise.catch(() => {});
  return { promise, resolve, reject };
}
