import { closeSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { makeFolderSync } from '../io/makeFolder.js';
import { ofFile } from '../io/paths.js';
import {
  eventRecord,
  fileVersion,
  type SummaryValue,
  sessionStart,
  summary,
} from './eventRecords.js';

/** The values of one step. */
export interface StepValues {
  readonly step: number;
  readonly values: readonly SummaryValue[];
}

/** An event file of TensorBoard, in the folder of a run; it is made with the first values. */
export class EventFile {
  readonly #folder: string;
  #file: { readonly path: string; readonly number: number } | undefined;

  constructor(folder: string) {
    // The folder of the process may change while it trains.
    this.#folder = resolve(folder);
  }

  /**
   * Adds the values of steps, in their order. The first one is where the run begins, or goes on: what other files of the
   * folder have from there on counts no more.
   *
   * @throws Errors of the system.
   */
  append(steps: readonly StepValues[]): void {
    const [first] = steps;
    if (first === undefined) return;
    const seconds = Date.now() / 1000;
    const records = steps.map(({ step, values }) => eventRecord(seconds, step, summary(values)));
    try {
      this.#file ??= this.#begin(first.step);
      writeFileSync(this.#file.number, Buffer.concat(records));
    } catch (error) {
      throw ofFile(error, this.#file?.path ?? this.#folder);
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.number);
    this.#file = undefined;
  }

  #begin(step: number): { readonly path: string; readonly number: number } {
    makeFolderSync(this.#folder);
    const path = join(this.#folder, nameIn(this.#folder));
    const file = { path, number: openSync(path, 'ax') };
    this.#file = file;
    const seconds = Date.now() / 1000;
    const head = [
      eventRecord(seconds, 0, fileVersion()),
      eventRecord(seconds, step, sessionStart()),
    ];
    writeFileSync(file.number, Buffer.concat(head));
    return file;
  }
}

/**
 * A name behind those that are there: TensorBoard reads the files of a folder in the order of their names, and looks
 * at no other once there is a newer one.
 */
function nameIn(folder: string): string {
  const older = readdirSync(folder).flatMap((name) => {
    const [, seconds] = /\.tfevents\.(\d{10})\./.exec(name) ?? [];
    return seconds === undefined ? [] : [Number(seconds)];
  });
  const newest = Math.max(0, ...older);
  const time = Math.max(Math.floor(Date.now() / 1000), newest + 1);
  const host = hostname().replace(/[^\w.-]/g, '_') || 'host';
  return `events.out.tfevents.${time}.${host}.${process.pid}`;
}
