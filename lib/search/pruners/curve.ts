import { type Direction, lossOf, type Trial } from '../trial.js';

/** What a trial has reported, the smaller the better; steps that were NaN or infinite are left out. */
export interface CurvePoint {
  readonly step: number;
  readonly loss: number;
}

export function curveOf(trial: Trial, direction: Direction): CurvePoint[] {
  return trial.reports.flatMap(({ step, value }) =>
    value === null ? [] : [{ step, loss: lossOf(value, direction) }],
  );
}

/** Up to a step, this one included. */
export function curveUntil(trial: Trial, direction: Direction, last: number): CurvePoint[] {
  return curveOf(trial, direction).filter(({ step }) => step <= last);
}

/** Infinity for an empty curve. */
export function bestLoss(curve: readonly CurvePoint[]): number {
  return curve.reduce((best, { loss }) => Math.min(best, loss), Infinity);
}
