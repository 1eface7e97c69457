import { describe, expect, test } from 'vitest';
import { buildProgram } from '../../../lib/cli/arguments/arguments.js';
import { flagsOf, nameOf } from '../../../lib/cli/arguments/flags.js';
import { warningText, withCliAdvice } from '../../../lib/cli/train/warningText.js';
import {
  constantTargets,
  lossRules,
  statisticsRules,
  warningOf,
} from '../../../lib/model/warnings.js';

const rules = [constantTargets, ...lossRules, ...statisticsRules];

describe('warnings of a training', () => {
  test.each(rules.map(({ code, remedy }) => [code, remedy] as const))(
    'name flags of the command: %s',
    (code, remedy) => {
      const warning = warningOf({ code, remedy }, { path: 'loss', problem: 'it rises' }, 3);
      const text = warningText(warning);
      expect(text).toMatch(/^loss: it rises\. [A-Z].*\.$/);
      const train = buildProgram({ version: '' }, () => {}).commands[0];
      const flags = train ? flagsOf(train).map(nameOf) : [];
      const named = text.match(/--[a-z-]+/g) ?? [];
      expect(named.length).toBeGreaterThan(0);
      for (const flag of named) expect(flags).toContain(flag);
      expect(withCliAdvice(warning)).toMatchObject({ code, epoch: 3, message: text });
    },
  );
});
