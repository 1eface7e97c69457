import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { codeOf, isError, messageOf } from '../builtins.js';
import { NativeBinaryError } from '../errors.js';
import { libcOf } from '../libc.js';
import { prebuildsIn } from './files.js';
import { isCutOff, libcOfBinary, systemOfBinary } from './header.js';
import { type PackageManager, packageManagerOf } from './packageManager.js';

/** Why the core did not load, told by what lies in the package, and what helps there. */

/** What the system asks of a binary, and of those who make one. */
const oldestGlibc = '2.28';
const tools = 'a C++20 compiler, make and Python 3';

interface Finding {
  readonly received: string;
  readonly remedy: string;
}

interface Situation {
  readonly root: string;
  /** The file that did not load; null where none was found. */
  readonly file: string | null;
  readonly cause: unknown;
  readonly manager: PackageManager;
  /** How the core is compiled here, as a whole sentence. */
  readonly compileIt: string;
}

const ownSystem = `${process.platform}-${process.arch}`;

/**
 * @param root the folder of the package; null where no package is around the code
 * @param file the binary that did not load; null where none was found
 * @param cause what was thrown
 */
export function loadFailure(
  root: string | null,
  file: string | null,
  cause: unknown,
): NativeBinaryError {
  const { received, remedy } = root === null ? bundled() : examined(root, file, cause);
  const details = {
    path: root ?? 'layerwise',
    expected: `a native binary for ${ownSystem} (Node-API 8, Node ${process.versions.node})`,
    received,
    remedy,
  };
  return new NativeBinaryError(details, { cause });
}

function bundled(): Finding {
  return {
    received: 'code outside of the package: a bundler has put layerwise into a program',
    remedy:
      'Leave layerwise out of the bundle, and ship node_modules/layerwise with the program: name it in ' +
      '`external` (esbuild, rolldown, Rollup), `ssr.external` (Vite), `externals` (webpack) or ' +
      '`serverExternalPackages` (Next.js).',
  };
}

function examined(root: string, file: string | null, cause: unknown): Finding {
  const manager = packageManagerOf(root);
  // A clone has the sources of the whole project.
  const isClone = existsSync(join(root, '.git'));
  const command = isClone ? 'npm run build:native' : `${manager.run} build`;
  const compileIt = `Compile it with \`${command}\` (it needs ${tools}).`;
  const situation = { root, file, cause, manager, compileIt };
  return (
    disabled(situation) ??
    unresolved(situation) ??
    (file === null ? withoutFile(situation) : withFile(file, situation))
  );
}

function disabled({ cause }: Situation): Finding | null {
  if (codeOf(cause) !== 'ERR_DLOPEN_DISABLED') return null;
  return {
    received: 'a Node that loads no addons',
    remedy: 'Start it without --no-addons, and with --allow-addons where it has --permission.',
  };
}

function unresolved({ cause, manager }: Situation): Finding | null {
  if (codeOf(cause) !== 'MODULE_NOT_FOUND') return null;
  return {
    received: firstLineOf(cause),
    remedy: `What layerwise depends on is not installed: run \`${manager.install}\`.`,
  };
}

function withoutFile(situation: Situation): Finding {
  const { root, manager, compileIt, cause } = situation;
  const named = process.env.LAYERWISE_PREBUILD;
  if (named) {
    return {
      received: `none in ${named}, which LAYERWISE_PREBUILD names`,
      remedy: 'Unset LAYERWISE_PREBUILD to take the binary of the package.',
    };
  }
  const prebuilds = prebuildsIn(root);
  if (prebuilds.length === 0 && !existsSync(join(root, 'native'))) {
    return {
      received: 'a package without its folders prebuilds and native',
      remedy:
        'A tool that copies only the files that are imported has left them out (Next.js takes them with ' +
        '`outputFileTracingIncludes`): ship the whole folder node_modules/layerwise, or delete it and run ' +
        `\`${manager.install}\`. With the sources there, \`${manager.run} build\` compiles it.`,
    };
  }
  const otherLibc = prebuilds.filter(({ system }) => system === ownSystem);
  if (otherLibc.length > 0 && libcOf() !== null) {
    return wrongLibc(
      otherLibc.map(({ file }) => file),
      situation,
    );
  }
  if (prebuilds.length === 0) return { received: firstLineOf(cause), remedy: compileIt };
  const systems = [...new Set(prebuilds.map(({ system }) => system))];
  return {
    received: `binaries for ${systems.join(', ')} alone`,
    remedy: `There is none for this system. ${compileIt}`,
  };
}

