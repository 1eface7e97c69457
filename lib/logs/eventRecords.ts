import { crc32c } from './crc32c.js';
import type { Histogram } from './histogram.js';
import type { HyperParameter, HyperParameters } from './hyperParameter.js';
import { bytesField, doubleField, doublesField, floatField, varintField } from './protobuf.js';

/**
 * What TensorBoard reads: messages `Event` of TensorFlow, framed as TFRecords. The numbers of the fields are those of
 * TensorFlow's event.proto, summary.proto, histogram.proto and tensor.proto, and of plugin_data.proto of the plugin
 * HParams.
 */

/** A field `value` of a Summary. */
export type SummaryValue = Buffer;

export function scalarValue(tag: string, value: number): SummaryValue {
  return bytesField(1, bytesField(1, tag), floatField(2, value));
}

export function histogramValue(tag: string, histogram: Histogram): SummaryValue {
  const message = bytesField(
    5,
    doubleField(1, histogram.minimum),
    doubleField(2, histogram.maximum),
    doubleField(3, histogram.count),
    doubleField(4, histogram.sum),
    doubleField(5, histogram.sumOfSquares),
    doublesField(6, histogram.limits),
    doublesField(7, histogram.counts),
  );
  return bytesField(1, bytesField(1, tag), message);
}

const dataClassTensor = 2;

/** A summary of a plugin, which finds it by the name in the metadata. */
function pluginValue(
  tag: string,
  plugin: string,
  content: Uint8Array,
  tensor: Uint8Array,
): SummaryValue {
  const data = bytesField(1, bytesField(1, plugin), bytesField(2, content));
  const metadata = bytesField(9, data, varintField(4, dataClassTensor));
  return bytesField(1, bytesField(1, tag), metadata, bytesField(8, tensor));
}

const typeFloat = 1;
const typeString = 7;

/** Markdown. */
export function textValue(tag: string, text: string): SummaryValue {
  const tensor = Buffer.concat([varintField(1, typeString), bytesField(2), bytesField(8, text)]);
  return pluginValue(tag, 'text', Buffer.alloc(0), tensor);
}

export function sessionStartValue(parameters: HyperParameters, seconds: number): SummaryValue {
  const entries = Object.entries(parameters).map(([name, value]) =>
    bytesField(1, bytesField(1, name), bytesField(2, structValue(value))),
  );
  return sessionValue('session_start_info', bytesField(3, ...entries, doubleField(5, seconds)));
}

export function sessionEndValue(isSuccess: boolean, seconds: number): SummaryValue {
  const status = isSuccess ? 1 : 2;
  const info = bytesField(4, varintField(1, status), doubleField(2, seconds));
  return sessionValue('session_end_info', info);
}

function sessionValue(name: string, info: Uint8Array): SummaryValue {
  // The plugin reads its metadata alone; the tensor is the empty one that it writes itself.
  const emptyShape = bytesField(2, bytesField(2));
  const tensor = Buffer.concat([varintField(1, typeFloat), emptyShape]);
  return pluginValue(`_hparams_/${name}`, 'hparams', info, tensor);
}

/** A google.protobuf.Value. */
function structValue(value: HyperParameter): Buffer {
  if (typeof value === 'number') return doubleField(2, value);
  if (typeof value === 'boolean') return varintField(4, value ? 1 : 0);
  return bytesField(3, value);
}

/** What an Event holds besides its time and its step. */
type EventContent = Buffer;

/** The first event of every file. */
export function fileVersion(): EventContent {
  return bytesField(3, 'brain.Event:2');
}

export function summary(values: readonly SummaryValue[]): EventContent {
  return bytesField(5, ...values);
}

/** A run begins at the step of the event: what older files have from this step on counts no more. */
export function sessionStart(): EventContent {
  const start = 1;
  return bytesField(7, varintField(1, start));
}

/** An Event as a TFRecord: its length, its bytes, and a checksum of each. */
export function eventRecord(seconds: number, step: number, content: EventContent): Buffer {
  const event = Buffer.concat([doubleField(1, seconds), varintField(2, step), content]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(event.length));
  return Buffer.concat([length, maskedChecksum(length), event, maskedChecksum(event)]);
}

/** Masked, as a checksum over bytes that hold checksums would be a weak one. */
function maskedChecksum(bytes: Uint8Array): Buffer {
  const crc = crc32c(bytes);
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(masked);
  return checksum;
}
