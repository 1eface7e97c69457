// How long ask and tell of a shared study take, and how long they hold the event loop, with many workers:
//
//   node bench/study-storage.mjs ADDRESS [--workers 64] [--processes 4] [--trials 10000] [--sampler tpe]
//
// ADDRESS is that of a server whose study `bench` may be replaced, or a new file. Workers are those of `run`,
// spread over processes; their trials take no time, so that all they do is to ask and to tell.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { float, int, openStudy, samplers } from '../dist/search/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    workers: { type: 'string', default: '64' },
    processes: { type: 'string', default: '4' },
    trials: { type: 'string', default: '10000' },
    sampler: { type: 'string', default: 'random' },
    name: { type: 'string', default: `bench-${process.pid}` },
    child: { type: 'boolean', default: false },
  },
});
const [address = ''] = positionals;
const isServer = /^\w+:\/\//.test(address);

/** Workers of one process: each asks and tells until there are enough trials. */
async function work() {
  const sampler = samplers[values.sampler]();
  const space = { x: float(0, 1), y: float(1e-4, 1, { log: true }), n: int(1, 64) };
  const place = isServer ? { name: values.name } : { shared: true };
  const study = await openStudy(address, { space, sampler, ...place });
  const asks = [];
  const tells = [];
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const worker = async () => {
    while (study.trials.length < Number(values.trials)) {
      let start = performance.now();
      const trial = await study.ask();
      if (trial === null) return;
      asks.push(performance.now() - start);
      start = performance.now();
      await trial.complete((trial.values.x - 0.3) ** 2 + trial.values.y);
      tells.push(performance.now() - start);
    }
  };
  const count = Number(values.workers) / Number(values.processes);
  await Promise.all(Array.from({ length: count }, worker));
  delays.disable();
  await study.close();
  process.send({ asks, tells, longest: delays.max / 1e6, p99: delays.percentile(99) / 1e6 });
  process.disconnect();
}

/** @param {number[]} times @param {number} share */
function quantile(times, share) {
  const sorted = Float64Array.from(times).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

async function measure() {
  const words = [...process.argv.slice(2), '--child', '--name', values.name];
  const start = performance.now();
  const results = await Promise.all(
    Array.from({ length: Number(values.processes) }, async () => {
      const child = fork(fileURLToPath(import.meta.url), words);
      const [result] = await once(child, 'message');
      return result;
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  const row = (name, times) =>
    `${name}: ${times.length}, median ${quantile(times, 0.5).toFixed(1)} ms, 99 % ${quantile(times, 0.99).toFixed(1)} ms`;
  console.log(
    row(
      'ask',
      results.flatMap(({ asks }) => asks),
    ),
  );
  console.log(
    row(
      'tell',
      results.flatMap(({ tells }) => tells),
    ),
  );
  const longest = Math.max(...results.map((result) => result.longest));
  const p99 = Math.max(...results.map((result) => result.p99));
  console.log(`event loop held: 99 % ${p99.toFixed(1)} ms, longest ${longest.toFixed(1)} ms`);
  console.log(
    `${seconds.toFixed(1)} s with ${values.workers} workers in ${values.processes} processes`,
  );
}

await (values.child ? work() : measure());
