/** The page about jobs and the manifests of examples/jobs: they are the same, and hold what they say. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { parseArguments } from '../../lib/cli/arguments/arguments.js';
import { exitCodes } from '../../lib/cli/exitCodes.js';
import { root } from '../examples/compile.js';

const folder = join(root, 'examples/jobs');
const page = readFileSync(join(root, 'docs/jobs.md'), 'utf8');
const manifest = (name: string) => readFileSync(join(folder, name), 'utf8');
/** Whether a program of the system is there. */
const has = (program: string) => spawnSync(program, ['--version']).status === 0;

describe('the page about jobs', () => {
  test.each(readdirSync(folder))('shows %s as it is', (name) => {
    expect(page).toContain(`[\`${name}\`](../examples/jobs/${name}):\n\n\`\`\``);
    const [, shown] = page.split(`(../examples/jobs/${name}):\n\n`);
    const [, text] = /^```\w+\n(.*?)^```$/ms.exec(shown ?? '') ?? [];
    expect(text).toBe(manifest(name));
  });

  test('has every exit code, and no other', () => {
    const rows = page.matchAll(/^\| (\d+) \|/gm);
    const codes = Object.values(exitCodes).sort((left, right) => left - right);
    expect(Array.from(rows, ([, code]) => Number(code))).toEqual(codes);
  });
});

/** What stands behind the name of the command in a line of a manifest. */
function wordsIn(name: string, until: string): string[] {
  const text = manifest(name).replaceAll('\\\n', ' ');
  const [, words = ''] = text.split('/.bin/layerwise ');
  return words.split(until)[0]?.replace('"$SLURM_CPUS_PER_TASK"', '8').trim().split(/\s+/) ?? [];
}

describe('the commands of the manifests', () => {
  const [, job] = parseAllDocuments(manifest('kubernetes.yaml')).map((document) => document.toJS());

  test.each([
    ['kubernetes.yaml', job.spec.template.spec.containers[0].args as string[]],
    ['slurm.sh', wordsIn('slurm.sh', '\n')],
    ['layerwise-training.service', wordsIn('layerwise-training.service', '\n')],
    ['crontab', wordsIn('crontab', '>>')],
  ])('that of %s keeps a run, and goes on with it', async (_, words) => {
    const { invocation } = await parseArguments(words, { version: '' });
    expect(invocation).toMatchObject({
      command: 'train',
      options: { data: 'readings.csv', target: 'power', run: 'run', resume: true },
    });
  });
});

interface Rule {
  readonly action: string;
  readonly onExitCodes?: { readonly operator: string; readonly values: readonly number[] };
}

describe('kubernetes.yaml', () => {
  const documents = parseAllDocuments(manifest('kubernetes.yaml'), { strict: true });
  const [claim, job] = documents.map((document) => document.toJS());

  test('is YAML, of a claim and a Job', () => {
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
    expect([claim.kind, job.kind]).toEqual(['PersistentVolumeClaim', 'Job']);
    const { volumes, containers } = job.spec.template.spec;
    expect(volumes[0].persistentVolumeClaim.claimName).toBe(claim.metadata.name);
    expect(containers[0].volumeMounts[0].name).toBe(volumes[0].name);
    expect(containers[0].volumeMounts[0].mountPath).toBe(containers[0].workingDir);
  });

  test('goes on after what leaves a checkpoint, and ends where another try is in vain', () => {
    const { podFailurePolicy, template } = job.spec;
    const codesOf = (action: string) =>
      (podFailurePolicy.rules as Rule[])
        .filter((rule) => rule.action === action)
        .flatMap(({ onExitCodes }) => onExitCodes?.values ?? []);
    expect(codesOf('Ignore')).toEqual([exitCodes.timeLimit, exitCodes.terminated]);
    expect(codesOf('FailJob')).toEqual([exitCodes.usage]);
    // The API refuses a policy beside any other.
    expect(template.spec.restartPolicy).toBe('Never');
    expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThan(10);
  });
});

describe('slurm.sh', () => {
  test.runIf(has('bash'))('is a script of bash', () => {
    const checked = spawnSync('bash', ['-n', join(folder, 'slurm.sh')], { encoding: 'utf8' });
    expect(checked).toMatchObject({ status: 0, stderr: '' });
  });

  test.runIf(has('bash')).each([
    [exitCodes.ok, false],
    [exitCodes.failure, false],
    [exitCodes.usage, false],
    [exitCodes.timeLimit, true],
    [exitCodes.terminated, true],
  ])('ends with %i, and queues the job again: %s', (code, isQueued) => {
    const stand = `srun() { return ${code}; }; scontrol() { echo "scontrol $*"; };`;
    const ran = spawnSync('bash', ['--norc', '-c', `${stand} ${manifest('slurm.sh')}`], {
      ...{ encoding: 'utf8', env: { SLURM_JOB_ID: '7', SLURM_CPUS_PER_TASK: '2' } },
    });
    expect(ran).toMatchObject({
      ...{ status: code, stdout: isQueued ? 'scontrol requeue 7\n' : '', stderr: '' },
    });
  });
});

describe('layerwise-training.service', () => {
  const unit = manifest('layerwise-training.service');
  const setting = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1];

  test('starts again after all but wrong arguments, and takes SIGTERM for no failure', () => {
    expect(setting('Restart')).toBe('on-failure');
    expect(setting('RestartPreventExitStatus')).toBe(String(exitCodes.usage));
    expect(setting('SuccessExitStatus')).toBe(String(exitCodes.terminated));
    expect(Number(setting('TimeoutStopSec'))).toBeGreaterThan(10);
  });

  test.runIf(has('systemd-analyze'))('is what systemd knows', () => {
    const own = mkdtempSync(join(tmpdir(), 'layerwise-unit-'));
    const file = join(own, 'layerwise-training.service');
    // The command and the user are those of another machine.
    const here = unit
      .replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`)
      .replace(/^User=.*$/m, '');
    writeFileSync(file, here);
    const checked = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    rmSync(own, { recursive: true });
    expect(`${checked.stdout}${checked.stderr}`).not.toContain('layerwise-training.service');
    expect(checked.status).toBe(0);
  });
});

describe('crontab', () => {
  test('has a line of five times and a command', () => {
    const lines = manifest('crontab')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#') && !/^\w+=/.test(line));
    expect(lines).toEqual([expect.stringMatching(/^(\S+ ){5}cd \S+ && \S+/)]);
    // A line of cron ends at a percent sign.
    expect(lines[0]).not.toContain('%');
  });
});
