/** Reads event files of TensorBoard, by itself: framing, checksums and messages. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A message as its fields, by their numbers; each may occur several times. */
type Message = ReadonlyMap<number, readonly (bigint | Buffer)[]>;

export interface ReadEvent {
  readonly seconds: number;
  readonly step: number;
  /** `version`, `start`, or `summary`. */
  readonly kind: string;
  readonly values: readonly ReadValue[];
}

export interface ReadValue {
  readonly tag: string;
  readonly scalar?: number;
  readonly histogram?: ReadHistogram;
  /** The name of a plugin, and what it is given. */
  readonly plugin?: string;
  readonly content?: Buffer;
  readonly text?: string;
}

export interface ReadHistogram {
  /** minimum, maximum, count, sum, sum of squares. */
  readonly summary: readonly number[];
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

/** The events of all files of a folder, in the order of their names. */
export function eventsIn(folder: string): ReadEvent[] {
  const names = readdirSync(folder).filter((name) => name.includes('tfevents'));
  return names.sort().flatMap((name) => eventsOf(readFileSync(join(folder, name))));
}

/** The numbers of a tag as `step: value`, of what counts: a start takes away what came before from its step on. */
export function scalarsIn(folder: string, tag: string): ReadonlyMap<number, number> {
  const scalars = new Map<number, number>();
  for (const { kind, step, values } of eventsIn(folder)) {
    if (kind === 'start') for (const old of scalars.keys()) if (old >= step) scalars.delete(old);
    for (const value of values)
      if (value.tag === tag) scalars.set(step, value.scalar ?? Number.NaN);
  }
  return scalars;
}

export function eventsOf(file: Buffer): ReadEvent[] {
  const events: ReadEvent[] = [];
  for (let place = 0; place < file.length; ) {
    const length = Number(file.readBigUInt64LE(place));
    const body = file.subarray(place + 12, place + 12 + length);
    requireChecksum(file.subarray(place, place + 8), file.readUInt32LE(place + 8));
    requireChecksum(body, file.readUInt32LE(place + 12 + length));
    events.push(eventOf(fieldsOf(body)));
    place += 16 + length;
  }
  return events;
}

function eventOf(event: Message): ReadEvent {
  const kinds = { 3: 'version', 5: 'summary', 7: 'start' };
  const kind = Object.entries(kinds).find(([field]) => event.has(Number(field)))?.[1] ?? 'none';
  if (kind === 'version' && textOf(event, 3) !== 'brain.Event:2') throw new Error('no version 2');
  const values = kind === 'summary' ? messagesOf(messageOf(event, 5), 1).map(readValue) : [];
  return { seconds: doubleOf(event, 1), step: Number(event.get(2)?.[0]), kind, values };
}

function readValue(value: Message): ReadValue {
  const tag = textOf(value, 1);
  const scalar = value.get(2)?.[0];
  if (scalar !== undefined) return { tag, scalar: (scalar as Buffer).readFloatLE() };
  if (value.has(5)) return { tag, histogram: histogramOf(messageOf(value, 5)) };
  const data = messageOf(messageOf(value, 9), 1);
  const text = messageOf(value, 8).get(8)?.[0]?.toString();
  const plugin = { plugin: textOf(data, 1), content: data.get(2)?.[0] as Buffer };
  return text === undefined ? { tag, ...plugin } : { tag, ...plugin, text };
}

function histogramOf(message: Message): ReadHistogram {
  const list = (field: number) => {
    const bytes = message.get(field)?.[0] as Buffer;
    return Array.from({ length: bytes.length / 8 }, (_, index) => bytes.readDoubleLE(8 * index));
  };
  const summary = [1, 2, 3, 4, 5].map((field) => doubleOf(message, field));
  return { summary, limits: list(6), counts: list(7) };
}

/** What the plugin HParams is told of a session that begins. */
export function hyperParametersOf(content: Buffer): Record<string, string | number | boolean> {
  const session = messageOf(fieldsOf(content), 3);
  const entries = messagesOf(session, 1).map((entry) => {
    const value = messageOf(entry, 2);
    if (value.has(2)) return [textOf(entry, 1), doubleOf(value, 2)] as const;
    if (value.has(4)) return [textOf(entry, 1), value.get(4)?.[0] === 1n] as const;
    return [textOf(entry, 1), textOf(value, 3)] as const;
  });
  return Object.fromEntries(entries);
}

/** How the session ended: 1 for success, 2 for failure. */
export function statusOf(content: Buffer): number {
  return Number(messageOf(fieldsOf(content), 4).get(1)?.[0]);
}

export function fieldsOf(bytes: Buffer): Message {
  const fields = new Map<number, (bigint | Buffer)[]>();
  let place = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(place++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (place + length > bytes.length) throw new Error('a field ends behind its message');
    place += length;
    return bytes.subarray(place - length, place);
  };
  while (place < bytes.length) {
    const key = Number(varint());
    const type = key % 8;
    if (![0, 1, 2, 5].includes(type)) throw new Error(`no wire type ${type}`);
    const value = type === 0 ? varint() : take(type === 1 ? 8 : type === 5 ? 4 : Number(varint()));
    const field = Math.floor(key / 8);
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

function messagesOf(message: Message, field: number): Message[] {
  return (message.get(field) ?? []).map((bytes) => fieldsOf(bytes as Buffer));
}

function messageOf(message: Message, field: number): Message {
  return messagesOf(message, field)[0] ?? new Map();
}

function textOf(message: Message, field: number): string {
  return message.get(field)?.[0]?.toString() ?? '';
}

function doubleOf(message: Message, field: number): number {
  const [bytes = Buffer.alloc(0)] = message.get(field) ?? [];
  return (bytes as Buffer).readDoubleLE();
}

function requireChecksum(bytes: Buffer, masked: number): void {
  const rotated = (masked - 0xa282ead8) >>> 0;
  const checksum = ((rotated >>> 17) | (rotated << 15)) >>> 0;
  if (checksum !== slowCrc32c(bytes)) throw new Error('a checksum that does not match');
}

/** Bit by bit, by the reversed polynomial of Castagnoli. */
export function slowCrc32c(bytes: Buffer): number {
  let crc = -1;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = ((crc ^ (byte >> bit)) & 1) === 1;
      crc = isOdd ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    }
  }
  return ~crc >>> 0;
}
