import { cpSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import type { Step } from '../step.js';

/** Ways of a package that go round its installation. */

const offline: Step = {
  name: 'offline',
  about: 'installed without a network, from the cache of npm, with --ignore-scripts',
  quick: true,
  async run(workplace) {
    const online = workplace.project('online');
    await online.install();
    const project = workplace.project('offline');
    await project.install({ flags: ['--offline', '--ignore-scripts'] });
    await project.use();
  },
};

const copied: Step = {
  name: 'copied',
  about: 'a node_modules that is copied, with what another system compiled in it',
  quick: true,
  async run(workplace) {
    const source = workplace.project('copied-from');
    await source.install();
    const project = workplace.project('copied-to');
    cpSync(source.path('node_modules'), project.path('node_modules'), { recursive: true });
    renameSync(source.path('node_modules'), source.path('gone'));
    await project.use();
    const built = project.path('node_modules/layerwise/build/Release');
    mkdirSync(built, { recursive: true });
    // The beginning of a library of macOS.
    writeFileSync(
      `${built}/layerwise.node`,
      Buffer.from('cffaedfe0c000001'.padEnd(512, '0'), 'hex'),
    );
    await project.use();
  },
};

export const copies: readonly Step[] = [offline, copied];
