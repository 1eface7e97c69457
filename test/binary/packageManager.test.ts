import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Installation } from './installation.js';

/** What the remedy names, by the folder that the package lies in and by what lies around it. */
describe('the remedy is for the program that installed the package', () => {
  const situations: readonly {
    readonly name: string;
    readonly command: string;
    readonly place?: string;
    readonly files?: readonly string[];
    readonly userAgent?: string;
  }[] = [
    { name: 'npm', command: 'npx layerwise build' },
    {
      name: 'pnpm',
      command: 'pnpm exec layerwise build',
      place: 'node_modules/.pnpm/layerwise@1.0.0/node_modules/layerwise',
    },
    {
      name: 'pnpm with flat folders',
      command: 'pnpm exec layerwise build',
      files: ['node_modules/.modules.yaml', 'package-lock.json'],
    },
    {
      name: 'pnpm with one store for all projects',
      command: 'pnpm exec layerwise build',
      place: 'share/pnpm/store/v10/links/layerwise/1.0.0/node_modules/layerwise',
    },
    { name: 'yarn 1', command: 'yarn layerwise build', files: ['node_modules/.yarn-integrity'] },
    {
      name: 'yarn with node_modules',
      command: 'yarn layerwise build',
      files: ['node_modules/.yarn-state.yml'],
    },
    {
      name: "yarn plug'n'play",
      command: 'yarn layerwise build',
      place: '.yarn/unplugged/layerwise-npm-1.0.0-ab/node_modules/layerwise',
    },
    { name: 'bun', command: 'bunx layerwise build', files: ['bun.lock'] },
    {
      name: 'bun with isolated packages',
      command: 'bunx layerwise build',
      place: 'node_modules/.bun/layerwise@1.0.0/node_modules/layerwise',
    },
    {
      name: 'deno',
      command: 'deno run --allow-all npm:layerwise build',
      place: 'node_modules/.deno/layerwise@1.0.0/node_modules/layerwise',
    },
    {
      name: 'a workspace of yarn',
      command: 'yarn layerwise build',
      place: 'packages/app/node_modules/layerwise',
      files: ['yarn.lock'],
    },
    {
      name: 'a program that pnpm has started',
      command: 'pnpm exec layerwise build',
      userAgent: 'pnpm/10.2.0 npm/? node/v22.1.0 linux x64',
    },
    {
      name: 'an npm that something unknown has started',
      command: 'npx layerwise build',
      userAgent: '__proto__/1.0',
    },
  ];

  test.each(situations)('$name', async ({ command, place, files = [], userAgent }) => {
    const installation = await Installation.create(place);
    try {
      for (const file of files) {
        await mkdir(join(installation.project, file, '..'), { recursive: true });
        await writeFile(join(installation.project, file), '');
      }
      const environment = userAgent === undefined ? {} : { npm_config_user_agent: userAgent };
      const { error } = await installation.load({ environment });
      expect(error?.remedy).toContain(`\`${command}\``);
    } finally {
      await installation.remove();
    }
  });
});
