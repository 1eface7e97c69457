import type { CheckpointFacts } from '../../model/checkpoints/facts.js';
import { formatCount } from '../../quantities.js';
import { plural } from '../../terminal/style.js';
import type { Row } from './sections.js';

/** What a checkpoint is of, for people. */

/** Behind the kind of the model that it is, too. */
export function checkpointText(checkpoint: CheckpointFacts | null): string {
  return checkpoint === null ? '' : ', as a checkpoint keeps it';
}

export function checkpointRows(checkpoint: CheckpointFacts): readonly Row[] {
  const { kind, stage, updates, instructionSet, version } = checkpoint;
  const of = stage === null ? kind : `${kind}, stage ${stage}`;
  return [
    ['of', of],
    ['position', positionText(checkpoint)],
    ['updates', updates === null ? 'unknown' : formatCount(updates)],
    ['instruction set', instructionSet ?? 'unknown'],
    ['version', version ?? 'unknown'],
  ];
}

/** `after 7 epochs, and 3 batches of the next one`. */
export function positionText({ epochs, batches, isEnd }: CheckpointFacts): string {
  if (epochs === null || batches === null) return 'unknown';
  const after = `after ${plural(epochs, 'epoch')}`;
  if (isEnd) return `at the end, ${after}`;
  if (batches === 0) return after;
  const within = plural(batches, 'batch', 'batches');
  return epochs === 0
    ? `after ${within} of the first epoch`
    : `${after}, and ${within} of the next one`;
}
