import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inspectBinary } from '../../../scripts/prebuild/inspect/inspect.mjs';

const require = createRequire(import.meta.url);
const addon = fileURLToPath(new URL('../../../build/Release/layerwise.node', import.meta.url));
const addonExports = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerwise-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function inspectBytes(bytes: Buffer) {
  const file = join(folder, 'binary');
  writeFileSync(file, bytes);
  return inspectBinary(file);
}

test('the addon that was built here exports what Node asks for, and nothing else', () => {
  const facts = inspectBinary(addon);
  expect(facts.architecture).toBe(process.arch);
  expect(facts.exports).toEqual(addonExports);
  expect(facts.libraries.length).toBeGreaterThan(0);
});

test.runIf(process.platform === 'linux')('versions of the C library are found', () => {
  const { format, symbolVersions, libraries } = inspectBinary(addon);
  expect(format).toBe('elf');
  if (libraries.includes('libc.so.6')) expect(symbolVersions.join(' ')).toMatch(/\bGLIBC_2\.\d+/);
});

test('a program of macOS', () => {
  const package_ = require.resolve('clang-format/package.json');
  const facts = inspectBinary(join(package_, '../bin/darwin_x64/clang-format'));
  expect(facts).toMatchObject({
    format: 'mach-o',
    architecture: 'x64',
    oldestSystem: '12.0',
    signature: 'none',
  });
  expect(facts.libraries).toContain('/usr/lib/libSystem.B.dylib');
  expect(facts.exports).toContain('_ZN4llvm10TimerGroupD2Ev');
});

describe('a library of Windows', () => {
  /** Addresses in memory are those in the file and this. */
  const shift = 0x1000 - 0x400;

  /** With one section, tables and texts one after the other. */
  function library(exported: readonly string[], imported: readonly string[]): Buffer {
    const bytes = Buffer.alloc(0x1000);
    let end = 0x400;
    const place = (size: number) => {
      end += size;
      return end - size;
    };
    const text = (content: string) => {
      const at = place(content.length + 1);
      bytes.write(`${content}\0`, at, 'latin1');
      return at + shift;
    };
    bytes.write('MZ', 0, 'latin1');
    bytes.writeUInt32LE(0x80, 0x3c);
    bytes.write('PE', 0x80, 'latin1');
    bytes.writeUInt16LE(0xaa64, 0x84); // ARM64
    bytes.writeUInt16LE(1, 0x86); // sections
    bytes.writeUInt16LE(240, 0x94); // size of the optional header
    bytes.writeUInt16LE(0x20b, 0x98);
    bytes.writeUInt32LE(16, 0x98 + 108); // directories
    bytes.writeUInt32LE(0x1000, 0x98 + 240 + 12); // the section: address, size and place
    bytes.writeUInt32LE(0xc00, 0x98 + 240 + 16);
    bytes.writeUInt32LE(0x400, 0x98 + 240 + 20);
    const exports = place(40);
    const names = place(4 * exported.length);
    bytes.writeUInt32LE(exports + shift, 0x98 + 112);
    bytes.writeUInt32LE(exported.length, exports + 24);
    bytes.writeUInt32LE(names + shift, exports + 32);
    for (const [index, name] of exported.entries()) {
      bytes.writeUInt32LE(text(name), names + 4 * index);
    }
    const imports = place(20 * (imported.length + 1));
    bytes.writeUInt32LE(imports + shift, 0x98 + 120);
    for (const [index, name] of imported.entries()) {
      bytes.writeUInt32LE(text(name), imports + 20 * index + 12);
    }
    return bytes;
  }

  test('tells its processor, exports and imports', () => {
    const facts = inspectBytes(library(['second', 'first'], ['KERNEL32.dll', 'ntdll.dll']));
    expect(facts).toMatchObject({
      format: 'pe',
      architecture: 'arm64',
      exports: ['first', 'second'],
      libraries: ['kernel32.dll', 'ntdll.dll'],
    });
  });

  test('that is cut off is refused', () => {
    const bytes = library(['first'], []);
    bytes.writeUInt32LE(0x9000, 0x98 + 112);
    expect(() => inspectBytes(bytes)).toThrow('no section has the address');
  });
});

describe('a library of macOS', () => {
  /** With a signature, and a trie that has the names `_a` and `_ab`. */
  function library(flags: number): Buffer {
    const bytes = Buffer.alloc(0x200);
    bytes.writeUInt32LE(0xfeedfacf, 0);
    bytes.writeUInt32LE(0x0100000c, 4); // ARM64
    bytes.writeUInt32LE(2, 16); // commands
    const command = (at: number, kind: number, offset: number, size: number) => {
      for (const [index, word] of [kind, 16, offset, size].entries()) {
        bytes.writeUInt32LE(word, at + 4 * index);
      }
    };
    command(32, 0x1d, 0x100, 0x40);
    command(48, 0x80000033, 0x180, 0x40);
    for (const [index, word] of [0xfade0cc0, 0x40, 1, 0, 0x14].entries()) {
      bytes.writeUInt32BE(word, 0x100 + 4 * index);
    }
    bytes.writeUInt32BE(0xfade0c02, 0x114);
    bytes.writeUInt32BE(flags, 0x114 + 12);
    // Root: no name, one branch; the node of `_a`: flags and address, one branch; that of `_ab`.
    bytes.write('\x00\x01_a\x00\x06\x02\x00\x00\x01b\x00\x0d\x02\x00\x00\x00', 0x180, 'latin1');
    return bytes;
  }

  test('tells its exports', () => {
    const { architecture, exports } = inspectBytes(library(0));
    expect(architecture).toBe('arm64');
    expect(exports).toEqual(['a', 'ab']);
  });

  test('tells whose signature it has', () => {
    expect(inspectBytes(library(0x2)).signature).toBe('ad-hoc');
    expect(inspectBytes(library(0x10000)).signature).toBe('identity');
  });
});

test('anything else is refused', () => {
  expect(() => inspectBytes(Buffer.from('#!/bin/sh\n'))).toThrow('no binary');
  expect(() => inspectBytes(Buffer.from('\x7fELF'.padEnd(80, '\x01'), 'latin1'))).toThrow(
    'an ELF file of 32 bits',
  );
});
