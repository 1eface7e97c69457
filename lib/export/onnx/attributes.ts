import { create } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
} from './schema/onnx_pb.js';

/** The attributes of operators, each of a type that the operator asks for: an integer is no float. */

/** An attribute without its name. */
export type Attribute = (name: string) => AttributeProto;

export function int(value: number): Attribute {
  return (name) =>
    create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
}

export function ints(values: readonly number[]): Attribute {
  return (name) =>
    create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: values.map(BigInt) });
}

export function float(value: number): Attribute {
  return (name) => create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value });
}

export function floats(values: readonly number[]): Attribute {
  return (name) =>
    create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...values] });
}

/** Texts in UTF-8. */
export function strings(values: readonly string[]): Attribute {
  return (name) =>
    create(AttributeProtoSchema, {
      ...{ name, type: AttributeType.STRINGS },
      strings: values.map((value) => new Uint8Array(Buffer.from(value))),
    });
}
