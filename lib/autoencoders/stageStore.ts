import { exactJson, parseExactJson } from '../checkpoint/exactJson.js';
import { requireInteger } from '../checks.js';
import type { TensorValues } from '../io/safetensors.js';
import { type RunIdentity, requireSameSpec } from '../model/checkpoints/identity.js';
import { type StoreOptions, snapshotRule } from '../model/checkpoints/options.js';
import { checkedAs, decodeRun, encodeRun } from '../model/checkpoints/runRecord.js';
import {
  type ModelContents,
  type OpenRunFolder,
  openRunFolder,
  type RunStore,
  type StoredRun,
} from '../model/checkpoints/runStore.js';
import type { History } from '../model/events.js';
import type { Model } from '../model/model.js';
import type { ParameterSource } from './stack.js';

/** The checkpoints of a pre-training: the state of the pair of layers that trains, in a file of the whole model. */

const historiesName = 'stages';

/** What is kept beside the state of the stage that trains. */
interface StageRecord {
  /** The stage, from 0. */
  readonly stage: number;
  /** Updates of the stages before it. */
  readonly updatesBefore: number;
  readonly spec: RunIdentity['spec'];
}

/** A pre-training that another process has begun. */
interface BegunPretraining {
  /** The stage that trained, from 0. */
  readonly stage: number;
  /** Of the stages before it. */
  readonly histories: readonly History[];
}

export class PretrainingStore {
  readonly #model: Model;
  readonly #options: StoreOptions;
  readonly #opened: Omit<OpenRunFolder, 'stored'>;
  /** Until its stage has taken it over. */
  #stored: StoredRun | undefined;
  /** The weights that the pre-training had, by their names in the whole model, until that has them. */
  #weights: ReadonlyMap<string, Float32Array>;
  readonly begun: BegunPretraining | undefined;
  #updatesBefore = 0;
  /** Of the stage that trains. */
  #updates = 0;
  #hasTold = false;

  private constructor(model: Model, options: StoreOptions, opened: OpenRunFolder) {
    this.#model = model;
    this.#options = options;
    this.#opened = { folder: opened.folder, passedOver: opened.passedOver };
    this.#stored = opened.stored;
    this.#weights = opened.stored?.model ?? new Map();
    this.begun = this.#stored && this.#readBegun(this.#stored);
  }

  /**
   * @param model The whole model. It is left as it is until its stage goes on: until then, data or options may turn out to
   * be others, and the run be refused.
   * @throws as a run of `fit` that goes on.
   */
  static async open(model: Model, options: StoreOptions): Promise<PretrainingStore> {
    const opened = await openRunFolder(options, 'pretrain');
    try {
      return new PretrainingStore(model, options, opened);
    } catch (error) {
      opened.folder?.close();
      throw error;
    }
  }

  /** The whole model with the weights that the pre-training had. */
  get model(): ParameterSource {
    const [model, weights] = [this.#model, this.#weights];
    return {
      parameters: model.parameters,
      getParameter: (name) => weights.get(name) ?? model.getParameter(name),
    };
  }

  /** The stage goes on, or nothing speaks against it: the model gets the weights that the pre-training had. */
  takeUp(): void {
    for (const [name, values] of this.#weights) this.#model.setParameter(name, values);
    this.#weights = new Map();
  }

  /**
   * What a stage goes on from, and where its checkpoints are kept.
   *
   * @param stage From 0.
   * @param histories Of those before it.
   * @param namesInModel What the tensors of the stage are called in the whole model.
   */
  storeOf(
    stage: number,
    histories: readonly History[],
    namesInModel: ReadonlyMap<string, string>,
  ): RunStore {
    this.#updatesBefore += this.#updates;
    this.#updates = 0;
    const { folder, passedOver } = this.#opened;
    const stored = this.#stored;
    this.#stored = undefined;
    const { checkpoint } = this.#options;
    const isTold = this.#hasTold;
    this.#hasTold = true;
    const past = new Map<string, TensorValues>([
      [historiesName, Buffer.from(exactJson(histories.map((history) => ({ ...history }))))],
    ]);
    const updatesBefore = this.#updatesBefore;
    const { spec } = this.#model;
    return {
      directory: checkpoint?.directory ?? '',
      rule: checkpoint && snapshotRule(checkpoint),
      restored: stage === this.begun?.stage ? this.#restored(stored as StoredRun) : undefined,
      passedOver: isTold ? [] : passedOver,
      write: async (run, contents) => {
        this.takeUp();
        this.#updates = run.state.updates;
        const { record, tensors } = encodeRun(run);
        const own: StageRecord = { stage, updatesBefore, spec };
        const text = JSON.stringify({ kind: 'pretrain', ...own, state: record });
        const state = new Map([...tensors, ...past]);
        const all = updatesBefore + run.state.updates;
        const model = this.#wholeModel(contents, namesInModel);
        return await folder?.write(all, { ...model, record: text, state });
      },
      // The folder is that of all stages.
      close: () => {},
    };
  }

  close(): void {
    this.#opened.folder?.close();
  }

  #restored({ path, isKept, record, state, place }: StoredRun): RunStore['restored'] {
    return { path, isKept, run: decodeRun(record.state, state, place) };
  }

  #readBegun({ path, record, state, place }: StoredRun): BegunPretraining {
    requireSameSpec(record.spec as RunIdentity['spec'], this.#model.spec, path);
    return checkedAs(place, () => {
      const most = Number.MAX_SAFE_INTEGER;
      const stage = requireInteger(record.stage, 'stage', { minimum: 0, maximum: 1000 });
      const rule = { minimum: 0, maximum: most };
      this.#updatesBefore = requireInteger(record.updatesBefore, 'updatesBefore', rule);
      const { buffer, byteOffset, byteLength } = state.get(historiesName) ?? new Uint8Array(0);
      const text = Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
      const histories = parseExactJson(text) as readonly History[];
      requireInteger(histories.length, 'stages', { minimum: stage, maximum: stage });
      return { stage, histories };
    });
  }

  /** With the weights of the stage in their places. */
  #wholeModel(stage: ModelContents, names: ReadonlyMap<string, string>): ModelContents {
    const whole = this.#model.engine.contents();
    const model = new Map(whole.model);
    for (const [name, tensor] of stage.model) {
      const target = names.get(name);
      if (target !== undefined) model.set(target, tensor);
    }
    return { ...whole, model };
  }
}
