/**
 * What options are called in Keras, scikit-learn and PyTorch, beside what they are called here: whoever
 * writes a name out of habit is answered with ours. Names count without case and without `_`.
 */

/** Where an option is given; the texts say it where the option was not looked for. */
export const places = {
  fit: 'an option of fit',
  data: 'in the data of fit',
  network: 'an option of sequential',
  layer: 'an option of dense',
  layers: 'in the list of layers',
  optimizer: 'an option of optimizers',
  activation: 'an option of activations',
  initializer: 'an option of initializers',
  dropout: 'an option of dropout',
  batchNorm: 'an option of batchNorm',
  autoencoder: 'an option of autoencoder',
  search: 'an option of search',
} as const;

export type Place = keyof typeof places;

export interface ForeignOption {
  /** As others write it. */
  readonly names: readonly string[];
  /** What it is called here. */
  readonly option: string;
  readonly place: Place;
  /** How it is written: an object with the option; in the list of layers a layer. */
  readonly example: string;
}

/**
 * Of several rows with a name the last one counts whose option is taken where the name was found, else the
 * first one: what is most common stands first.
 */
export const foreignOptions: readonly ForeignOption[] = [
  ...rows('fit', [
    [['nb_epoch', 'n_epochs', 'num_epochs', 'max_iter'], 'epochs', '{ epochs: 20 }'],
    [['batch_size', 'batch'], 'batchSize', '{ batchSize: 8 }'],
    [['solver', 'optim'], 'optimizer', "{ optimizer: 'adam' }"],
    [['criterion', 'objective', 'loss_fn', 'loss_function'], 'loss', "{ loss: 'crossEntropy' }"],
    [
      ['lr', 'learning_rate', 'learning_rate_init'],
      'optimizer',
      '{ optimizer: adam({ learningRate: 0.01 }) }',
    ],
    [['weight_decay'], 'optimizer', '{ optimizer: adamW({ weightDecay: 0.01 }) }'],
    [['momentum'], 'optimizer', '{ optimizer: sgd({ momentum: 0.9 }) }'],
    [['nesterovs_momentum', 'nesterov'], 'optimizer', "{ optimizer: 'nesterov' }"],
    [
      ['lr_scheduler', 'scheduler', 'learning_rate_schedule', 'lr_schedule'],
      'schedule',
      "{ schedule: 'cosine' }",
    ],
    [
      ['validation_split', 'validation_fraction', 'val_split', 'test_size'],
      'validation',
      '{ validation: 0.2 }',
    ],
    [
      ['validation_data', 'validation_set', 'val_data', 'eval_set'],
      'validation',
      '{ validation: { data: { inputs, targets } } }',
    ],
    [
      ['callbacks', 'callback'],
      'listeners',
      '{ listeners: [(event) => console.log(event), progressBar()] }',
    ],
    [['on_epoch_end', 'on_batch_end'], 'onEvent', '{ onEvent: (event) => console.log(event) }'],
    [['verbose', 'verbosity'], 'listeners', '{ listeners: [progressBar()] }'],
    [
      ['patience', 'n_iter_no_change', 'early_stopping_rounds'],
      'earlyStopping',
      '{ earlyStopping: { patience: 5 } }',
    ],
    [['min_delta', 'tol'], 'earlyStopping', '{ earlyStopping: { minDelta: 0.001 } }'],
    [['restore_best_weights'], 'earlyStopping', '{ earlyStopping: { restoreBest: true } }'],
    [['class_weight'], 'classWeights', "{ classWeights: 'balanced' }"],
    [
      ['clipnorm', 'global_clipnorm', 'max_grad_norm', 'clip_grad_norm'],
      'gradientClipping',
      '{ gradientClipping: { norm: 1 } }',
    ],
    [['clipvalue', 'clip_grad_value'], 'gradientClipping', '{ gradientClipping: { value: 0.5 } }'],
    [
      ['gradient_accumulation_steps', 'accumulate_grad_batches'],
      'accumulateBatches',
      '{ accumulateBatches: 2 }',
    ],
    [['use_ema', 'ema_momentum'], 'averaging', '{ averaging: { decay: 0.99 } }'],
    [['random_state', 'random_seed'], 'seed', '{ seed: 7 }'],
    [['n_jobs', 'workers', 'num_workers', 'num_threads'], 'threads', '{ threads: 2 }'],
    [['dtype', 'mixed_precision'], 'precision', "{ precision: 'bf16' }"],
    [['abort_signal'], 'signal', '{ signal: AbortSignal.timeout(60_000) }'],
  ]),
  ...rows('data', [
    [
      ['x', 'xs', 'X_train', 'features', 'input', 'data', 'samples'],
      'inputs',
      '{ inputs, targets }',
    ],
    [
      ['y', 'ys', 'y_train', 'labels', 'label', 'target', 'outputs'],
      'targets',
      '{ inputs, targets }',
    ],
    [['sample_weight', 'sample_weights'], 'weights', '{ inputs, targets, weights: [1, 2, 1, 1] }'],
    [
      ['class_names', 'target_names'],
      'classes',
      "{ inputs, targets: ['a', 'b', 'a', 'b'], classes: ['a', 'b'] }",
    ],
  ]),
  ...rows('network', [
    [
      ['input_shape', 'input_dim', 'in_features', 'n_features', 'n_features_in', 'input_size'],
      'inputSize',
      '{ inputSize: 2 }',
    ],
  ]),
  ...rows('layers', [
    [
      ['hidden_layer_sizes', 'hidden_units', 'hidden_layers'],
      'dense',
      "dense(64, { activation: 'relu' })",
    ],
    [['units', 'out_features', 'output_dim'], 'dense', 'dense(64)'],
    [['dropout', 'dropout_rate'], 'dropout', 'dropout({ rate: 0.2 })'],
    [['batch_norm', 'batch_normalization'], 'batchNorm', 'batchNorm()'],
  ]),
  ...rows('autoencoder', [
    [
      ['hidden_layer_sizes', 'hidden_units', 'hidden_layers', 'encoder_layers'],
      'hidden',
      '{ inputSize: 8, hidden: [6], code: 2 }',
    ],
    [
      ['latent_dim', 'encoding_dim', 'bottleneck', 'n_components', 'code_size'],
      'code',
      '{ inputSize: 8, code: 2 }',
    ],
  ]),
  ...rows('layer', [
    [
      ['kernel_initializer', 'weight_init', 'initializer', 'init', 'init_method'],
      'kernelInitializer',
      "{ kernelInitializer: 'heNormal' }",
    ],
    [['bias_initializer', 'bias_init'], 'biasInitializer', "{ biasInitializer: 'zeros' }"],
    [['use_bias', 'fit_intercept'], 'bias', '{ bias: false }'],
    [
      ['kernel_regularizer', 'alpha', 'l2', 'regularization'],
      'kernelPenalty',
      '{ kernelPenalty: { l2: 0.001 } }',
    ],
    [['l1'], 'kernelPenalty', '{ kernelPenalty: { l1: 0.001 } }'],
    [['bias_regularizer'], 'biasPenalty', '{ biasPenalty: { l2: 0.001 } }'],
    [['kernel_constraint', 'max_norm'], 'maxNorm', '{ maxNorm: 3 }'],
    [['trainable', 'requires_grad'], 'frozen', '{ frozen: true }'],
    [['nonlinearity', 'act', 'activation_function'], 'activation', "{ activation: 'relu' }"],
  ]),
  ...rows('optimizer', [
    [['lr', 'learning_rate_init', 'eta', 'step_size'], 'learningRate', '{ learningRate: 0.01 }'],
    [['weight_decay', 'decay', 'l2'], 'weightDecay', '{ weightDecay: 0.01 }'],
    [['betas', 'beta_1'], 'beta1', '{ beta1: 0.9, beta2: 0.999 }'],
    [['beta_2'], 'beta2', '{ beta1: 0.9, beta2: 0.999 }'],
    [['eps'], 'epsilon', '{ epsilon: 1e-7 }'],
  ]),
  ...rows('batchNorm', [
    [['eps'], 'epsilon', '{ epsilon: 1e-3 }'],
    [['trainable', 'requires_grad'], 'frozen', '{ frozen: true }'],
    [['affine', 'gamma'], 'scale', '{ scale: false }'],
    [['center', 'beta'], 'shift', '{ shift: false }'],
  ]),
  ...rows('activation', [
    [['negative_slope', 'alpha'], 'slope', "{ type: 'leakyRelu', slope: 0.2 }"],
  ]),
  ...rows('initializer', [
    [
      ['stddev', 'std', 'sigma'],
      'standardDeviation',
      "{ type: 'normal', standardDeviation: 0.05 }",
    ],
    [['minval', 'low'], 'minimum', "{ type: 'uniform', minimum: -1, maximum: 1 }"],
    [['maxval', 'high'], 'maximum', "{ type: 'uniform', minimum: -1, maximum: 1 }"],
  ]),
  ...rows('dropout', [[['p', 'drop', 'prob'], 'rate', '{ rate: 0.2 }']]),
  ...rows('search', [
    [['n_trials', 'max_trials', 'n_iter', 'max_evals'], 'trials', '{ trials: 3 }'],
    [['n_jobs', 'workers', 'concurrency'], 'parallel', '{ parallel: 2 }'],
    [['timeout', 'max_time'], 'timeLimit', '{ timeLimit: 60 }'],
    [
      ['param_distributions', 'param_grid', 'params', 'search_space'],
      'space',
      '{ space: { rate: float(0, 1) } }',
    ],
    [
      ['callbacks', 'callback', 'verbose'],
      'onTrial',
      '{ onTrial: (trial) => console.log(trial.value) }',
    ],
  ]),
];

