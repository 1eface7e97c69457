import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { messageOf } from '../../builtins.js';
import type { EpochResult, RunListener, TrainingStart } from '../../index.js';
import { isSystemError, ofFile, systemCodeOf } from '../../io/paths.js';
import { GrowingFile } from './growingFile.js';

/** What the numbers of a run need to know of it. */
interface Numbers {
  /** Throws when the file is no longer this process's to write. */
  confirm(): void;
  /** Is told, once, that lines could not be written, and at the end that some are missing still. */
  note(text: string): void;
}

/**
 * Writes a line of JSON for each epoch, which is in the file before anything else is told of the epoch; where several
 * networks train, one after the other, it says of which of them. A run that goes on
 * leaves the lines of the epochs that its checkpoint has, adds those that are missing, and drops what is behind them: each
 * epoch is there once. A disk that is full ends no training: the lines follow when they can.
 */
export function metricsFile(path: string, { confirm, note }: Numbers): RunListener {
  let file: GrowingFile | undefined;
  let begin = (): GrowingFile => new GrowingFile(path);
  let hasNoted = false;
  /** Of epochs that have ended before the file could be opened. */
  let early = '';
  let hasBegun = false;
  let part: Part = {};
  const close = (): void => {
    file?.close();
    file = undefined;
  };
  // Written at once, not by promises: a run that was stopped does not wait for those.
  const write = (lines: string): void => {
    try {
      confirm();
    } catch (error) {
      // Of the end of a run that it has failed, a listener is not told.
      close();
      throw error;
    }
    early += lines;
    try {
      file ??= begin();
      const text = early;
      early = '';
      file.append(text);
    } catch (error) {
      if (systemCodeOf(error) === '') throw error;
      if (!hasNoted) note(notWritten(ofFile(error, path)));
      hasNoted = true;
    }
  };
  return {
    onStart(start) {
      part = partOf(start);
      const own = part;
      const before = start.epochsBefore.map((result) => ({ ...result, epochs: start.epochs }));
      if (hasBegun) {
        // The lines of the trainings before this one are there; what is told of it follows.
        write(before.map((result) => lineOf(result, own)).join(''));
        return;
      }
      hasBegun = true;
      begin = () => {
        keepLines(path, before, own);
        return new GrowingFile(path);
      };
      write('');
    },
    onEpochs: (events) => write(events.map((event) => lineOf(event, part)).join('')),
    onEnd() {
      const isBehind = () => file === undefined || file.isBehind;
      if (isBehind()) write('');
      if (isBehind()) note(`The numbers of some epochs are not in ${path}.`);
      close();
    },
  };
}

function notWritten(error: unknown): string {
  return `Numbers of epochs are not written: ${messageOf(error)}. The training goes on, and they follow when they can.`;
}

/** Which of several trainings an epoch is of: nothing where there is one. */
type Part = Pick<TrainingStart, 'member' | 'refit'>;

function partOf({ member, refit }: TrainingStart): Part {
  return { ...(member !== undefined && { member }), ...(refit !== undefined && { refit }) };
}

/** Leaves the lines of these epochs in the file, and nothing else. */
function keepLines(path: string, before: readonly EpochResult[], part: Part): void {
  const older = readIfThere(path);
  // They may say how many epochs were asked for then.
  const kept = linesOf(older, before.length);
  const isWhole =
    kept.length === before.length &&
    kept.every((line, index) => line.startsWith(beginningOf(index + 1, part)) && isClosed(line));
  const text = isWhole ? kept.join('') : before.map((result) => lineOf(result, part)).join('');
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

/** `{"epoch":3,`, with the number of the network in front where there are several. */
function beginningOf(epoch: number, part: Part): string {
  return `${JSON.stringify({ ...part, epoch }).slice(0, -1)},`;
}

function isClosed(line: string): boolean {
  return line.endsWith('}\n');
}

function lineOf(result: EpochResult, part: Part): string {
  const { epoch, epochs, loss, metrics, validation, learningRate, seconds, rowsPerSecond } = result;
  const fields = { epoch, epochs, loss, metrics, validation, learningRate, seconds, rowsPerSecond };
  return `${JSON.stringify({ ...part, ...fields })}\n`;
}
