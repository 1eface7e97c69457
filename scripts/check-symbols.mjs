/**
 * Proves that the binary runs on every processor of its family: disassembles the addon and reports each
 * function outside the namespaces of the instruction sets that uses AVX or something newer.
 *
 * The one-definition trap is why: an inline function of the standard library that was compiled for
 * AVX-512 may be the copy that the linker keeps for everyone, and would crash older processors.
 *
 *   node scripts/check-symbols.mjs [addon.node]
 */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const defaultBinary = fileURLToPath(new URL('../build/Release/layerwise.node', import.meta.url));

// Mangled names of functions that are members of the namespaces, not of templates over their types.
const avx2Function = /^_?_Z+N[KVR]*9layerwise4avx2/;
const avx512Function = /^_?_Z+N[KVR]*9layerwise(?:6avx512|10avx512bf16|3amx)/;

// Mnemonics with a VEX or EVEX encoding. The few older instructions with a v are for operating systems.
const avxMnemonic = /^v(?!err$|erw$|mcall|mlaunch|mresume|mxo|mread|mwrite|mptr|mclear|mfunc)/;
const bmiMnemonic = /^(andn|bextr|bls[ir]|blsmsk|bzhi|mulx|pdep|pext|rorx|sarx|shlx|shrx)[lq]?$/;
const maskMnemonic = /^k(mov|and|andn|or|ortest|xor|xnor|not|shift[lr]|unpck|test|add)[bwdq]{1,2}$/;
const wideRegister = /%[yz]mm\d/;
const avx512Register = /%zmm\d|%[xy]mm(1[6-9]|2\d|3[01])|%k[0-7]\b/;

/** @typedef {'baseline' | 'avx2' | 'avx512'} Level */

/** @param {string} mnemonic @param {string} operands @returns {Level} */
function levelOfInstruction(mnemonic, operands) {
  if (avx512Register.test(operands) || maskMnemonic.test(mnemonic)) return 'avx512';
  const newer = avxMnemonic.test(mnemonic) || bmiMnemonic.test(mnemonic);
  return newer || wideRegister.test(operands) ? 'avx2' : 'baseline';
}

/** @param {string} name @returns {Level} */
function levelOfFunction(name) {
  if (avx512Function.test(name)) return 'avx512';
  return avx2Function.test(name) ? 'avx2' : 'baseline';
}

const rank = { baseline: 0, avx2: 1, avx512: 2 };

/**
 * @param {AsyncIterable<string>} lines the output of objdump
 * @returns {Promise<{ offenders: Map<string, string>, counts: Record<Level, number> }>} the first wrong
 *   instruction of each function that has one, and how many functions need each level
 */
async function inspect(lines) {
  /** @type {Map<string, string>} */
  const offenders = new Map();
  const counts = { baseline: 0, avx2: 0, avx512: 0 };
  let name = '';
  /** @type {Level} */
  let allowed = 'baseline';
  /** @type {Level} */
  let needed = 'baseline';
  for await (const line of lines) {
    const header = /^[0-9a-f]+ <(.+)>:$/.exec(line);
    if (header?.[1]) {
      if (name) counts[needed] += 1;
      name = header[1];
      allowed = levelOfFunction(name);
      needed = 'baseline';
      continue;
    }
    const instruction = /^\s+[0-9a-f]+:\s+(?:\{\w+\}\s+)?(\S+)\s*(.*)$/.exec(line);
    if (!instruction?.[1]) continue;
    const level = levelOfInstruction(instruction[1], instruction[2] ?? '');
    if (rank[level] > rank[needed]) needed = level;
    if (rank[level] > rank[allowed] && !offenders.has(name)) offenders.set(name, line.trim());
  }
  if (name) counts[needed] += 1;
  return { offenders, counts };
}

/** @param {string} binary @returns {AsyncIterable<string>} */
function disassemble(binary) {
  const words = ['-d', '--no-show-raw-insn', binary];
  const child = spawn('objdump', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  child.on('error', (error) => {
    console.error(`objdump cannot be run (it comes with binutils): ${error.message}`);
    process.exit(1);
  });
  child.on('close', (code) => {
    if (code !== 0) process.exitCode = 1;
  });
  return createInterface({ input: child.stdout });
}

async function main() {
  const binary = process.argv[2] ?? defaultBinary;
  if (process.arch !== 'x64') {
    console.log(`nothing to check on ${process.arch}`);
    return;
  }
  if (!existsSync(binary)) throw new Error(`${binary} does not exist: run npm run build:native`);
  const { offenders, counts } = await inspect(disassemble(binary));
  for (const [name, instruction] of offenders) {
    console.error(`${name}: uses an instruction of another set: ${instruction}`);
  }
  console.log(
    `functions: ${counts.baseline} baseline, ${counts.avx2} AVX2, ${counts.avx512} AVX-512`,
  );
  // A check that finds nothing to check has lost the symbols.
  if (offenders.size > 0 || counts.avx2 === 0 || counts.avx512 === 0) process.exitCode = 1;
}

await main();