type Row = readonly [names: readonly string[], option: string, example: string];

function rows(place: Place, given: readonly Row[]): readonly ForeignOption[] {
  return given.map(([names, option, example]) => ({ names, option, place, example }));
}

/** Names longer than this are nobody's habit. */
const longestName = 60;

/** A name without what habits differ in. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_\s-]/g, '');
}

function rowsNamed(name: string): readonly ForeignOption[] {
  if (name.length > longestName) return [];
  const written = plain(name);
  return foreignOptions.filter(({ names }) => names.some((one) => plain(one) === written));
}

/**
 * Our name for an option as others write it, with an example; empty when none of the options that are taken
 * is meant.
 */
export function answerOption(name: string, taken: readonly string[]): string {
  // A name in another case alone is a slip.
  if (taken.some((option) => option.toLowerCase() === name.toLowerCase())) return '';
  const meant = rowsNamed(name).findLast(({ option }) => taken.includes(option));
  if (meant !== undefined) return `layerwise calls this \`${meant.option}\`: ${meant.example}.`;
  if (!name.includes('_')) return '';
  const same = taken.find((option) => plain(option) === plain(name));
  return same === undefined ? '' : `layerwise calls this \`${same}\`.`;
}

/** The same for an option that is given elsewhere. */
export function answerElsewhere(name: string): string {
  const [meant] = rowsNamed(name);
  if (meant === undefined) return '';
  const { option, place, example } = meant;
  return `layerwise calls this \`${option}\`, ${places[place]}: ${example}.`;
}

