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
    stdout.write(`${JSON.stringify(facts)}\n`);
    return exitCodes.ok;
  }
  stdout.write(
    [
      `layerwise        ${facts.version}`,
      `instruction set  ${instructionSet} (available: ${availableInstructionSets.join(', ')})`,
      `threads          ${threads}`,
      `node             ${facts.node}`,
      `platform         ${facts.platform}`,
      '',
    ].join('\n'),
  );
  return exitCodes.ok;
}
