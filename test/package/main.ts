import { parseArgs } from 'node:util';
import { Skipped, type Step } from './step.js';
import { steps } from './steps.js';
import { installTools } from './tools.js';
import { Workplace } from './workplace.js';

/**
 * `npm run test:package`: packs the checkout, and uses the tarball as any program would, in empty projects.
 *
 *     npm run test:package                     all steps
 *     npm run test:package -- --list           their names
 *     npm run test:package -- --only NAME …    some
 *     npm run test:package -- --quick          those that take less than three minutes together
 */

function chosenSteps(): readonly Step[] {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      list: { type: 'boolean' },
      quick: { type: 'boolean' },
      only: { type: 'string', multiple: true },
    },
  });
  if (values.list) {
    for (const { name, about, quick } of steps) {
      console.log(`${name.padEnd(22)} ${quick ? 'quick' : '     '}  ${about}`);
    }
    return [];
  }
  const names = [...(values.only ?? []), ...positionals];
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) throw new Error(`no step is called ${unknown.join(', ')}: see --list`);
  return steps.filter(
    ({ name, quick }) => (names.length === 0 || names.includes(name)) && (quick || !values.quick),
  );
}

type Outcome = 'passed' | 'failed' | 'skipped';

async function runStep({ name, run }: Step, workplace: Workplace): Promise<Outcome> {
  const started = performance.now();
  const end = (outcome: Outcome, text = ''): Outcome => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${outcome} ${name} (${seconds} s)${text}`);
    return outcome;
  };
  try {
    await run(workplace);
    return end('passed');
  } catch (error) {
    if (error instanceof Skipped) return end('skipped', `: ${error.message}`);
    return end('failed', `:\n${error instanceof Error ? error.message : String(error)}`);
  }
}

function describe({ archive }: Workplace): void {
  const { missingPrebuilds, hasStandIn } = archive;
  if (missingPrebuilds.length === 0) return;
  console.log(`not in prebuilds/, so not in this tarball: ${missingPrebuilds.join(', ')}`);
  if (hasStandIn) console.log('the binary of build/ stands in for the one of this system');
}

async function runSteps(chosen: readonly Step[]): Promise<void> {
  if (process.platform === 'win32') throw new Error('the steps need a shell and links of Unix');
  await installTools();
  const workplace = await Workplace.open();
  const outcomes: Outcome[] = [];
  try {
    describe(workplace);
    for (const step of chosen) outcomes.push(await runStep(step, workplace));
  } finally {
    workplace.close();
  }
  const count = (wanted: Outcome): number =>
    outcomes.filter((outcome) => outcome === wanted).length;
  console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
  if (count('failed') > 0) process.exitCode = 1;
}

const chosen = chosenSteps();
if (chosen.length > 0) await runSteps(chosen);
