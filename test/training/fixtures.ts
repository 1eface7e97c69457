import { readFileSync } from 'node:fs';
import type { LossSpec, OptimizerSpec, ScheduleSpec } from '../../lib/index.js';
import type { SpecInput } from '../../lib/network/data.js';

/** What PyTorch computed in double precision; the scripts beside the files made them. */

export interface OptimizerTrajectories {
  readonly sizes: {
    readonly rows: number;
    readonly inputs: number;
    readonly hidden: number;
    readonly outputs: number;
  };
  readonly inputs: readonly number[];
  readonly targets: readonly number[];
  /** The first parameters by name. */
  readonly start: Readonly<Record<string, readonly number[]>>;
  readonly cases: readonly {
    readonly optimizer: OptimizerSpec;
    /** Before each step. */
    readonly losses: readonly number[];
    /** The parameters after each step. */
    readonly steps: readonly Readonly<Record<string, readonly number[]>>[];
  }[];
}

export interface ScheduleRates {
  readonly epochs: number;
  readonly learningRate: number;
  readonly cases: readonly {
    readonly schedule: ScheduleSpec;
    /** Of the update of each epoch. */
    readonly rates: readonly number[];
    /** Before it. */
    readonly losses: readonly number[];
  }[];
}

export interface LossCase {
  /** Its parameters where they are not the defaults. */
  readonly loss: SpecInput<LossSpec>;
  /** Of one row; logits where the loss is fused with the output's activation. */
  readonly outputs: readonly number[];
  readonly targets: readonly number[];
  readonly value: number;
  readonly gradient: readonly number[];
}

export function readFixture<Fixture>(name: string): Fixture {
  const url = new URL(`../fixtures/${name}`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Fixture;
}
