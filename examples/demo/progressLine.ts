import type { TrainingEpochEvent, TrainingEvent, TrainingProgressEvent } from 'layerwise';

/** Shows a training: one line that is redrawn on a terminal, one line per epoch anywhere else. */
export class ProgressLine {
  readonly #name: string;
  readonly #epochs: number;
  readonly #isTerminal = process.stdout.isTTY === true;
  #validationLoss: number | undefined;

  constructor(name: string, epochs: number) {
    this.#name = name;
    this.#epochs = epochs;
  }

  /** @param epochsBefore Epochs of earlier runs of the same training. */
  show(event: TrainingEvent, epochsBefore: number): void {
    if (event.type !== 'epoch' && event.type !== 'progress') return;
    const epoch = epochsBefore + event.epoch;
    const parts = this.#partsOf(event, epoch);
    const done = event.type === 'epoch' ? 1 : event.batch / event.batches;
    if (this.#isTerminal) this.#redraw(parts, (epoch - 1 + done) / this.#epochs);
    else if (event.type === 'epoch') console.log(parts.join('  '));
  }

  /** Ends the redrawn line. */
  end(): void {
    if (this.#isTerminal) process.stdout.write('\n');
  }

  #partsOf(event: TrainingEpochEvent | TrainingProgressEvent, epoch: number): string[] {
    if (event.type === 'epoch') this.#validationLoss = event.validation?.loss;
    const { accuracy } = event.metrics;
    const validation = this.#validationLoss;
    return [
      `${this.#name}  epoch ${String(epoch).padStart(2)}/${this.#epochs}`,
      `loss ${event.loss.toFixed(4)}`,
      ...(accuracy === undefined ? [] : [`accuracy ${(100 * accuracy).toFixed(1)} %`]),
      ...(validation === undefined ? [] : [`validation ${validation.toFixed(4)}`]),
      `${Math.round(event.rowsPerSecond / 1000)}k rows/s`,
    ];
  }

  #redraw([head = '', ...rest]: readonly string[], share: number): void {
    const room = (process.stdout.columns ?? 80) - 1;
    let line = `${head}  ${bar(share)}`;
    for (const part of rest) {
      if (line.length + 2 + part.length <= room) line += `  ${part}`;
    }
    process.stdout.write(`\r${line.slice(0, room)}\u001b[K`);
  }
}

function bar(share: number): string {
  const width = 10;
  const full = Math.round(share * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}
