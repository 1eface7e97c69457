import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cardByName, cards } from './cards.js';
import type { Settings } from './suite/context.js';
import { type DriverRow, drivers } from './suite/drivers.js';

export const parts = [
  'training',
  'prediction',
  'gemm',
  'import',
  'install',
  'accuracy',
  'odd',
  'busy',
  'growth',
] as const;

export const usage = `npm run bench -- [options]

  --card a,b       cards to train: ${cards.map((card) => card.name).join(', ')}
  --driver a,b     who runs them: ${drivers.map((row) => row.name).join(', ')}
  --part a,b       ${parts.join(', ')}; with --card alone: training
  --threads 1,2    numbers of threads; default 1 and the processors available
  --rounds 5       measurements of each figure, of which the median is reported
  --quick          about 3 minutes: two cards, fewer parts, shorter and fewer rounds
  --beside FOLDER  compares with the built package of an older layerwise in a folder by processor
                   time: training and prediction, 10 rounds, 1 thread, about 10 minutes
  --against PACK   the same, the older layerwise being what npm installs: a tarball of npm pack, or
                   a version such as layerwise@0.1.0
  --render FILE    writes the report and the page in docs/ anew from a JSON file of bench/results/
  --help

A run without --card, --driver, --part, --threads and --quick also writes docs/benchmarks.md and its
charts. PyTorch, JAX and ONNX Runtime are looked for in python3, or in LAYERWISE_BENCH_PYTHON, tfjs-node
in bench/node_modules, or in the folder LAYERWISE_BENCH_PACKAGES.`;

export interface Command {
  readonly help: boolean;
  readonly render: string | undefined;
  /** The folder of the package that this checkout is compared with. */
  readonly beside: string | undefined;
  /** What npm is to install for that, in place of a folder. */
  readonly against: string | undefined;
  /** Whether the run measures everything, so that its report is the one to show. */
  readonly complete: boolean;
  readonly settings: Settings;
}

const quickCards = ['mlp-mnist', 'ae-tabular'];
const besideParts = ['training', 'prediction'];
const quickParts = ['training', 'prediction', 'gemm', 'import', 'install'];

function listOf(value: string | undefined): string[] | undefined {
  return value?.split(',').filter((word) => word !== '');
}

function driverByName(name: string): DriverRow {
  const driver = drivers.find((row) => row.name === name);
  if (driver) return driver;
  throw new Error(`no driver ${name}: there are ${drivers.map((row) => row.name).join(', ')}`);
}

function partOf(name: string): string {
  if ((parts as readonly string[]).includes(name)) return name;
  throw new Error(`no part ${name}: there are ${parts.join(', ')}`);
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Error(`expected a positive integer, received ${text}`);
}

/** @throws Error for an unknown option or name. */
export function parseCommand(words: string[]): Command {
  const { values } = parseArgs({
    args: words,
    options: {
      card: { type: 'string' },
      driver: { type: 'string' },
      part: { type: 'string' },
      threads: { type: 'string' },
      rounds: { type: 'string' },
      beside: { type: 'string' },
      against: { type: 'string' },
      render: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { quick, card, driver, part, threads, beside, against } = values;
  const older = beside ?? against;
  if (beside !== undefined && against !== undefined) {
    throw new Error('--beside and --against name one older layerwise: give one of them');
  }
  if (older !== undefined && driver !== undefined) {
    throw new Error('--beside and --against run layerwise alone: leave out --driver');
  }
  const chosenCards = listOf(card)?.map(cardByName);
  const picked = [card, driver, part, threads, older].some((value) => value !== undefined);
  const usual = older === undefined ? usualSettings(quick) : besideSettings(quick);
  return {
    help: values.help,
    render: values.render,
    beside: beside === undefined ? undefined : path.resolve(beside),
    against,
    complete: !picked && !quick,
    settings: {
      ...usual,
      ...(values.rounds !== undefined && { rounds: countOf(values.rounds) }),
      threads: listOf(threads)?.map(countOf) ?? usual.threads,
      cards: chosenCards ?? usual.cards,
      drivers: listOf(driver)?.map(driverByName) ?? usual.drivers,
      parts: listOf(part)?.map(partOf) ?? (chosenCards ? ['training'] : usual.parts),
    },
  };
}

function usualSettings(quick: boolean): Settings {
  return {
    quick,
    rounds: quick ? 3 : 5,
    roundSeconds: quick ? 0.2 : 0.6,
    caseSeconds: quick ? 3 : 10,
    threads: [...new Set([1, availableParallelism()])],
    cards: quick ? quickCards.map(cardByName) : cards,
    drivers,
    parts: quick ? quickParts : parts,
  };
}

/** Processor time is compared, of which several threads only waste more. */
function besideSettings(quick: boolean): Settings {
  return {
    ...usualSettings(quick),
    rounds: quick ? 3 : 10,
    roundSeconds: quick ? 0.4 : 1.2,
    threads: [1],
    parts: besideParts,
  };
}
