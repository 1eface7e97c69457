/** What every binary must be, told from its file: for systems that cannot be run here there is no more. */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inspectBinary } from '../inspect/inspect.mjs';
import { readAppleSettings } from '../settings.mjs';
import { binaryOf, oldestGlibc, root } from '../targets.mjs';

const formats = { linux: 'elf', darwin: 'mach-o', win32: 'pe' };

/** What every system has, whichever compiler made the binary. */
const allowedLibraries = {
  glibc: /^lib(c|m|dl|pthread|rt)\.so\.\d$|^ld-linux-[\w-]+\.so\.\d$/,
  musl: /^libc\.(musl-\w+\.)?so(\.\d)?$/,
  darwin: /^\/usr\/lib\/lib(System\.B|c\+\+\.1)\.dylib$/,
  win32: /^(kernel32|msvcrt|ntdll|advapi32)\.dll$|^node\.exe$/,
};

/**
 * Zig's libunwind marks its functions for export on Windows. Nobody there finds functions by their names
 * alone, so they disturb nobody.
 */
const harmlessOnWindows = /^(__)?(_?unw_|_?_Unwind_|_GCC_)/i;

/** The names in native/exports.map. */
function wantedExports() {
  const map = readFileSync(path.join(root, 'native/exports.map'), 'utf8');
  return [...map.matchAll(/^\s+(\w+);/gm)].map(([, name = '']) => name).sort();
}

/** Whether version a, as `2.4`, is newer than b. @param {string} a @param {string} b */
function isNewer(a, b) {
  return a.localeCompare(b, 'en', { numeric: true }) > 0;
}

/**
 * @param {import('../targets.mjs').Target} target
 * @param {import('../inspect/facts.mjs').BinaryFacts} facts
 * @returns {Generator<string>} what is not as it should be
 */
function* problemsOf(target, facts) {
  const { platform, arch, libc } = target;
  if (facts.format !== formats[platform]) yield `its format is ${facts.format}`;
  if (facts.architecture !== arch) yield `it is for ${facts.architecture}`;
  const exported = facts.exports.filter(
    (name) => platform !== 'win32' || !harmlessOnWindows.test(name),
  );
  if (exported.join() !== wantedExports().join()) yield `it exports ${exported.join(', ')}`;
  const allowed = allowedLibraries[libc ?? (platform === 'darwin' ? 'darwin' : 'win32')];
  const strange = facts.libraries.filter((name) => !allowed.test(name));
  if (strange.length > 0) yield `it needs ${strange.join(', ')}`;
  const newer = facts.symbolVersions.filter((version) => {
    const [, number] = /^GLIBC_([\d.]+)$/.exec(version) ?? [];
    return number === undefined || isNewer(number, oldestGlibc);
  });
  if (newer.length > 0) yield `it needs ${newer.join(', ')}, newer than glibc ${oldestGlibc}`;
  if (platform === 'darwin') {
    const { oldestSystem } = readAppleSettings();
    if (facts.oldestSystem !== oldestSystem) yield `it is for macOS ${facts.oldestSystem}`;
    // Processors of Apple run nothing that is not signed.
    if (arch === 'arm64' && facts.signature === 'none') yield 'it is not signed';
  }
}

/**
 * @param {import('../targets.mjs').Target} target
 * @throws Error that says what is wrong
 */
export function checkBinary(target) {
  const file = binaryOf(target);
  const name = path.relative(root, file);
  if (!existsSync(file)) throw new Error(`${name} is missing: run npm run prebuild:all`);
  const problems = [...problemsOf(target, inspectBinary(file))];
  if (problems.length > 0) throw new Error(`${name}: ${problems.join('; ')}`);
}
