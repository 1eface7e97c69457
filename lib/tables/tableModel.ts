import type { Detector } from '../autoencoders/detector.js';
import { isArray } from '../builtins.js';
import { requireKnownKeys, requireObject, requirePath } from '../checks.js';
import type { TableReader } from '../data/table.js';
import type { UnknownPolicy } from '../data/tableEncoder.js';
import type { TableSchema } from '../data/tableSchema.js';
import { StateError } from '../errors.js';
import type { ExportedModel } from '../export/exported.js';
import type { DetectorRecord } from '../model/detectorRecord.js';
import type { PredictOptions } from '../model/fitOptions.js';
import { type JsonObject, jsonCopy } from '../model/json.js';
import { requireDetectorOptions } from '../model/thresholdRule.js';
import { secondRun } from '../model/trainingRun.js';
import type { MetricName } from '../network/generated.js';
import type { TableEvaluateOptions, TablePredictOptions, UnknownOption } from './askedOptions.js';
import { type EvaluationSettings, evaluateTable, type TableMeasurement } from './evaluateTable.js';
import { exportedTable } from './exportedTable.js';
import {
  type ColumnImportance,
  columnImportance,
  type ImportanceOptions,
  readImportanceOptions,
} from './importance.js';
import { areRows, KnownRows, openKnown, readKnown } from './knownRows.js';
import { inputMatrix, type Member, membersOf, taskOf } from './members.js';
import type { TableRow } from './memoryRows.js';
import { attachTable, saveParts, type TableModelParts, type Trained } from './modelParts.js';
import { joinedPredictions, type TablePrediction, type TablePredictions } from './predictions.js';
import type { TableInput } from './readTable.js';
import { inRows } from './table.js';
import { encodedTable } from './tableData.js';
import {
  encodeWhole,
  rowDetector,
  TableDetector,
  type TableDetectorOptions,
} from './tableDetector.js';
import { fitTableModel, type TableFitOptions, type TableLearner } from './tableFit.js';
import { tableLearner } from './tableLearner.js';
import {
  readTableModelOptions,
  readUnknownPolicy,
  type TableModelOptions,
} from './tableOptions.js';
import { changesOf, regressorsOf, residualDetector, residualsOf } from './tableResiduals.js';
import type { TableRun } from './tableRun.js';
import { type ScoringPlace, TableScorer } from './tableScorer.js';
import { optionalText } from './textChecks.js';
import type { TableTask } from './trainingPlan.js';
import { plainRecord } from './trainingRecord.js';

/**
 * A model of a table: networks, and all that they have to know of its columns. Rows go in as they stand in the
 * table, and predictions come out in the terms of its target.
 */
export class TableModel {
  readonly kind = 'table';
  #parts: Trained | undefined;
  /** A training that was ended before its end, and what the model was before it. */
  #begun: { readonly before: Trained | undefined } | undefined;
  /** Encodes what is asked; undefined until something is. */
  #rows: KnownRows | undefined;
  readonly #options: TableModelOptions;
  #isTraining = false;
  /** The detector of a regressor, and the count of changes of the weights that it was made for. */
  #detected: { readonly record: DetectorRecord; readonly changes: number } | undefined;

  /**
   * @internal Models are made by `tableModel` and `load`.
   * @param path how errors call the model
   */
  constructor(parts?: TableModelParts, path?: string, options: TableModelOptions = {}) {
    this.#options = options;
    if (parts !== undefined) this.adopt(parts, path);
  }

  /** Its columns, with their scales, categories and classes. @throws StateError before `fit`. */
  get schema(): TableSchema {
    return this.#trained().schema;
  }

  /** What it learns: its target, or, as an autoencoder, the rows themselves. @throws StateError before `fit`. */
  get task(): TableTask {
    return taskOf(this.schema);
  }

  /**
   * The networks, which predict together. One of several may have scales of its own, where these could not become part of
   * its weights (with `scale: 'robust'`, say): its `predict` takes inputs in those scales, and gives outputs in them. Ask
   * the model, which converts both.
   *
   * @throws StateError before `fit`.
   */
  get members(): readonly [Member, ...Member[]] {
    return this.#trained().members.networks;
  }

  /** What it was trained on, for people to read: plain data that is saved with it. @throws StateError before `fit`. */
  get training(): JsonObject {
    return this.#trained().training;
  }

  /** Whether predictions have `lower` and `upper`. @throws StateError before `fit`. */
  get hasIntervals(): boolean {
    return this.#trained().intervals !== undefined;
  }

  /** Plain data of your own that is saved with the model. Default `{}`. @throws StateError before `fit`. */
  get annotations(): JsonObject {
    return this.members[0].annotations;
  }

