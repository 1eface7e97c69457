import type { CliContext } from '../context.js';

/** The variables of the environment that change what the package does. */

type Environment = CliContext['environment'];

const ours = ['LAYERWISE_ISA', 'LAYERWISE_THREADS', 'LAYERWISE_DEBUG', 'LAYERWISE_PREBUILD'];
/** Of others: what finds the binary goes by them, and so do colours. */
const others = [
  'PREBUILDS_ONLY',
  'LIBC',
  'ARM_VERSION',
  'npm_config_arch',
  'npm_config_platform',
  'UV_THREADPOOL_SIZE',
  'MALLOC_ARENA_MAX',
  'LANG',
  'LC_ALL',
  'TERM',
  'NO_COLOR',
  'FORCE_COLOR',
];

/** Those that are set. One that is called like ours and is none may be a slip; its value is not told. */
export function environmentFacts(environment: Environment): Record<string, string> {
  const unknown = Object.keys(environment).filter(
    (name) => name.startsWith('LAYERWISE_') && !ours.includes(name),
  );
  return Object.fromEntries([
    ...[...ours, ...others].flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
    ...unknown.sort().map((name) => [name, '(no variable of layerwise)'] as const),
  ]);
}
