import { isArray } from '../../builtins.js';
import { describeValue, isPlainObject, listOf, requireList, requireObject } from '../../checks.js';
import { ArgumentError } from '../../errors.js';
import { mostLayers } from '../../network/layers/index.js';

/**
 * The layers of a model in the order in which rows pass through them. Topologies are those of TensorFlow.js, of Keras 2 and
 * of Keras 3: what is called `Sequential`, and what is called `Functional` or `Model` where it is a chain.
 */

/** A layer as the file describes it. */
export interface FoundLayer {
  /** Its place: `modelTopology.config.layers[2]`. */
  readonly path: string;
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Models within models; more of them than anybody nests. */
const deepest = 20;

/** @throws ArgumentError with the place in the file */
export function layersOf(topology: unknown, path: string): readonly FoundLayer[] {
  const given = requireObject(topology, path);
  if (isArray(given.node)) {
    throw new ArgumentError({
      path,
      expected: 'a layers model',
      received: 'a graph model',
      remedy:
        'A graph has no layers any more: let the converter write tfjs_layers_model from the Keras model.',
    });
  }
  const inKeras = given.model_config !== undefined;
  const model = inKeras ? requireObject(given.model_config, `${path}.model_config`) : given;
  const layers = layersOfModel(model, inKeras ? `${path}.model_config` : path, 0);
  if (layers.length <= mostLayers) return layers;
  const expected = `at most ${mostLayers} layers`;
  throw new ArgumentError({ path, expected, received: String(layers.length) });
}

const modelClasses = ['Sequential', 'Functional', 'Model'] as const;

function isModelClass(name: unknown): name is (typeof modelClasses)[number] {
  return modelClasses.some((known) => known === name);
}

function layersOfModel(
  model: Readonly<Record<string, unknown>>,
  path: string,
  depth: number,
): readonly FoundLayer[] {
  if (depth > deepest) {
    const received = 'deeper ones';
    throw new ArgumentError({
      path,
      expected: `at most ${deepest} models in each other`,
      received,
    });
  }
  const className = model.class_name;
  if (!isModelClass(className)) {
    throw new ArgumentError({
      path: `${path}.class_name`,
      expected: `a model: ${listOf(modelClasses, 'or')}`,
      received: describeValue(className),
    });
  }
  // Keras before 2.2.3 gave the layers of a Sequential alone.
  const { config } = model;
  const [layers, place] = isArray(config)
    ? [config, `${path}.config`]
    : [requireObject(config, `${path}.config`).layers, `${path}.config.layers`];
  const found = requireList(layers, place, { of: 'layers', most: mostLayers }).map((layer, index) =>
    foundLayer(layer, `${place}[${index}]`),
  );
  const inOrder = className === 'Sequential' ? found : chainOf(found, config, `${path}.config`);
  return inOrder.flatMap(({ node, ...layer }) =>
    isModelClass(layer.className) ? layersOfModel(node, layer.path, depth + 1) : [layer],
  );
}

/** With all that stands beside its configuration. */
interface Node extends FoundLayer {
  readonly node: Readonly<Record<string, unknown>>;
}

function foundLayer(given: unknown, path: string): Node {
  const node = requireObject(given, path);
  const className = requireText(node.class_name, `${path}.class_name`);
  if (isModelClass(className)) return { path, className, name: nameOf(node), config: {}, node };
  const config = requireObject(node.config, `${path}.config`);
  const name = requireText(config.name ?? node.name, `${path}.config.name`);
  return { path, className, name, config, node };
}

/** A model within a model has its name beside the configuration, or in it. */
function nameOf({ name, config }: Readonly<Record<string, unknown>>): string {
  const own = name ?? (isPlainObject(config) ? config.name : undefined);
  return typeof own === 'string' ? own : '';
}

function requireText(value: unknown, path: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ArgumentError({ path, expected: 'a text', received: describeValue(value) });
}

/** The layers of a functional model from the input to the output. @throws ArgumentError where it is no chain */
function chainOf(nodes: readonly Node[], config: unknown, path: string): readonly Node[] {
  const { input_layers: inputs, output_layers: outputs } = requireObject(config, path);
  const [input] = requireOne(sourcesIn(inputs), `${path}.input_layers`, 'input');
  const [output] = requireOne(sourcesIn(outputs), `${path}.output_layers`, 'output');
  const next = new Map<string, Node>();
  for (const node of nodes) {
    const place = `${node.path}.inbound_nodes`;
    const calls = requireList(node.node.inbound_nodes ?? [], place, { of: 'calls', most: 1000 });
    const sources = sourcesIn(calls);
    if (node.name === input && sources.length === 0) continue;
    if (calls.length > 1) throw noChain(place, 'a layer that is used once', `${calls.length} uses`);
    const [source] = requireOne(sources, place, 'input');
    const other = next.get(source);
    if (other !== undefined) {
      throw noChain(place, `one layer behind '${source}'`, `'${node.name}' beside '${other.name}'`);
    }
    next.set(source, node);
  }
  const first = nodes.find(({ name }) => name === input);
  const chain: Node[] = [];
  for (let node = first; node !== undefined && chain.length < nodes.length; ) {
    chain.push(node);
    node = next.get(node.name);
  }
  const last = chain.at(-1)?.name;
  if (last === output && chain.length === nodes.length) return chain;
  const received = `${chain.length} of ${nodes.length} layers, up to '${last ?? ''}'`;
  throw noChain(`${path}.layers`, `a chain of all layers that ends with '${output}'`, received);
}

function requireOne(
  sources: readonly string[],
  path: string,
  noun: string,
): readonly [string, ...string[]] {
  const [only, ...others] = sources;
  if (only !== undefined && others.length === 0) return [only];
  throw noChain(path, `one ${noun}`, sources.length === 0 ? 'none' : listOf(sources.slice(0, 6)));
}

function noChain(path: string, expected: string, received: string): ArgumentError {
  const remedy = 'Only models whose layers follow each other, one after the other, are read.';
  return new ArgumentError({ path, expected, received, remedy });
}

/**
 * The names of the layers that a call takes values from: ['dense', 0, 0, {}] of TensorFlow.js and Keras 2, the history of a
 * tensor in Keras 3; both in lists and objects of any kind.
 */
function sourcesIn(value: unknown, depth = 0): readonly string[] {
  if (depth > deepest) return [];
  if (isArray(value)) {
    const [name, node, tensor] = value;
    const isSource = typeof name === 'string' && typeof node === 'number' && value.length >= 3;
    if (isSource && typeof tensor === 'number') return [name];
    return value.flatMap((item) => sourcesIn(item, depth + 1));
  }
  if (!isPlainObject(value)) return [];
  return Object.values(value).flatMap((item) => sourcesIn(item, depth + 1));
}
