#!/usr/bin/env node
import { checkpointSignal, endingSignals } from '../processSignals.js';
import { Printer } from '../terminal/printer.js';
import { runCommandLine } from './commandLine.js';
import { Requests } from './context.js';
import { codeOfInterruption, exitCodes, Interrupted } from './exitCodes.js';
import { failureLines, failureOf } from './failure.js';
import { Interruption } from './interruption.js';
import { standardStream } from './terminal/fileOutput.js';

/** The process around the command line: its streams, its signals, its exit code. */

const stdout = new Printer(standardStream('stdout'), process.env);
const stderr = new Printer(standardStream('stderr'), process.env);

const interruption = new Interruption((signal) =>
  process.exit(codeOfInterruption(new Interrupted(signal))),
);
for (const signal of endingSignals()) process.on(signal, () => interruption.interrupt(signal));
const checkpointRequests = new Requests();
const checkpointName = checkpointSignal();
// Before a training begins there is nothing to write, and no reason to end.
if (checkpointName !== undefined) process.on(checkpointName, () => checkpointRequests.send());

// The terminal is closed. Nobody can insist on that, and some systems say it twice.
let isHungUp = false;
process.on('SIGHUP', () => {
  isHungUp = true;
  interruption.ask('SIGHUP');
});

// A mistake of this program: told like any other failure.
process.on('uncaughtException', (error) => {
  const debug = Boolean(process.env.LAYERWISE_DEBUG);
  for (const line of failureLines(failureOf(error), debug)) stderr.paragraph(...line);
  process.exit(exitCodes.failure);
});

async function main(): Promise<void> {
  process.exitCode = await runCommandLine(process.argv.slice(2), {
    stdin: process.stdin,
    stdout,
    stderr,
    environment: process.env,
    interrupted: interruption.signal,
    checkpointRequests,
  });
  // Node would abort at its exit, as it cannot give a terminal that is gone its settings back.
  if (isHungUp && [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)) {
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  }
}

void main();
