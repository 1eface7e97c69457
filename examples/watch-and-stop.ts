import { dense, matrix, sequential } from 'layerwise';

/** Watches a training and ends it when the validation gets no better. */

/** y = sin(3 x) with noise, from x = -1 to 1. */
const rows = 400;
const x = Float32Array.from({ length: rows }, (_, row) => 2 * ((row * 0.618034) % 1) - 1);
const y = x.map((value, row) => Math.sin(3 * value) + 0.1 * Math.sin(1000 * row));

const model = sequential([dense(32, { activation: 'tanh' }), dense(1)], { inputSize: 1, seed: 3 });
const run = model.fit(
  { inputs: matrix(x, rows, 1), targets: y },
  // A signal ends the run from outside, after a time limit say: it then rejects.
  { epochs: 5000, validation: 0.2, signal: AbortSignal.timeout(60_000) },
);

let best = Number.POSITIVE_INFINITY;
let bestEpoch = 0;
for await (const event of run) {
  if (event.type !== 'epoch' || event.validation === null) continue;
  if (event.validation.loss < best) [best, bestEpoch] = [event.validation.loss, event.epoch];
  if (event.epoch - bestEpoch >= 20) run.stop();
}
const history = await run;
console.log(`${history.stopReason} after ${history.epochs.length} epochs`);
console.log(`best validation loss ${best.toFixed(5)} in epoch ${bestEpoch}`);
