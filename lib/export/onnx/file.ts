import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { ArgumentError } from '../../errors.js';
import { atomicWrite } from '../../io/atomicWrite.js';
import { littleEndianBytes } from '../../io/safetensors.js';
import { formatBytes } from '../../quantities.js';
import { packageVersion } from '../../version.js';
import { type Constant, elementTypes, type Graph, machineLearning, type Port } from './graph.js';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './schema/onnx_pb.js';

/** A graph as a file. The tensors go from where they are to the disk: nothing holds the file as a whole. */

/** Of 2021; every operator that is written is in these versions, and readers of today know them all. */
const irVersion = 8;
/** The version of the operators. */
export const opset = 17;
const machineLearningOpset = 3;

/** Of a message of Protocol Buffers. */
const mostBytes = 2 ** 31 - 1;

/** The fields of the schema that hold what is written piece by piece. */
const graphField = fieldNumber(ModelProtoSchema.field.graph);
const constantField = fieldNumber(GraphProtoSchema.field.initializer);
const bytesField = fieldNumber(TensorProtoSchema.field.rawData);

/**
 * Writes a graph, atomically.
 *
 * @returns the bytes of the file
 * @throws ArgumentError where it takes more bytes than a file of ONNX can have; errors of the system.
 */
export async function writeGraph(path: string, graph: Graph): Promise<number> {
  const chunks = encodeGraph(graph);
  await atomicWrite(path, chunks);
  return lengthOf(chunks);
}

/** The bytes of a file, piece by piece. @throws ArgumentError for too many */
export function encodeGraph(graph: Graph): readonly Uint8Array[] {
  const body = [
    toBinary(GraphProtoSchema, create(GraphProtoSchema, graphParts(graph))),
    ...graph.constants.flatMap((constant) => field(constantField, tensorChunks(constant))),
  ];
  const chunks = [...field(graphField, body), modelHead(graph)];
  const bytes = lengthOf(chunks);
  if (bytes <= mostBytes) return chunks;
  throw new ArgumentError({
    path: 'model',
    expected: `a network that takes less than ${formatBytes(2 ** 31)}, as a file of ONNX does`,
    received: formatBytes(bytes),
    remedy: 'Export a part of it, or a smaller network; save has no such bound.',
  });
}

function graphParts({ nodes, inputs, outputs }: Graph) {
  return {
    name: 'layerwise',
    node: nodes,
    input: inputs.map(valueInfo),
    output: outputs.map(valueInfo),
  };
}

function modelHead({ nodes, metadata }: Graph): Uint8Array {
  const usesTexts = nodes.some(({ domain }) => domain === machineLearning);
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(irVersion),
    opsetImport: [
      { domain: '', version: BigInt(opset) },
      ...(usesTexts ? [{ domain: machineLearning, version: BigInt(machineLearningOpset) }] : []),
    ],
    producerName: 'layerwise',
    producerVersion: packageVersion(),
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  return toBinary(ModelProtoSchema, model);
}

function valueInfo({ name, type, sides, note }: Port): ValueInfoProto {
  const rows = { value: { case: 'dimParam', value: 'batch' } } as const;
  return create(ValueInfoProtoSchema, {
    name,
    ...(note !== undefined && { docString: note }),
    type: {
      value: {
        case: 'tensorType',
        value: { elemType: elementTypes[type], shape: { dim: [rows, ...sides.map(dimension)] } },
      },
    },
  });
}

function dimension(size: number) {
  return { value: { case: 'dimValue', value: BigInt(size) } } as const;
}

function tensorChunks({ name, type, shape, elements }: Constant): readonly Uint8Array[] {
  const head = { name, dataType: elementTypes[type], dims: shape.map(BigInt) };
  if (!ArrayBuffer.isView(elements)) {
    const stringData = elements.map((text) => new Uint8Array(Buffer.from(text)));
    return [toBinary(TensorProtoSchema, create(TensorProtoSchema, { ...head, stringData }))];
  }
  return [
    toBinary(TensorProtoSchema, create(TensorProtoSchema, head)),
    ...field(bytesField, [littleEndianBytes(elements)]),
  ];
}

/** A field that is a message or bytes, with what it holds in pieces. */
function field(number: number, content: readonly Uint8Array[]): readonly Uint8Array[] {
  const head = new BinaryWriter().tag(number, WireType.LengthDelimited);
  // Beyond the bound the length is none; the file is refused then.
  return [head.uint32(Math.min(lengthOf(content), mostBytes)).finish(), ...content];
}

function lengthOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
}

function fieldNumber({ number }: { readonly number: number }): number {
  return number;
}
