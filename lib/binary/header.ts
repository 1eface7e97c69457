import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

/** For which system a compiled file is, as its first bytes say. */

export interface BinarySystem {
  /** As `process.platform`; `linux` for all that Linux's format does not tell apart. */
  readonly platform: string;
  /** As `process.arch`; null where it is none that we know, or several. */
  readonly arch: string | null;
}

const elfMachines: Readonly<Record<number, string>> = {
  3: 'ia32',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};
const machMachines: Readonly<Record<number, string>> = { 16777223: 'x64', 16777228: 'arm64' };
const windowsMachines: Readonly<Record<number, string>> = {
  332: 'ia32',
  34404: 'x64',
  43620: 'arm64',
};

const elf = 0x7f454c46;
const freeBsd = 9;

/** Null where it is no library of any system, as a download that has broken off or a page of a proxy. */
export function systemOfBinary(file: string): BinarySystem | null {
  const start = firstBytes(file, 4096);
  if (start.length < 64) return null;
  const magic = start.readUInt32BE(0);
  if (magic === elf) return systemOfElf(start);
  if (magic === 0xcffaedfe) {
    return { platform: 'darwin', arch: machMachines[start.readUInt32LE(4)] ?? null };
  }
  // Code for several processors in one file.
  if (magic === 0xcafebabe) return { platform: 'darwin', arch: null };
  return magic >>> 16 === 0x4d5a ? systemOfExecutable(start) : null;
}

/**
 * Whether the end of a binary of Linux is missing, as after a disk was full. The system ends a process that loads
 * such a file, so this is asked before.
 */
export function isCutOff(file: string): boolean {
  const start = firstBytes(file, 64);
  // Of 64 bits, the lower byte first, as nearly all are.
  if (start.length < 64 || start.readUInt32BE(0) !== elf || start.readUInt16BE(4) !== 0x0201)
    return false;
  // The table of sections is the last part.
  const end = Number(start.readBigUInt64LE(40)) + start.readUInt16LE(58) * start.readUInt16LE(60);
  return statSync(file).size < end;
}

function systemOfElf(start: Buffer): BinarySystem {
  const machine = start[5] === 2 ? start.readUInt16BE(18) : start.readUInt16LE(18);
  const platform = start[7] === freeBsd ? 'freebsd' : 'linux';
  return { platform, arch: elfMachines[machine] ?? null };
}

function systemOfExecutable(start: Buffer): BinarySystem | null {
  const header = start.readUInt32LE(0x3c);
  if (header + 6 > start.length || start.readUInt32BE(header) !== 0x50450000) return null;
  return { platform: 'win32', arch: windowsMachines[start.readUInt16LE(header + 4)] ?? null };
}

function firstBytes(file: string, count: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(count);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, count, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** Which C library a binary of Linux was made for, by the name of that which it loads; null for another. */
export function libcOfBinary(file: string): 'glibc' | 'musl' | null {
  const bytes = readFileSync(file);
  if (bytes.includes('libc.so.6\0')) return 'glibc';
  return bytes.includes('libc.so\0') || bytes.includes('libc.musl-') ? 'musl' : null;
}
