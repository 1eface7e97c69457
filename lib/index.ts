/**
 * Everything that is public, by name. What is not listed here may change at any time.
 *
 * @module layerwise
 */

export type { Autoencoder } from './autoencoders/autoencoder.js';
export type {
  CalibrateOptions,
  GroupOptions,
  ReconstructionErrorOptions,
  SampleOptions,
} from './autoencoders/autoencoderOptions.js';
export type { ClassifierOptions } from './autoencoders/classifier.js';
export {
  type ContractiveAutoencoderOptions,
  contractiveAutoencoder,
} from './autoencoders/contractive.js';
export type {
  AutoencoderData,
  AutoencoderStream,
  StreamedInput,
  WeightedInputs,
} from './autoencoders/data.js';
export {
  type DenoisingAutoencoderOptions,
  denoisingAutoencoder,
} from './autoencoders/denoising.js';
export type { Detector } from './autoencoders/detector.js';
export type {
  DetectorOptions,
  DetectorScores,
  MakeDetector,
} from './autoencoders/detectorOptions.js';
export type { ColumnError } from './autoencoders/explanation.js';
export type { OutputGroup } from './autoencoders/outputGroups.js';
export type {
  PretrainingHistory,
  PretrainingRun,
  PretrainOptions,
} from './autoencoders/pretraining.js';
export type { Corruption, Sparsity } from './autoencoders/recipe.js';
export type {
  ReconstructionErrorMatrix,
  ReconstructionErrors,
} from './autoencoders/reconstruction.js';
export { type SparseAutoencoderOptions, sparseAutoencoder } from './autoencoders/sparse.js';
export { type StackedAutoencoderOptions, stackedAutoencoder } from './autoencoders/stacked.js';
export type { PretrainingEvent } from './autoencoders/stageEvents.js';
export { type AutoencoderOptions, autoencoder } from './autoencoders/undercomplete.js';
export {
  type VariationalAutoencoderOptions,
  variationalAutoencoder,
} from './autoencoders/variational.js';
export type { FileNumberType, FileRows, FileRowsOptions } from './data/fileRows.js';
export { fileRows } from './data/fileRows.js';
export { type Fold, type KFoldOptions, kFold, type RowLabels } from './data/folds.js';
export type { IdxHeader, IdxType, IdxValues } from './data/idx.js';
export { type IdxData, readIdxFile } from './data/idxFile.js';
export { type Inputs, type Matrix, type MatrixInput, matrix, type Row } from './data/matrix.js';
export type { Targets } from './data/targets.js';
export type { RowWeights } from './data/weights.js';
export {
  ArgumentError,
  DataError,
  DivergenceError,
  type ErrorDetails,
  FileFormatError,
  LayerwiseError,
  MemoryError,
  NativeBinaryError,
  ShapeError,
  StateError,
} from './errors.js';
export type {
  AutoencoderExportOptions,
  AutoencoderPart,
  ExportedModel,
  ExportedValue,
} from './export/exported.js';
export { fromTensorFlowJs, type ImportedModel } from './import/tensorFlowJs/fromTensorFlowJs.js';
export type { ImportedTraining } from './import/tensorFlowJs/training.js';
export { load, type ModelsByKind } from './load.js';
export { csvLog } from './logs/csvLog.js';
export { tensorBoard } from './logs/tensorBoard.js';
export type { HistogramOptions, TensorBoardOptions } from './logs/tensorBoardOptions.js';
export * as metrics from './metrics/index.js';
export type { ActivationsOptions, LayerActivations } from './model/activations.js';
export type { CheckpointOptions, CheckpointTiming } from './model/checkpoints/options.js';
export type { ClassWeights } from './model/classWeights.js';
export type { Precision } from './model/commonRows.js';
export type { DetectedColumn, DetectedValue, Detection } from './model/detection.js';
export type { DetectOptions } from './model/detectOptions.js';
export { findLearningRate, gradientCheck } from './model/diagnosis.js';
export type {
  EpochResult,
  History,
  NonFiniteBatch,
  OutputResult,
  TrainingCheckpoint,
  TrainingEpochEvent,
  TrainingEvent,
  TrainingProgressEvent,
  TrainingStatisticsEvent,
  TrainingWarningEvent,
  ValidationResult,
} from './model/events.js';
export type {
  EvaluateOptions,
  FitOptions,
  PredictOptions,
  PredictSyncOptions,
} from './model/fitOptions.js';
export type {
  CheckedEntry,
  GradientCheckOptions,
  GradientReport,
  ParameterGradientCheck,
} from './model/gradientCheck.js';
export type { InputColumn, InputColumnOption } from './model/inputColumns.js';
export type { JsonArray, JsonObject, JsonValue } from './model/json.js';
export type {
  LearningRateCurve,
  LearningRateOptions,
  LearningRatePoint,
} from './model/learningRate.js';
export type {
  RunListener,
  RunListenerOption,
  TrainingEnd,
  TrainingNetwork,
  TrainingStart,
} from './model/listeners.js';
export type {
  LoadedWeights,
  LoadWeightsOptions,
  WeightLayout,
  WeightName,
} from './model/loadWeights.js';
export type {
  Averaging,
  EarlyStopping,
  GradientClipping,
  OnNonFinite,
  Rollback,
} from './model/loopOptions.js';
export { type LsuvLayer, type LsuvOptions, lsuv } from './model/lsuv.js';
export { fitMany, type TrainingData } from './model/many/fitMany.js';
export type { ManyRun } from './model/many/manyRun.js';
export type { FitManyOptions, MemberOptions } from './model/many/options.js';
export type { Model } from './model/model.js';
export { type MultiOutput, type MultiOutputRun, multiOutput } from './model/multiOutput.js';
export type {
  EvaluateOutputOptions,
  MultiOutputData,
  MultiOutputEpoch,
  MultiOutputEvaluateOptions,
  MultiOutputEvent,
  MultiOutputFitOptions,
  MultiOutputHistory,
  MultiOutputResult,
  OutputActivations,
  OutputOptions,
} from './model/multiOutputTypes.js';
export type { TableLosses } from './model/objective.js';
export type { Parameter } from './model/parameter.js';
export type {
  JudgedData,
  ResidualDetector,
  ResidualDetectorOptions,
} from './model/residualDetector.js';
export type {
  MultiOutputStream,
  RowStream,
  StreamChunk,
  StreamedRow,
  StreamedTarget,
  StreamPosition,
  SupervisedStream,
} from './model/rowStream.js';
export {
  type Sequential,
  type SequentialOptions,
  sequential,
} from './model/sequential.js';
export type {
  LayerStatistics,
  Spread,
  StatisticsOptions,
  TrainingStatistics,
} from './model/statistics.js';
export type { SupervisedData } from './model/supervisedData.js';
export type {
  ContaminationRule,
  MaximumRule,
  QuantileRule,
  SigmaRule,
  ThresholdMethod,
  ThresholdRule,
  ThresholdRuleSpec,
} from './model/thresholdRule.js';
export type { ForwardOptions, ParameterValues, Trainer } from './model/trainer.js';
export type { TrainerOptions } from './model/trainerOptions.js';
export type { TrainingRun } from './model/trainingRun.js';
export type { Validation } from './model/validationOption.js';
export type { TrainingWarning, WarningCode } from './model/warnings.js';
export { type CoreInfo, type InstructionSet, info } from './native.js';
export {
  type CustomLoss,
  customLoss,
  type LossAnswer,
  type LossBatch,
  type LossFunction,
} from './network/customLoss.js';
export {
  type ActivationInput,
  type ActivationName,
  type ActivationOption,
  type ActivationSpec,
  type ActivityPenaltyLayer,
  type AlphaDropoutLayer,
  activityPenalty,
  adadelta,
  adagrad,
  adam,
  adamW,
  alphaDropout,
  amsgrad,
  type BatchNormLayer,
  batchNorm,
  binaryCrossEntropy,
  type ContractivePenaltyLayer,
  constant,
  contractivePenalty,
  cosine,
  crossEntropy,
  type DropoutLayer,
  dropout,
  focal,
  type GaussianNoiseLayer,
  type GaussianSamplingLayer,
  gaussianNoise,
  gaussianSampling,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  hinge,
  huber,
  type InitializerInput,
  type InitializerName,
  type InitializerOption,
  type InitializerSpec,
  identity,
  kaimingNormal,
  kaimingUniform,
  klDivergence,
  type LayerNormLayer,
  type LossInput,
  type LossName,
  type LossOption,
  type LossSpec,
  layerNorm,
  lbfgs,
  lecunNormal,
  lecunUniform,
  lion,
  logCosh,
  type MaskingNoiseLayer,
  type MetricInput,
  type MetricName,
  type MetricOption,
  type MetricSpec,
  maskingNoise,
  meanAbsoluteError,
  meanSquaredError,
  momentum,
  nadam,
  nesterov,
  normal,
  type OptimizerInput,
  type OptimizerName,
  type OptimizerOption,
  type OptimizerSpec,
  ones,
  orthogonal,
  type PreluLayer,
  poisson,
  prelu,
  quantile,
  rmsprop,
  type SaltAndPepperNoiseLayer,
  type ScalingLayer,
  type ScheduleInput,
  type ScheduleName,
  type ScheduleOption,
  type ScheduleSpec,
  type SwapNoiseLayer,
  saltAndPepperNoise,
  scaling,
  sgd,
  smallRandom,
  sparse,
  swapNoise,
  truncatedNormal,
  uniform,
  varianceScaling,
  xavierNormal,
  xavierUniform,
  zeros,
} from './network/generated.js';
export { type ActivationLayer, activation } from './network/layers/activation.js';
export {
  type DenseLayer,
  type DenseOptions,
  dense,
  type Parametrisation,
} from './network/layers/dense.js';
export {
  type EmbeddedColumn,
  type EmbeddingLayer,
  type EmbeddingOptions,
  type EmbeddingSpec,
  embedding,
} from './network/layers/embedding.js';
export type { Head, HeadsLayer, HeadsSpec } from './network/layers/heads.js';
export type { Layer, LayerSpec } from './network/layers/index.js';
export {
  type MaxoutLayer,
  type MaxoutOptions,
  type MaxoutSpec,
  maxout,
} from './network/layers/maxout.js';
export type { WeightPenalty } from './network/layers/regularisation.js';
export { type ResidualLayer, type ResidualOptions, residual } from './network/layers/residual.js';
export type { TrainingFactorOptions, WeightFactors } from './network/layers/trainingFactors.js';
export type {
  EpochMetricName,
  MonitorName,
  RunningMetrics,
} from './network/metrics.js';
export type { NetworkOutput, NetworkSpec } from './network/network.js';
export { gainOf } from './network/rows.js';
export { progressBar } from './progress/progressBar.js';
