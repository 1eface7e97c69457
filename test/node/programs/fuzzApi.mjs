// Random and hostile values for every argument of every function, method and setter that the package exports, and
// for every place within good arguments. What may come of it is a result, an error of the library that says what is
// wrong, an error of the system about a file, or an error that the value itself threw. Anything else, an unhandled
// rejection or a promise that never settles ends the program with the seed and the call. Ends with a line of JSON.
//
//   node test/node/programs/fuzzApi.mjs [--calls 440000] [--seed 1] [--of search.] [--all]
//
// --of keeps to the functions whose names begin so, --all goes on after a failure.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as course from '../../../dist/course/index.js';
import * as main from '../../../dist/index.js';
import * as search from '../../../dist/search/index.js';
import { recipes, subjects } from './apiSamples.mjs';
import { awkward, Expected, mutated, Random } from './awkward.mjs';

// What is deprecated is called too, and is not what is looked for.
process.noDeprecation = true;

const { values: words } = parseArgs({
  options: {
    calls: { type: 'string', default: '4000' },
    seed: { type: 'string', default: '1' },
    of: { type: 'string', default: '' },
    all: { type: 'boolean', default: false },
  },
});
const [calls, seed] = [Number(words.calls), Number(words.seed)];
const random = new Random(seed);
const counts = { returned: 0, refused: 0, resolved: 0, rejected: 0 };
let current = '';

/** What a promise may take before it counts as forgotten; nothing here takes a second. */
const patience = 60_000;

/** Of the classes of the models and studies, but not public: their types have no such member. */
const internal = new Set([
  ...['constructor', 'adopt', 'adoptFrom', 'record', 'engine', 'exported'],
  ...['abandon', 'settleDirection', 'write', 'refuse', 'detectAs', 'scoreSync'],
  // A run is a promise: what its callbacks do is up to them.
  ...['then', 'catch', 'finally'],
]);

/** Errors are for catching: whoever makes one of the library's own gives it what it shows. */
const isErrorClass = (value) => value.prototype instanceof Error;

function isExpected(error) {
  if (error instanceof Expected) return true;
  if (!(error instanceof Error)) return false;
  // What the samples end searches with.
  if (error.name === 'TimeoutError') return true;
  if (error.code === 'LAYERWISE') {
    const texts = ['name', 'path', 'expected', 'received', 'remedy', 'message'];
    return texts.every((name) => typeof error[name] === 'string');
  }
  // No such file, a name that is too long.
  return /^E[A-Z0-9]+$/.test(String(error.code)) && typeof error.syscall === 'string';
}

/** Ends the process: a report of the values themselves would trip over the strangest of them. */
function fail(what, error) {
  console.error(`seed ${seed}, ${current}: ${what}`, error);
  if (!words.all) process.exit(1);
  process.exitCode = 1;
}

/** Every function by its name: `sequential`, `metrics.accuracy`, `search.Study`. */
function functionsOf(names, prefix) {
  return Object.entries(names).flatMap(([name, value]) => {
    if (typeof value === 'function') return isErrorClass(value) ? [] : [[prefix + name, value]];
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isGroup ? functionsOf(value, `${prefix}${name}.`) : [];
  });
}

/** Every method and setter of an object, with those that it inherits. */
function membersOf(object) {
  const members = new Map();
  for (let at = object; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, own] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (internal.has(name) || name.startsWith('_') || members.has(name)) continue;
      if (typeof own.value === 'function') members.set(name, 'method');
      else if (own.set !== undefined) members.set(name, 'setter');
    }
  }
  return [...members];
}

/** What is called: a function of the package, or a method or setter of a new object. */
const targets = [
  ...[
    ...functionsOf(main, ''),
    ...functionsOf(search, 'search.'),
    ...functionsOf(course, 'course.'),
  ].map(([name, call]) => {
    const isClass = /^class\b/.test(Function.prototype.toString.call(call));
    return { name, begin: () => (given) => (isClass ? new call(...given) : call(...given)) };
  }),
  ...Object.entries(subjects).flatMap(([kind, make]) =>
    membersOf(make()).map(([member, type]) => ({
      name: `${kind}.${member}`,
      begin: () => {
        const subject = make();
        if (type === 'method') return (given) => subject[member](...given);
        return ([value]) => {
          subject[member] = value;
        };
      },
    })),
  ),
].filter(({ name }) => name.startsWith(words.of));

function argumentsFor(name) {
  const recipe = recipes[name];
  if (recipe === undefined || random.below(8) === 0) {
    return Array.from({ length: random.below(4) }, () => awkward(random));
  }
  return mutated(recipe(), random);
}

async function settled(result) {
  // A training is asked to end, as its epochs may be any number.
  if (typeof result?.stop === 'function') result.stop();
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('it never settled')), patience);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function perform({ name, begin }) {
  const call = begin();
  const given = argumentsFor(name);
  let result;
  try {
    result = call(given);
  } catch (error) {
    if (!isExpected(error)) fail('it threw', error);
    counts.refused++;
    return;
  }
  counts.returned++;
  if (typeof result !== 'object' || typeof result?.then !== 'function') return;
  try {
    const value = await settled(result);
    if (typeof value?.close === 'function') value.close();
    counts.resolved++;
  } catch (error) {
    if (!isExpected(error)) fail('it rejected', error);
    counts.rejected++;
  }
}

process.on('unhandledRejection', (error) => fail('an unhandled rejection', error));
process.on('uncaughtException', (error) => fail('an uncaught exception', error));

// Some of the values are paths, and some of these are taken.
const folder = mkdtempSync(path.join(tmpdir(), 'fuzz-'));
const before = process.cwd();
process.chdir(folder);
try {
  for (let index = 0; index < calls; index++) {
    const target = targets[random.below(targets.length)];
    current = `call ${index}, ${target.name}`;
    await perform(target);
  }
  // What was left to itself still has to end well.
  await new Promise((resolve) => setTimeout(resolve, 100));
} finally {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
}
console.log(JSON.stringify({ ...counts, functions: targets.length }));
