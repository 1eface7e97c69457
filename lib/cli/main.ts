#!/usr/bin/env node
import { runCommandLine } from './commandLine.js';
import { exitCodes } from './context.js';
import { Interruption } from './interruption.js';

/** The process around the command line: its streams, its signals, its exit code. */

const interruption = new Interruption(() => process.exit(exitCodes.interrupted));
process.on('SIGINT', () => interruption.interrupt());
process.on('SIGTERM', () => interruption.interrupt());

// The reader has what it wanted, as in `layerwise predict ... | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  interrupted: interruption.signal,
});
