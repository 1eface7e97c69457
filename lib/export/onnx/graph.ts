import { create } from '@bufbuild/protobuf';
import { type Attribute, int } from './attributes.js';
import {
  TensorProto_DataType as DataType,
  type NodeProto,
  NodeProtoSchema,
} from './schema/onnx_pb.js';

/** A graph that is being built: its nodes in the order in which they are computed. */

/** The name of a value: an input of the graph, a constant, or what a node gives. */
export type Value = string;

/** What the elements of a tensor are. */
export type ElementType = 'float' | 'double' | 'int64' | 'uint8' | 'bool' | 'string';

/** The same as the schema has them. */
export const elementTypes: Readonly<Record<ElementType, DataType>> = {
  float: DataType.FLOAT,
  double: DataType.DOUBLE,
  int64: DataType.INT64,
  uint8: DataType.UINT8,
  bool: DataType.BOOL,
  string: DataType.STRING,
};

/** The elements of a constant; numbers of JavaScript become those of its type. */
export type Elements = Float32Array | Float64Array | BigInt64Array | Uint8Array | readonly string[];

/** A tensor whose elements are in the file. */
export interface Constant {
  readonly name: Value;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly elements: Elements;
}

/** An input or an output of the whole graph. */
export interface Port {
  readonly name: string;
  readonly type: ElementType;
  /** The sides behind that of the rows: `[columns]`, say, or none for one value for each row. */
  readonly sides: readonly number[];
  /** What programs have to know of it besides. */
  readonly note?: string;
}

/** The operators of classical machine learning, texts among them, have a name space of their own. */
export const machineLearning = 'ai.onnx.ml';

export class Graph {
  readonly nodes: NodeProto[] = [];
  readonly constants: Constant[] = [];
  readonly inputs: Port[] = [];
  readonly outputs: Port[] = [];
  /** What the file says of itself besides, by names. */
  readonly metadata: Record<string, string> = {};
  readonly #taken = new Set<string>();
  /** The values of the tensors of the model, by their names in it. */
  readonly #tensors = new Map<string, Value>();
  /** Small constants by what they hold: the same is kept once. */
  readonly #known = new Map<string, Value>();
  #scope = '';

  /** An input of the graph. */
  input(port: Port): Value {
    const name = this.#unique(port.name);
    this.inputs.push({ ...port, name });
    return name;
  }

  /** Makes a value an output of the graph. Where its name is taken, by an input say, a number comes behind it. */
  output(port: Port, value: Value): void {
    const name = this.#unique(port.name);
    this.#add('Identity', [value], [name], name, {}, '');
    this.outputs.push({ ...port, name });
  }

  /** What an operator gives for some values. */
  node(
    operator: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = '',
  ): Value {
    const name = this.#unique(`${this.#scope}${operator}`);
    this.#add(operator, inputs, [name], name, attributes, domain);
    return name;
  }

  /** The same values as elements of another type. */
  cast(value: Value, type: ElementType): Value {
    return this.node('Cast', [value], { to: int(elementTypes[type]) });
  }

  /** The k largest numbers of each row. @param x shape (rows, columns) */
  largest(x: Value, k: number): Value {
    const name = this.#unique(`${this.#scope}TopK`);
    const places = this.#unique(`${name}_indices`);
    this.#add('TopK', [x, this.integers([k])], [name, places], name, {}, '');
    return name;
  }

  /** A tensor of the model under its own name; the same name stands for the same tensor. */
  tensor(name: string, shape: readonly number[], elements: Float32Array): Value {
    const known = this.#tensors.get(name);
    if (known !== undefined) return known;
    const value = this.#unique(name);
    this.#tensors.set(name, value);
    this.constants.push({ name: value, type: 'float', shape, elements });
    return value;
  }

  /** Numbers of single precision. @param shape one dimension when not given */
  floats(values: readonly number[], shape?: readonly number[]): Value {
    return this.#constant('float', Float32Array.from(values), shape);
  }

  /** Numbers of double precision. */
  doubles(values: readonly number[], shape?: readonly number[]): Value {
    return this.#constant('double', Float64Array.from(values), shape);
  }

  integers(values: readonly number[], shape?: readonly number[]): Value {
    return this.#constant('int64', BigInt64Array.from(values, BigInt), shape);
  }

  booleans(values: readonly boolean[], shape?: readonly number[]): Value {
    return this.#constant('bool', Uint8Array.from(values, Number), shape);
  }

  texts(values: readonly string[], shape?: readonly number[]): Value {
    return this.#constant('string', values, shape);
  }

  /** Has the names of nodes within begin with a place, `layers[2]` say. */
  within<Result>(place: string, build: () => Result): Result {
    const before = this.#scope;
    this.#scope = `${place}/`;
    try {
      return build();
    } finally {
      this.#scope = before;
    }
  }

  #constant(type: ElementType, elements: Elements, shape?: readonly number[]): Value {
    const sides = shape ?? [elements.length];
    const key = JSON.stringify([type, sides, Array.from(elements, String)]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const name = this.#unique(`constant_${type}`);
    this.constants.push({ name, type, shape: sides, elements });
    this.#known.set(key, name);
    return name;
  }

  #add(
    opType: string,
    input: readonly Value[],
    output: readonly Value[],
    name: string,
    attributes: Readonly<Record<string, Attribute>>,
    domain: string,
  ): void {
    const attribute = Object.entries(attributes).map(([key, make]) => make(key));
    const node = { opType, domain, name, input: [...input], output: [...output], attribute };
    this.nodes.push(create(NodeProtoSchema, node));
  }

  /** Values and nodes share their names here, which ONNX asks for among values. */
  #unique(wanted: string): string {
    let name = wanted;
    for (let count = 2; this.#taken.has(name); count++) name = `${wanted}_${count}`;
    this.#taken.add(name);
    return name;
  }
}
