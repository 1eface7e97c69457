import { addFlags, type FlagValues, flag, switchFlag, valuesOf } from '../arguments/flags.js';
import { type HelpfulCommand, type HelpTexts, subcommand } from '../arguments/help.js';
import { count, jsonFlag } from '../arguments/sharedFlags.js';

/** The flags of `layerwise build`. */

const flags = {
  jobs: flag('--jobs <count>', 'compilers at a time (default: as many as there are cores)', {
    read: count,
  }),
  verbose: switchFlag('--verbose', 'show what the compiler prints'),
  json: jsonFlag,
};

/** What `build` is asked to do, as plain data. */
export type BuildOptions = FlagValues<typeof flags>;

export function addBuild(program: HelpfulCommand, accept: (options: BuildOptions) => void): void {
  const command = subcommand(
    program,
    'build',
    'Compile the core, where the package has no binary for the system.',
    help,
  );
  addFlags(command, { 'Options:': flags });
  command.action((parsed) => accept(valuesOf(flags, parsed)));
}

const help: HelpTexts = {
  examples: ['layerwise build', 'CXX=clang++ layerwise build --verbose'],
  details: `
Published packages have binaries for Linux (glibc and musl), macOS and Windows on x64 and arm64, and need
no build. Elsewhere, this compiles the sources in the package, which takes a minute or more. Needed are a
C++20 compiler (g++ 11, clang 14, or newer; the variable CXX names another one than the usual), make
and Python 3; what is missing is named, with the command that installs it. Only the binary is left, in
build/Release of the package, and is taken from then on in place of any other. On Windows, node-gyp
downloads the headers of Node; elsewhere nothing is downloaded where npm, pnpm or node-gyp is installed.
`,
};
