import type { SpecInput } from '../data.js';
import type { ActivationSpec, InitializerSpec, ParameterLayer } from '../generated.js';
import type { Regularisation, WeightPenalty } from './regularisation.js';
import type { TrainingFactors } from './trainingFactors.js';

/** What each type of layer is: in its normalised form, and as a caller writes it. */

/** Every type of layer: a new one with options of its own is added to both unions. */
export type LayerSpec =
  | DenseSpec
  | MaxoutSpec
  | ActivationLayerSpec
  | ResidualSpec
  | HeadsSpec
  | EmbeddingSpec
  | ParameterLayer;
export type Layer =
  | DenseLayer
  | MaxoutLayer
  | ActivationLayer
  | ResidualLayer
  | HeadsLayer
  | EmbeddingLayer
  | SpecInput<ParameterLayer>;

/** Whether products are divided by the square root of the number of inputs: `'ntk'`. */
export type Parametrisation = 'standard' | 'ntk';

/** A fully connected layer in its normalised form. */
export interface DenseSpec extends Regularisation, TrainingFactors {
  readonly type: 'dense';
  readonly units: number;
  readonly bias: boolean;
  readonly activation: ActivationSpec;
  /** Absent where the weights are another layer's. */
  readonly kernelInitializer?: InitializerSpec;
  readonly biasInitializer: InitializerSpec;
  /** Absent where it is the standard one. */
  readonly parametrisation?: Parametrisation;
  readonly frozen: boolean;
  /** Absent where the weights are its own. */
  readonly tiedTo?: number;
}

/** A fully connected layer as the function `dense` gives it. */
export interface DenseLayer<Activation extends string = string> {
  readonly type: 'dense';
  readonly units: number;
  readonly activation: Activation | { readonly type: Activation };
}

/** An activation as a layer of its own, in its normalised form. */
export interface ActivationLayerSpec {
  readonly type: 'activation';
  readonly activation: ActivationSpec;
}

/** An activation as the function `activation` gives it. */
export interface ActivationLayer<Activation extends string = string> {
  readonly type: 'activation';
  readonly activation: Activation | { readonly type: Activation };
}

/** One input that holds the index of a level, and how it is embedded. */
export interface EmbeddedColumn {
  /** Which input it is, from 0. */
  readonly input: number;
  /** How many levels there are, 0 among them, which is the unknown one: indices are below it. */
  readonly levels: number;
  /** Numbers in the vector of a level. */
  readonly units: number;
}

/** An embedding in its normalised form. */
export interface EmbeddingSpec {
  readonly type: 'embedding';
  readonly columns: readonly EmbeddedColumn[];
  readonly dropToUnknown: number;
  readonly initializer: InitializerSpec;
  /** Absent where there is none. */
  readonly penalty?: WeightPenalty;
  /** Absent for 1. */
  readonly learningRateFactor?: number;
  readonly weightDecayFactor?: number;
  readonly frozen: boolean;
}

/** An embedding as the function `embedding` gives it. */
export interface EmbeddingLayer {
  readonly type: 'embedding';
  readonly columns: readonly EmbeddedColumn[];
}

/** Heads in their normalised form. */
export interface HeadsSpec {
  readonly type: 'heads';
  /** The layers of each head by its name, in the order of the outputs. */
  readonly heads: Readonly<Record<string, readonly LayerSpec[]>>;
}

/** Heads as a caller may write them. */
export interface HeadsLayer {
  readonly type: 'heads';
  readonly heads: Heads;
}

/** A head as a caller writes it: a layer, or layers one after the other. */
export type Head = Layer | readonly Layer[];

/** Heads by their names: letters, digits, _ and -, with a letter first. */
export type Heads = Readonly<Record<string, Head>>;

/** A maxout layer in its normalised form. */
export interface MaxoutSpec extends Regularisation, TrainingFactors {
  readonly type: 'maxout';
  readonly units: number;
  readonly pieces: number;
  readonly bias: boolean;
  readonly kernelInitializer: InitializerSpec;
  readonly biasInitializer: InitializerSpec;
  readonly frozen: boolean;
}

/** A maxout layer as the function `maxout` gives it. */
export interface MaxoutLayer {
  readonly type: 'maxout';
  readonly units: number;
}

/** A residual block in its normalised form. */
export interface ResidualSpec {
  readonly type: 'residual';
  readonly layers: readonly LayerSpec[];
  readonly projection: boolean;
  readonly projectionInitializer: InitializerSpec;
  readonly frozen: boolean;
}

/** A residual block as the function `residual` gives it. */
export interface ResidualLayer {
  readonly type: 'residual';
  readonly layers: readonly Layer[];
}
