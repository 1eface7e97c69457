import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Card, CardActivation } from '../cards.js';
import { importPackage } from '../common/packages.js';
import { denseParameters } from '../common/parameters.js';

/**
 * Writes a card as an ONNX model, input `x` and output `y`. The numbers of the fields are those of
 * onnx.proto3 (github.com/onnx/onnx).
 */

interface Writer {
  uint32(value: number): Writer;
  int64(value: number): Writer;
  string(value: string): Writer;
  bytes(value: Uint8Array): Writer;
  finish(): Uint8Array;
}

interface Protobuf {
  readonly Writer: { create(): Writer };
}

type Value = number | string | Uint8Array | Message;
/** Number of the field and its value; a repeated field is given several times. */
type Message = readonly (readonly [field: number, value: Value])[];

const varint = 0;
const lengthDelimited = 2;
const float32 = 1;
const irVersion = 8;
const opset = 17;

const operators: Partial<Record<CardActivation, string>> = {
  relu: 'Relu',
  tanh: 'Tanh',
  sigmoid: 'Sigmoid',
  softmax: 'Softmax',
};

function encode(protobuf: Protobuf, message: Message): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const [field, value] of message) {
    writer.uint32((field << 3) | (typeof value === 'number' ? varint : lengthDelimited));
    if (typeof value === 'number') writer.int64(value);
    else if (typeof value === 'string') writer.string(value);
    else writer.bytes(value instanceof Uint8Array ? value : encode(protobuf, value));
  }
  return writer.finish();
}

function tensor(name: string, shape: readonly number[], data: Uint8Array): Message {
  const dimensions = shape.map((size) => [1, size] as const);
  return [...dimensions, [2, float32], [8, name], [9, data]];
}

function node(operator: string, inputs: string[], output: string, attributes: Message[]): Message {
  return [
    ...inputs.map((input) => [1, input] as const),
    [2, output],
    [4, operator],
    ...attributes.map((attribute) => [5, attribute] as const),
  ];
}

/** A matrix with any number of rows. */
function matrixValue(name: string, columns: number): Message {
  const shape: Message = [
    [1, [[2, 'rows']]],
    [1, [[1, columns]]],
  ];
  const type: Message = [
    [1, float32],
    [2, shape],
  ];
  return [
    [1, name],
    [2, [[1, type]]],
  ];
}

function graphOf(card: Card, directory: string): Message {
  const nodes: Message[] = [];
  const initializers: Message[] = [];
  const transposeB: Message = [
    [1, 'transB'],
    [3, 1],
    [20, 2],
  ];
  const layers = denseParameters(card);
  let last = 'x';
  for (const [index, { module, inputs, outputs, activation }] of layers.entries()) {
    const weight = `${module}.weight`;
    const bias = `${module}.bias`;
    const result = index + 1 === layers.length ? 'y' : `activation${index}`;
    const operator = operators[activation];
    const product = operator === undefined ? result : `dense${index}`;
    const weights = readFileSync(path.join(directory, `${weight}.f32`));
    initializers.push(tensor(weight, [outputs, inputs], weights));
    initializers.push(tensor(bias, [outputs], new Uint8Array(4 * outputs)));
    nodes.push(node('Gemm', [last, weight, bias], product, [transposeB]));
    if (operator !== undefined) nodes.push(node(operator, [product], result, []));
    last = result;
  }
  return [
    ...nodes.map((entry) => [1, entry] as const),
    [2, card.name],
    ...initializers.map((entry) => [5, entry] as const),
    [11, matrixValue('x', card.inputs)],
    [12, matrixValue('y', layers.at(-1)?.outputs ?? 0)],
  ];
}

/**
 * @param directory the data of the card, as caseData.ts writes it.
 * @throws Error when protobufjs is not installed.
 */
export async function encodeOnnx(card: Card, directory: string): Promise<Uint8Array> {
  const protobuf = await importPackage<Protobuf>('protobufjs/minimal');
  return encode(protobuf, [
    [1, irVersion],
    [2, 'layerwise-bench'],
    [7, graphOf(card, directory)],
    [
      8,
      [
        [1, ''],
        [2, opset],
      ],
    ],
  ]);
}
