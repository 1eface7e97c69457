import type { TrainingEpochEvent, TrainingProgressEvent } from '../../model/events.js';
import type { TrainingData } from '../training/trainingData.js';

/**
 * What losses and metrics are measured in. A network learns the target of a regressor in standard
 * deviations, and people think in the unit of its column.
 */

/** The column that a regressor predicts. */
export interface TargetUnits {
  readonly name: string;
  /** By which errors in standard deviations become errors in the unit of the column. */
  readonly deviation: number;
}

/** Null where no number is predicted. */
export function targetUnits({ schema, task }: TrainingData): TargetUnits | null {
  const target = schema.kind === 'table' ? schema.target : null;
  return task === 'regression' && target?.type === 'number' ? target : null;
}

/** To which power of the deviation metrics grow; the others have no unit. */
const powers: Readonly<Record<string, number>> = {
  meanAbsoluteError: 1,
  rootMeanSquaredError: 1,
  meanSquaredError: 2,
};

/** Metrics in the unit of the target. */
export function metricsInUnits(
  metrics: Readonly<Record<string, number>>,
  units: TargetUnits | null,
): Record<string, number> {
  const entries = Object.entries(metrics).map(([name, value]) => {
    const power = Object.hasOwn(powers, name) ? (powers[name] ?? 0) : 0;
    return [name, value * (units?.deviation ?? 1) ** power] as const;
  });
  return Object.fromEntries(entries);
}

/** The event with its metrics in the unit of the target; the loss stays what the network learns by. */
export function inTargetUnits<Event extends TrainingEpochEvent | TrainingProgressEvent>(
  event: Event,
  units: TargetUnits | null,
): Event {
  if (units === null) return event;
  const metrics = metricsInUnits(event.metrics, units);
  if (event.type === 'progress' || event.validation === null) return { ...event, metrics };
  const validation = {
    ...event.validation,
    metrics: metricsInUnits(event.validation.metrics, units),
  };
  return { ...event, metrics, validation };
}

/** What the loss is, and in which unit. */
/** @param loss of an autoencoder. */
export function lossText(data: TrainingData, loss = 'meanSquaredError'): string {
  const units = targetUnits(data);
  if (units !== null) {
    const deviation = String(Number(units.deviation.toPrecision(4)));
    return `mean squared error in standard deviations of '${units.name}' (1 is ${deviation}); other errors are in the unit of '${units.name}'`;
  }
  if (data.task === 'classification') return 'cross-entropy';
  const { schema } = data;
  const isBytes = schema.kind === 'idx' && schema.valueType === 'uint8';
  const name = loss === 'meanSquaredError' ? 'mean squared error' : loss;
  return `${name} of the inputs, ${isBytes ? 'which go from 0 to 1' : 'in standard deviations of each'}`;
}