/** What names of losses, metrics and the like stand for, where they differ in more than case and `_`. */
export const foreignRows: Readonly<Record<string, readonly ForeignRow[]>> = {
  loss: [
    [['mse', 'MSELoss', 'squared_error', 'l2', 'rmse'], 'meanSquaredError'],
    [['mae', 'L1Loss', 'absolute_error', 'l1'], 'meanAbsoluteError'],
    [['SmoothL1Loss', 'HuberLoss'], 'huber'],
    [['pinball', 'pinball_loss', 'quantile_loss'], 'quantile'],
    [['PoissonNLLLoss'], 'poisson'],
    [['cosine_similarity', 'CosineEmbeddingLoss', 'cosine_proximity'], 'cosine'],
    [['BCE', 'BCELoss', 'BCEWithLogitsLoss', 'binary_log_loss'], 'binaryCrossEntropy'],
    [['binary_focal_crossentropy', 'focal_loss'], 'focal'],
    [['HingeEmbeddingLoss', 'hinge_loss', 'squared_hinge'], 'hinge'],
    [
      [
        'categorical_crossentropy',
        'sparse_categorical_crossentropy',
        'CrossEntropyLoss',
        'NLLLoss',
      ],
      'crossEntropy',
    ],
    [['log_loss', 'nll', 'softmax_crossentropy'], 'crossEntropy'],
    [['kld', 'KLDivLoss', 'kullback_leibler_divergence', 'kl_div'], 'klDivergence'],
  ],
  metric: [
    [['acc', 'accuracy_score', 'categorical_accuracy', 'sparse_categorical_accuracy'], 'accuracy'],
    [['binary_accuracy'], 'accuracy'],
    [['top_k_categorical_accuracy', 'sparse_top_k_categorical_accuracy'], 'topKAccuracy'],
    [['top_k_accuracy_score'], 'topKAccuracy'],
    [['precision_score'], 'precision'],
    [['recall_score', 'sensitivity'], 'recall'],
    [['f1_score', 'f_score'], 'f1'],
    [['auc', 'roc_auc_score', 'auroc'], 'rocAuc'],
    [['average_precision', 'average_precision_score', 'auprc'], 'prAuc'],
    [['categorical_crossentropy', 'binary_crossentropy', 'cross_entropy'], 'logLoss'],
    [['mse', 'neg_mean_squared_error'], 'meanSquaredError'],
    [['rmse', 'neg_root_mean_squared_error'], 'rootMeanSquaredError'],
    [['mae', 'neg_mean_absolute_error'], 'meanAbsoluteError'],
    [['r2_score'], 'r2'],
  ],
  optimizer: [
    [['gd', 'gradient_descent'], 'sgd'],
    [['nag'], 'nesterov'],
  ],
  schedule: [
    [['cosine_decay', 'CosineAnnealingLR', 'cosine_annealing'], 'cosine'],
    [['CosineAnnealingWarmRestarts', 'cosine_decay_restarts'], 'cosineRestarts'],
    [['StepLR', 'MultiStepLR', 'piecewise_constant_decay'], 'step'],
    [['ExponentialLR', 'exponential_decay'], 'exponential'],
    [['PolynomialLR', 'polynomial_decay', 'linear'], 'polynomial'],
    [['OneCycleLR'], 'oneCycle'],
    [['ReduceLROnPlateau', 'adaptive'], 'reduceOnPlateau'],
  ],
  activation: [
    [['identity', 'none'], 'linear'],
    [['logistic'], 'sigmoid'],
    [['lrelu'], 'leakyRelu'],
    [['hard_silu'], 'hardSwish'],
  ],
  initializer: [
    [['glorot', 'xavier'], 'glorotUniform'],
    [['he', 'kaiming'], 'heNormal'],
    [['random_normal'], 'normal'],
    [['random_uniform'], 'uniform'],
    [['eye', 'dirac'], 'identity'],
  ],
  layer: [
    [['linear', 'fully_connected', 'fc'], 'dense'],
    [['BatchNormalization', 'BatchNorm1d'], 'batchNorm'],
    [['LayerNormalization'], 'layerNorm'],
  ],
};

export type ForeignRow = readonly [names: readonly string[], name: string];

/**
 * The name that a row of a table has here; undefined when nothing is known of it.
 *
 * @param kind What the rows are: `loss`, `metric`, …
 * @param known Their names.
 */
export function ourName(kind: string, name: string, known: readonly string[]): string | undefined {
  if (name.length > longestName) return undefined;
  const written = plain(name);
  const same = known.find((own) => plain(own) === written);
  if (same !== undefined) return same;
  const row = foreignRows[kind]?.find(([names]) => names.some((one) => plain(one) === written));
  return row?.[1];
}

/** The same as a sentence; empty when nothing is known of it. */
export function answerName(kind: string, name: string, known: readonly string[]): string {
  const ours = ourName(kind, name, known);
  return ours === undefined ? '' : `layerwise calls this '${ours}'.`;
}
