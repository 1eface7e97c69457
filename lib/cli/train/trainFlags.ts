import {
  activationTable,
  initializerTable,
  lossTable,
  metricTable,
  optimizerTable,
  scheduleTable,
} from '../../network/generated.js';
import {
  normaliseActivation,
  normaliseInitializer,
  normaliseLoss,
  normaliseOptimizer,
  normaliseSchedule,
} from '../../network/rows.js';
import { networkNames, presets } from '../../tables/trainingPlan.js';
import { flag, listFlag, switchFlag } from '../arguments/flags.js';
import {
  balanced,
  configFlag,
  count,
  jsonLinesFlag,
  namesOf,
  seed,
  tensorboardFlag,
} from '../arguments/sharedFlags.js';
import {
  intervalShare,
  layerSizes,
  noise,
  nonNegativeNumber,
  positiveNumber,
  rowName,
  shareOf,
  wholeNumber,
} from '../arguments/values.js';
import { changeableFlags } from '../run/changeableFlags.js';

/** The flags of `layerwise train`. */

const activations = activationTable.filter(({ scope }) => scope === 'element');

/** Losses of numbers. */
const numberLosses = lossTable.filter(
  ({ targets, output }) => targets === 'matrix' && output === null,
);

function nameOfSpec({ type }: { readonly type: string }): string {
  return type;
}

export const networkFlags = {
  network: flag(
    '--network <name>',
    'what learns the target of a table: dense, or tabular (RealMLP-TD-S, with its own training, ' +
      'activations and robust scales; slower) (default: dense)',
    { choices: networkNames, sets: 'network' },
  ),
  hidden: flag(
    '--hidden <units>',
    'units of the hidden layers, 128,64 say, or none (default: 128,64; autoencoder: 128 on ' +
      'either side of the code; tabular: 256,256,256)',
    { read: layerSizes, sets: 'hidden', isCommon: true },
  ),
  activation: flag('--activation <name>', `of the hidden layers: ${namesOf(activations)}`, {
    read: rowName(activations, (name) => normaliseActivation(name, 'activation'), nameOfSpec),
    fallback: normaliseActivation('relu', 'activation'),
    fallbackText: 'relu',
    sets: 'activation',
  }),
  initializer: flag(
    '--initializer <name>',
    `first weights of the hidden layers: ${namesOf(initializerTable)} (default: glorotUniform ` +
      'before relu, where the optimizer is the default; else what suits the activation)',
    {
      read: rowName(
        initializerTable,
        (name) => normaliseInitializer(name, 'initializer'),
        nameOfSpec,
      ),
      sets: 'kernelInitializer',
    },
  ),
  dropout: flag('--dropout <share>', 'of the hidden units, 0 in each step at random', {
    read: shareOf('hidden units'),
    sets: 'dropout',
  }),
  tied: switchFlag('--tied', 'the decoder of an autoencoder uses the weights of its encoder', {
    sets: 'tied',
  }),
  noise: flag(
    '--noise <kind>',
    'on the rows that an autoencoder learns from: swap, masking, gaussian or saltAndPepper, swap:0.2 say, ' +
      'or none (default: swap:0.2 for tables, none for images and with --contractive)',
    { read: noise, sets: 'corruption' },
  ),
  contraction: flag(
    '--contractive <weight>',
    'a contractive autoencoder: what codes cost that change with the row, 0.1 say',
    { read: positiveNumber, sets: 'contraction' },
  ),
};

export const startFlags = { from: changeableFlags.from };

