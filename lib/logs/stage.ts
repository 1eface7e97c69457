import type { TrainingEvent } from '../model/events.js';

/** The pair of layers that an event of a pre-training is of, from 1; undefined for other trainings. */
export function stageOf(event: TrainingEvent): number | undefined {
  // Listeners are typed by what all trainings tell.
  return 'stage' in event && typeof event.stage === 'number' ? event.stage : undefined;
}
