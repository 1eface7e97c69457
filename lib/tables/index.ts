/**
 * Models of tables: what `layerwise/tables` exports.
 *
 * @module layerwise/tables
 */

export type { BooleanColumn } from '../data/columns/boolean.js';
export type { DateColumn } from '../data/columns/date.js';
export type { EmbeddedColumn } from '../data/columns/embedded.js';
export type { NumberColumn } from '../data/columns/number.js';
export type { TextColumn } from '../data/columns/text.js';
export type { UnknownPolicy } from '../data/tableEncoder.js';
export type {
  ClassTarget,
  ColumnType,
  FeatureColumn,
  NumberTarget,
  TableSchema,
  TargetColumn,
} from '../data/tableSchema.js';
export type { ExportedModel, ExportedValue } from '../export/exported.js';
export type { ArrowTable, ColumnVector } from './arrowTable.js';
export type { TableEvaluateOptions, TablePredictOptions, UnknownOption } from './askedOptions.js';
export type { Cell } from './cells.js';
export type { TableMeasurement } from './evaluateTable.js';
export type {
  AnomalyEvaluation,
  ClassEvaluation,
  ClassScores,
  FoundAnomalies,
  NumberEvaluation,
  TableEvaluation,
} from './evaluation.js';
export type { ColumnImportance, ImportanceOptions } from './importance.js';
export { type InferredTable, inferSchema } from './inferTable.js';
export type { Member } from './members.js';
export type { ArrayRow, ObjectRow, TableRow } from './memoryRows.js';
export type { OutOfFold } from './outOfFold.js';
export type { TablePrediction, TablePredictions } from './predictions.js';
export {
  type DuckDbResult,
  type ReadTableOptions,
  readTable,
  type TableColumn,
  type TableColumns,
  type TableInput,
} from './readTable.js';
export type { Table } from './table.js';
export type { TableDetector, TableDetectorOptions } from './tableDetector.js';
export type { TableTrainingEvent } from './tableEvents.js';
export type { TableFitOptions, TableValidation } from './tableFit.js';
export { TableModel, tableModel } from './tableModel.js';
export type { NetworkShape, ReadingOptions, TableModelOptions } from './tableOptions.js';
export type { TableHistory, TableRun } from './tableRun.js';
export { type Tabular, type TabularOptions, type TabularTraining, tabular } from './tabular.js';
export type { Preset, TableTask } from './trainingPlan.js';
export type { MemberPlace } from './trainMembers.js';