export const trainingFlags = {
  preset: flag('--preset <name>', 'how much time a good model is worth: fast or best', {
    choices: presets,
  }),
  members: flag(
    '--members <count>',
    'networks that predict together, each trained on all but one of as many parts of the rows (default: ' +
      '5 below 10,000 rows of a table, 10 with --preset best; else 1)',
    { read: wholeNumber(1, 100), sets: 'members' },
  ),
  intervals: flag(
    '--intervals <share>',
    'of numbers that come, which lie between a lower and an upper one told with each prediction: 0.9, say ' +
      '(the training takes about three times as long)',
    { read: intervalShare, sets: 'intervals' },
  ),
  epochs: changeableFlags.epochs,
  batchSize: flag(
    '--batch-size <rows>',
    'rows per update (default: 32; 128 from 10,000 rows; tabular: 256)',
    {
      read: count,
      sets: 'batchSize',
    },
  ),
  optimizer: flag(
    '--optimizer <name>',
    `${namesOf(optimizerTable)} (default: adamW with --weight-decay 1; adam for autoencoders, images, tabular and --from)`,
    {
      read: rowName(optimizerTable, (name): string => normaliseOptimizer(name, 'optimizer').type),
      sets: 'optimizer',
    },
  ),
  learningRate: flag(
    '--learning-rate <rate>',
    `step size (default: ${optimizerTable.map(learningRateText).join(', ')})`,
    { read: positiveNumber, sets: 'optimizer.learningRate' },
  ),
  weightDecay: flag(
    '--weight-decay <decay>',
    'draws the weights towards 0; of adamW, an update takes that times the learning rate from each',
    { read: nonNegativeNumber, sets: 'optimizer.weightDecay' },
  ),
  schedule: flag('--schedule <name>', `of the learning rate: ${namesOf(scheduleTable)}`, {
    read: rowName(scheduleTable, (name) => normaliseSchedule(name, 'schedule'), nameOfSpec),
    fallback: normaliseSchedule('constant', 'schedule'),
    fallbackText: 'constant',
    sets: 'schedule',
  }),
  patience: flag(
    '--patience <epochs>',
    'end after so many epochs without progress, and keep the best (default: never)',
    { read: count, sets: 'earlyStopping.patience' },
  ),
  loss: flag(
    '--loss <name>',
    `what an autoencoder makes small: ${namesOf(numberLosses)} (default: huber for tables, ` +
      'meanSquaredError for images and with --contractive)',
    {
      read: rowName(numberLosses, (name) => normaliseLoss(name, 'loss'), nameOfSpec),
      sets: 'loss',
    },
  ),
  metrics: listFlag('--metric <names...>', `measured besides the loss: ${namesOf(metricTable)}`, {
    sets: 'metrics',
    items: metricTable.map(({ name }) => name),
  }),
  monitor: flag(
    '--monitor <name>',
    'what --patience and reduceOnPlateau go by: loss, a metric, or validation.f1 and the like ' +
      '(default: the loss, of the validation if there is one)',
    { sets: 'monitor' },
  ),
  onNonFinite: flag(
    '--on-non-finite <action>',
    'where numbers are not finite: stop, skipBatch (leave the update out), or rollback (to the start of the epoch, ' +
      'with half the learning rate)',
    {
      choices: ['stop', 'skipBatch', 'rollback'],
      fallback: 'stop',
      fallbackText: 'stop',
      sets: 'onNonFinite',
    },
  ),
  statistics: switchFlag('--statistics', 'tell after each epoch what the layers do', {
    sets: 'statistics',
  }),
  balanced,
  validation: flag('--validation <share>', 'of the rows, kept to measure the model', {
    read: shareOf('rows'),
    fallback: 0.1,
    sets: 'validation',
  }),
  validationFile: flag(
    '--validation-file <file>',
    'a table to measure the model with, in place of some rows',
    {
      file: 'input',
    },
  ),
  validationLast: flag(
    '--validation-last <rows>',
    'keep the last rows to measure the model, in place of rows drawn at random',
    { read: count, sets: 'validation.last' },
  ),
  validationGroups: flag(
    '--validation-groups <column>',
    'keep whole groups of rows, those with the same value there; the column is no input',
    { sets: 'validation.groups' },
  ),
  seed: flag('--seed <number>', 'of the weights and of every random choice', {
    read: seed,
    fallback: 0,
    sets: 'seed',
  }),
  threads: changeableFlags.threads,
};

export const outputFlags = {
  out: flag('--out <file>', 'save the model there, as safetensors', {
    file: 'output',
    isCommon: true,
  }),
  tensorboard: tensorboardFlag,
  csvLog: changeableFlags.csvLog,
  report: changeableFlags.report,
  watch: changeableFlags.watch,
  config: configFlag,
  json: jsonLinesFlag,
};

function learningRateText({ name, parameters }: (typeof optimizerTable)[number]): string {
  const rate = parameters.find((parameter) => parameter.name === 'learningRate');
  return `${String(rate?.default)} for ${name}`;
}
