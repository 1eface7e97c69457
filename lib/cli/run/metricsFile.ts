import { closeSync, openSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import type { EpochResult, RunListener } from '../../index.js';
import { isSystemError, ofFile } from '../../io/paths.js';

/**
 * Writes a line of JSON for each epoch, which is in the file before anything else is told of the epoch. A run that goes on
 * leaves the lines of the epochs that its checkpoint has, adds those that are missing, and drops what is behind them: each
 * epoch is there once.
 *
 * @param confirm Throws when the file is no longer this process's to write.
 */
export function metricsFile(path: string, confirm: () => void): RunListener {
  let file: number | undefined;
  const close = (): void => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  // Written at once, not by promises: a run that was stopped does not wait for those.
  const write = (work: () => void): void => {
    try {
      confirm();
      work();
    } catch (error) {
      // Of the end of a run that it has failed, a listener is not told.
      close();
      throw ofFile(error, path);
    }
  };
  return {
    onStart({ epochsBefore, epochs }) {
      write(() => {
        keepLines(path, epochsBefore, epochs);
        file = openSync(path, 'a');
      });
    },
    onEpochs(events) {
      write(() => {
        if (file !== undefined) writeFileSync(file, events.map(lineOf).join(''));
      });
    },
    onEnd: close,
  };
}

/** Leaves the lines of these epochs in the file, and nothing else. */
function keepLines(path: string, before: readonly EpochResult[], epochs: number): void {
  const older = readIfThere(path);
  // They may say how many epochs were asked for then.
  const kept = linesOf(older, before.length);
  const isWhole = kept.length === before.length && kept.every(isEpoch);
  const text = isWhole
    ? kept.join('')
    : before.map((result) => lineOf({ ...result, epochs })).join('');
  if (older.startsWith(text)) {
    if (older !== text) truncateSync(path, Buffer.byteLength(text));
  } else {
    writeFileSync(path, text);
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return '';
    throw error;
  }
}

/** The first whole lines, with their ends. */
function linesOf(text: string, count: number): string[] {
  const lines: string[] = [];
  for (let start = 0; lines.length < count; ) {
    const end = text.indexOf('\n', start) + 1;
    if (end === 0) break;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

function isEpoch(line: string, index: number): boolean {
  return line.startsWith(`{"epoch":${index + 1},`) && line.endsWith('}\n');
}

function lineOf(result: EpochResult): string {
  const { epoch, epochs, loss, metrics, validation, learningRate, seconds, rowsPerSecond } = result;
  const fields = { epoch, epochs, loss, metrics, validation, learningRate, seconds, rowsPerSecond };
  return `${JSON.stringify(fields)}\n`;
}
