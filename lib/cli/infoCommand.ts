import { native } from '../native.js';
import { packageVersion } from '../version.js';
import { type CliContext, type ExitCode, exitCodes } from './context.js';
import type { InfoOptions } from './options.js';

/** `layerwise info`. */
export function info({ json }: InfoOptions, { stdout }: CliContext): ExitCode {
  const { instructionSet, availableInstructionSets, threads } = native().info();
  const facts = {
    version: packageVersion(),
    instructionSet,
    availableInstructionSets,
    threads,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
  if (json) {
    stdout.json(facts);
    return exitCodes.ok;
  }
  stdout.line(`layerwise        ${facts.version}`);
  stdout.line(
    `instruction set  ${instructionSet} (available: ${availableInstructionSets.join(', ')})`,
  );
  stdout.line(`threads          ${threads}`);
  stdout.line(`node             ${facts.node}`);
  stdout.line(`platform         ${facts.platform}`);
  return exitCodes.ok;
}