  /** @throws ArgumentError when the value is not plain data of JSON; StateError before `fit`. */
  set annotations(value: object) {
    this.members[0].annotations = value;
  }

  /**
   * Learns from a table, on a thread of its own; the event loop stays free. Await the run for the history, or iterate
   * it for the events: see `Sequential.fit`. Columns, scales and categories are found out first. A model that is
   * trained goes on to learn, from a table of the same columns.
   *
   * Of a small table, several networks learn, one after the other, and the events of each say which it is. The history
   * then tells how far the model can be trusted, as rows tell that its networks have not learned from: `outOfFold`.
   *
   * ```ts
   * const { epochs } = await model.fit('pumps.csv', { validation: 0.2 });
   * ```
   *
   * @param table What `readTable` gives, or takes.
   * Rejects as `Sequential.fit` and `readTable` do, with DataError for columns that cannot be learnt from, and with
   * ArgumentError for an option that is about one network where several are to learn. The model is as it was when it
   * rejects before the training has begun.
   */
  fit<Metric extends MetricName = never>(
    table: TableInput,
    options?: TableFitOptions<Metric>,
  ): TableRun<Metric> {
    const resumes = options?.resume !== undefined && options.resume !== false;
    return fitTableModel<Metric>(this.#learner(resumes), table, options);
  }

  /**
   * What the model says of rows, computed on threads of the process; the event loop stays free.
   *
   * ```ts
   * const { predictions } = await model.predict([{ speed: 1149, colour: 'red' }]);
   * ```
   *
   * @param rows Objects with a value for each column, or arrays of values in the order of `schema.columns`; or a table:
   * columns by their names, and what else `readTable` gives, or takes.
   * @throws DataError for no rows, for a column that a row lacks, and for a value that the column cannot hold;
   * ArgumentError; StateError before `fit`
   */
  async predict(rows: TableInput, options: TablePredictOptions = {}): Promise<TablePredictions> {
    const { unknown, ...computing } = requireObject(options, 'options');
    const { members } = this.#trained();
    if (!isArray(rows)) {
      return await this.#predictTable(rows, readUnknownPolicy(unknown), computing);
    }
    const inputs = this.#asked.encoded(rows, unknown);
    return await members.predict(inputMatrix(inputs, this.members[0].inputSize), computing);
  }

  /**
   * What the model says of one row, computed on the caller's thread: the right form for a service.
   *
   * ```ts
   * model.predictSync({ speed: 1149, colour: 'red' }).prediction; // 13.2
   * ```
   *
   * @param row An object with a value for each column, or an array of values in the order of `schema.columns`; or an
   * array of such rows, for which the result has one after the other.
   * @throws as `predict`
   */
  predictSync(row: TableRow, options?: UnknownOption): TablePrediction;
  predictSync(rows: readonly TableRow[], options?: UnknownOption): TablePredictions;
  predictSync(
    given: TableRow | readonly TableRow[],
    options: UnknownOption = {},
  ): TablePrediction | TablePredictions {
    const { members } = this.#trained();
    const { unknown } = requireOnly(options, ['unknown']);
    if (areRows(given)) return members.predictSync(this.#asked.encoded(given, unknown));
    return members.predictSync(this.#asked.encodedRow(given, unknown)).at(0) as TablePrediction;
  }

  /**
   * How good the model is on a table that has its target: for classes what scikit-learn's `classification_report` says
   * and the confusion matrix, for numbers R² and errors in their unit, for an autoencoder how well its scores tell wrong
   * rows from others. Rows without a target are left out, and counted as `droppedRows`; `notices` says what else was noticed.
   *
   * ```ts
   * const { accuracy, classes } = await model.evaluate('test.csv');
   * ```
   *
   * @param table What `readTable` gives, or takes.
   * @throws DataError for a column that the table lacks, and for a class that the model does not have; as `readTable`;
   * StateError before `fit`
   */
  async evaluate(table: TableInput, options: TableEvaluateOptions = {}): Promise<TableMeasurement> {
    const { labelsColumn, unknown, ...computing } = requireObject(options, 'options');
    const settings = {
      ...(computing as PredictOptions),
      labelsColumn: optionalText(labelsColumn, 'labelsColumn'),
      unknown: readUnknownPolicy(unknown),
    };
    return await inRows(async () => {
      const reader = await openKnown(table, this.schema, [
        this.schema.target?.name,
        settings.labelsColumn,
      ]);
      return await this.evaluateRows(reader, settings);
    });
  }

  /**
   * How much the model needs each column: by how much its loss rises when the values of the column are dealt out among
   * the rows anew, so that they tell nothing of the target (Breiman 2001). Columns that say the same stand in for each
   * other, and each looks unimportant.
   *
   * ```ts
   * const [{ column, importance }] = await model.importance('test.csv');
   * ```
   *
   * @param table What `readTable` gives, or takes; best one that the model has not learned from. Rows without a target are
   * left out.
   * @returns the columns, the most important one first.
   * @throws StateError before `fit`, and for an autoencoder; as `evaluate`
   */
  async importance(
    table: TableInput,
    options: ImportanceOptions = {},
  ): Promise<ColumnImportance[]> {
    const { schema, members } = this.#trained();
    const settings = readImportanceOptions(options);
    const networks = members.networks.filter((network) => network.kind === 'sequential');
    const { inputs, targets } = await encodedTable(await readKnown(table, schema), schema, {});
    if (targets === null) throw ofAutoencoder();
    return await columnImportance({ schema, networks, inputs, targets }, settings);
  }

  /** @internal The same of rows that are read elsewhere. */
  evaluateRows(reader: TableReader, settings: EvaluationSettings): Promise<TableMeasurement> {
    const { schema, members } = this.#trained();
    return evaluateTable(schema, members, reader, settings);
  }

  /**
   * Makes a detector of anomalies and keeps it with the model, as `anomalyDetector`: see `Autoencoder.detector`. What it
   * says of rows is in the units and texts of the table. That of a model that predicts numbers finds rows whose target is
   * far from what the model says, see `Sequential.detector`: its rows have the target in them.
   *
   * ```ts
   * const model = tableModel({ autoencoder: true, ignore: ['time'] });
   * await model.fit('pumps.csv');
   * const detector = await model.detector('pumps.csv', { method: 'contamination', contamination: 0.01 });
   * await detector.detect([{ speed: 1149, flow: 3.2, pressure: 3.83, power: 13.1, temperature: 56 }]);
   * ```
   *
   * @param table What `readTable` gives, or takes: rows that are ordinary, or nearly all of them.
   * @param options As of `Autoencoder.detector`.
   * @throws StateError for a model that predicts classes, and before `fit`; as `predict`
   */
  async detector(table: TableInput, options: TableDetectorOptions): Promise<TableDetector> {
    requireDetectorOptions(options);
    const [network] = this.members;
    if (network.kind !== 'autoencoder') return await this.#residualDetector(table, options);
    const inputs = await inRows(async () =>
      encodeWhole(await openKnown(table, this.schema), ({ columns, path }) =>
        this.scorer({ columns, path, unknown: 'error' }),
      ),
    );
    return this.#inTerms(await network.detector(inputs, options));
  }

  /** The detector that the model has; null where there is none, and once the weights change. */
  get anomalyDetector(): TableDetector | null {
    const [network] = this.members;
    if (network.kind === 'autoencoder') {
      const detector = network.anomalyDetector;
      return detector && this.#inTerms(detector);
    }
    const record = this.residuals;
    if (record === undefined) return null;
    return new TableDetector(residualDetector(regressorsOf(this.schema, this.members), record));
  }

  #inTerms(detector: Detector): TableDetector {
    return new TableDetector(
      rowDetector(detector, this.schema, (rows) => this.#asked.encoded(rows, undefined)),
    );
  }

  async #residualDetector(
    table: TableInput,
    options: TableDetectorOptions,
  ): Promise<TableDetector> {
    const { schema, members } = this.#trained();
    const regressors = regressorsOf(schema, members.networks);
    const changes = changesOf(members.networks);
    const rows = await encodedTable(await readKnown(table, schema), schema, {});
    const record = await residualsOf(regressors, rows, options);
    this.#detected = { record, changes };
    return new TableDetector(residualDetector(regressors, record));
  }

  /** @internal What a regressor's detector judges by; undefined once the weights have changed. */
  get residuals(): DetectorRecord | undefined {
    const kept = this.#detected;
    return kept?.changes === changesOf(this.members) ? kept.record : undefined;
  }

  /** @internal Predicts a table batch by batch. @throws DataError naming the columns that it lacks */
  scorer(place: ScoringPlace): TableScorer {
    const { schema, members } = this.#trained();
    return new TableScorer(schema, members, place);
  }

  /**
   * Saves the model as one safetensors file, which `load` reads: see `Sequential.save`.
   *
   * @throws as `Sequential.save`; StateError before `fit`
   */
  async save(path: string): Promise<void> {
    await saveParts(path, this.#trained(), this.residuals);
  }

  /**
   * Writes the model with all that it knows of its table as one ONNX file, which ONNX Runtime and other programs run without
   * this package. Every column is an input by its name, of shape [batch, 1], as it stands in the table: numbers as float64,
   * NaN where one is missing; texts, and words for yes and no, as strings, empty where one is missing; dates as
   * milliseconds since 1970, UTC, in float64. What comes out is what `predict` says: `prediction` [batch], the name of a
   * class or a number in its unit; of a classifier `probabilities` [batch, classes], of a model with intervals `lower` and
   * `upper`; of an autoencoder `score` and, of one with a detector, `anomaly`. Texts that training did not see are taken as
   * with `unknown: 'ignore'`.
   *
   * ```ts
   * const { inputs } = await model.export('power.onnx');
   * inputs[0]; // { name: 'speed', type: 'double', shape: ['batch', 1] }
   * ```
   *
   * @param options None.
   * @returns What the file takes and gives.
   * @throws ArgumentError for networks of 2 GB or more, which ONNX has no room for; otherwise as `save`.
   */
  async export(
    path: string,
    options: Readonly<Record<string, never>> = {},
  ): Promise<ExportedModel> {
    requirePath(path);
    requireOnly(options, []);
    const { schema, members, intervals } = this.#trained();
    const { exportTable } = await import('../export/onnx/table/tableModels.js');
    return await exportTable(path, exportedTable(schema, members.networks, intervals));
  }

  /** @internal Takes the place of what it was. */
  adopt(parts: TableModelParts, path = 'model'): void {
    const { schema, networks, training = {}, detector, intervals } = parts;
    const members = membersOf(networks, schema, path, intervals);
    const told = jsonCopy(training, 'training') as JsonObject;
    attachTable(networks, schema, told);
    this.#parts = { schema, members, training: told, intervals };
    this.#detected = detector && { record: detector, changes: changesOf(networks) };
    this.#rows = undefined;
  }

  /** @param resumes Whether the last training is to go on, which may have been ended. */
  #learner(resumes: boolean): TableLearner {
    const now = this.#parts;
    const before = resumes && this.#begun !== undefined ? this.#begun.before : now;
    return tableLearner({
      options: this.#options,
      known: before && { schema: before.schema, networks: before.members.networks },
      alone: (train) => this.#alone(train),
      adopt: (schema, networks, training, hasMore, intervals) => {
        this.adopt({ schema, networks, training: training && plainRecord(training), intervals });
        this.#begun = hasMore ? { before } : undefined;
      },
      undo: () => this.#goBackTo(now),
    });
  }

  #goBackTo(parts: Trained | undefined): void {
    this.#parts = undefined;
    this.#rows = undefined;
    const detected = this.#detected;
    if (parts !== undefined) this.adopt({ ...parts, networks: parts.members.networks });
    this.#detected = detected;
  }

  /** @throws StateError during another training, which would take this one's network for its own */
  async #alone<Result>(train: () => Promise<Result>): Promise<Result> {
    if (this.#isTraining) throw secondRun();
    this.#isTraining = true;
    try {
      return await train();
    } finally {
      this.#isTraining = false;
    }
  }

  #trained(): Trained {
    if (this.#parts !== undefined) return this.#parts;
    throw new StateError({
      path: 'model',
      expected: 'a model that is trained',
      received: 'one that is not',
      remedy: 'Train it: await model.fit(table).',
    });
  }

  async #predictTable(
    table: TableInput,
    unknown: UnknownPolicy,
    computing: PredictOptions,
  ): Promise<TablePredictions> {
    return await inRows(async () => {
      const reader = await openKnown(table, this.schema);
      try {
        const scorer = this.scorer({ columns: reader.columns, path: reader.path, unknown });
        const parts: TablePredictions[] = [];
        for await (const batch of reader.batches())
          parts.push(await scorer.score(batch, computing));
        return joinedPredictions(parts);
      } finally {
        await reader.close();
      }
    });
  }

  get #asked(): KnownRows {
    this.#rows ??= new KnownRows(this.schema);
    return this.#rows;
  }
}

/**
 * A model of a table, which learns with `fit`: it finds out what the columns are, how they are scaled and which
 * categories they have, builds a network and trains it.
 *
 * ```ts
 * const model = tableModel({ target: 'power', ignore: ['time'] });
 * await model.fit('pumps.csv');
 * model.predictSync({ speed: 1149, flow: 30.2, pressure: 3.83, temperature: 56 }).prediction;
 * ```
 *
 * @throws ArgumentError
 */
export function tableModel(options: TableModelOptions): TableModel {
  return new TableModel(undefined, undefined, readTableModelOptions(options));
}

function ofAutoencoder(): StateError {
  return new StateError({
    path: 'model',
    expected: 'a model that predicts a column',
    received: 'an autoencoder',
    remedy: 'Which columns make a row unusual, its detector says.',
  });
}

function requireOnly(options: object, names: readonly string[]): Record<string, unknown> {
  const given = requireObject(options, 'options');
  requireKnownKeys(given, names, '');
  return given;
}