function wrongLibc(names: readonly string[], { compileIt }: Situation): Finding {
  const libc = libcOf();
  const own = [libc?.name, libc?.version].filter((part) => part).join(' ');
  return {
    received: `${names.join(', ')}, which is not for ${own}, the C library of this system`,
    remedy:
      `${compileIt} Or use a system with the other C library: images of Alpine have musl, those of Debian ` +
      'glibc.',
  };
}

function withFile(file: string, situation: Situation): Finding {
  const { root, cause, manager, compileIt } = situation;
  if (isSystemError(cause)) {
    return {
      received: firstLineOf(cause),
      remedy: /^E(ACCES|PERM)$/.test(codeOf(cause))
        ? 'Give the user that runs this the right to read what is in the package.'
        : `Mend what keeps the system from reading this file, or run \`${manager.install}\` anew.`,
    };
  }
  const name = relative(root, file).split(sep).join('/');
  const message = firstLineOf(cause);
  const system = systemOfBinary(file);
  if (system === null || isCutOff(file)) {
    return {
      received: `${name}, which is damaged`,
      remedy: `Delete node_modules/layerwise and run \`${manager.install}\`, or compile it anew. ${compileIt}`,
    };
  }
  if (isForeign(system)) {
    return {
      received: `${name}, which is for ${[system.platform, system.arch].filter(Boolean).join('-')}`,
      remedy:
        'node_modules was copied from another system, or is shared with one: delete it and run ' +
        `\`${manager.install}\` here (for an image of Docker, name node_modules in .dockerignore). ${compileIt}`,
    };
  }
  return unloadable(file, name, message, situation);
}

/** The file could not even be read, so that asking what is in it would fail as well. */
function isSystemError(cause: unknown): boolean {
  return isError(cause) && 'syscall' in cause;
}

function isForeign({ platform, arch }: { platform: string; arch: string | null }): boolean {
  const known = ['linux', 'darwin', 'win32', 'freebsd'].includes(process.platform);
  return known && (platform !== process.platform || (arch !== null && arch !== process.arch));
}

/** A file for this kind of system. */
function unloadable(file: string, name: string, message: string, situation: Situation): Finding {
  const { compileIt } = situation;
  const version = /version `?([\w.]+)'? not found/.exec(message)?.[1];
  if (version !== undefined) {
    const own = libcOf()?.version;
    const system = own ? `this system, which has glibc ${own}` : 'this system';
    return {
      received: `${name}, which needs ${version}: newer than ${system}`,
      remedy:
        `${compileIt} Or use a newer system: the binaries of the package need glibc ${oldestGlibc}, as in ` +
        'Debian 10, Ubuntu 20.04, RHEL 8, Amazon Linux 2023.',
    };
  }
  const libc = libcOf();
  const made = libc === null ? null : libcOfBinary(file);
  if (made !== null && made !== libc?.name) return wrongLibc([name], situation);
  if (/failed to map segment|Operation not permitted/i.test(message)) {
    return {
      received: message,
      remedy:
        'The file system may forbid to run what lies on it (noexec): install the package on another.',
    };
  }
  return { received: message, remedy: compileIt };
}

/** What was thrown, as a part of a sentence. */
export function firstLineOf(cause: unknown): string {
  return (messageOf(cause).split('\n', 1)[0] ?? '').replace(/\.$/, '');
}
