/**
 * Hyper-parameter search: what `layerwise/search` exports.
 *
 * @module layerwise/search
 */

export type { RandomStream } from '../random.js';
export type {
  CrossValidation,
  CrossValidationOption,
  CrossValidationResult,
  FoldFit,
} from './crossValidation.js';
export type { ChoiceDomain, Domain, NumberDomain } from './domain.js';
export type {
  DescribedEvent,
  DirectedEvent,
  EnqueuedEvent,
  FinishedEvent,
  NotedEvent,
  ReportedEvent,
  RestartedEvent,
  StartedEvent,
  StudyEvent,
  TrialEvent,
} from './events.js';
export type { OpenSharedOptions, SharingOptions } from './openShared.js';
export {
  JournaledStudy,
  type OpenSharedStudyOptions,
  type OpenStudyOptions,
  openStudy,
  readStudy,
} from './openStudy.js';
export type { OpenTrial } from './openTrial.js';
export type { Outcome } from './outcome.js';
export type { Pruner, PrunerContext } from './pruner.js';
export { type HyperbandOptions, hyperbandPruner } from './pruners/hyperband.js';
export { pruners } from './pruners/index.js';
export { type MedianPrunerOptions, medianPruner } from './pruners/median.js';
export { noPruner } from './pruners/none.js';
export { type PatientPrunerOptions, patientPruner } from './pruners/patient.js';
export {
  type CurveSummary,
  type PercentilePrunerOptions,
  percentilePruner,
} from './pruners/percentile.js';
export {
  type SuccessiveHalvingOptions,
  successiveHalvingPruner,
} from './pruners/successiveHalving.js';
export type { PrunerTiming } from './pruners/timing.js';
export { trialsAsCsv, trialsAsJson } from './results/export.js';
export {
  type Importance,
  type ImportanceOptions,
  parameterImportance,
} from './results/importance/importance.js';
export { type OptunaOptions, trialsAsOptunaJournal } from './results/optuna.js';
export { type StudyRecord, topTrials } from './results/ranking.js';
export {
  type TextOptions,
  type TrialRow,
  type TrialTable,
  trialsAsText,
  trialTable,
} from './results/table.js';
export type { SearchWarning } from './rowsToJudge.js';
export type { Objective, ObjectiveResult } from './runner.js';
export type { RunningTrial } from './runningTrial.js';
export type { RunOptions } from './runOptions.js';
export type { ContextOption } from './sameStudy.js';
export type { Sampler, SamplerContext } from './sampler.js';
export { type CmaEsOptions, cmaEsSampler } from './samplers/cmaEs.js';
export { type GaussianProcessOptions, gaussianProcessSampler } from './samplers/gaussianProcess.js';
export { type GridOptions, gridSampler } from './samplers/grid.js';
export { samplers } from './samplers/index.js';
export { randomSampler } from './samplers/random.js';
export { sobolSampler } from './samplers/sobol.js';
export { type TpeOptions, tpeSampler } from './samplers/tpe.js';
export { type SearchOptions, search } from './search.js';
export {
  type DataOf,
  type FitOptionsOf,
  type ModelSearch,
  type ModelSearchOptions,
  searchModel,
} from './searchModel.js';
export type { Dimension, SearchSpace } from './searchSpace.js';
export { SharedStudy, type SharedTrial } from './sharedStudy.js';
export {
  type ChoiceOptions,
  type ChoiceParameter,
  type Condition,
  type Conditional,
  type ConditionRange,
  choice,
  type FloatOptions,
  type FloatParameter,
  float,
  type IntOptions,
  type IntParameter,
  int,
  type Scalar,
  type Space,
  type SpaceParameter,
  type Values,
  type Variants,
  type VariantsParameter,
  variants,
} from './space.js';
export { Study } from './study.js';
export type { StudyOptions } from './studyOptions.js';
export {
  type CompleteTrial,
  type Direction,
  isComplete,
  type Parameters,
  type Report,
  type Trial,
  type TrialState,
} from './trial.js';
export { type TrialFit, type TrialFitOptions, TrialPruned } from './trialFit.js';
export type { Monitor, MonitorOption } from './trialMonitor.js';
