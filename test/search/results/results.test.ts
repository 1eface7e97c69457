import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import {
  choice,
  Study,
  topTrials,
  trialsAsCsv,
  trialsAsJson,
  trialsAsText,
  trialTable,
} from '../../../lib/search/index.js';
import { sampleStudy } from './sample.js';

test.each<[string, object]>([
  ['study.trials[0].value: expected a finite number or null, received "1"', { value: '1' }],
  ['study.trials[0].error: expected a text or null, received 5', { error: 5 }],
  ['study.trials[0].parameters.x: expected plain data of JSON', { parameters: { x: 1n } }],
  ['study.trials[0].reports[0]: expected a report, received null', { reports: [null] }],
  ['study.trials[0].reports[0].step: expected a finite number', { reports: [{ step: 'a' }] }],
])('records that are none are refused: %s', (message, wrong) => {
  const { space, direction, trials } = sampleStudy();
  const [first] = trials;
  const study = { space, direction, trials: [{ ...first, ...wrong }] } as never;
  expect(() => topTrials(study, 1)).toThrow(message);
  expect(() => trialsAsJson(study)).toThrow(message);
});

describe('the top trials', () => {
  test('are complete ones, the best first, the older of equal ones before the newer', () => {
    for (const [direction, numbers] of [
      ['minimize', [3, 1, 4, 0, 2]],
      ['maximize', [2, 0, 1, 4, 3]],
    ] as const) {
      const study = new Study({ space: { x: choice([1]) }, direction });
      for (const value of [3, 2, 4, 1, 2]) study.ask()?.complete(value);
      study.ask()?.prune();
      study.ask()?.fail('no');
      study.ask();
      expect(topTrials(study, 10).map(({ number }) => number)).toEqual(numbers);
      expect(topTrials(study, 2).map(({ number }) => number)).toEqual(numbers.slice(0, 2));
      expect(topTrials(study, 1)[0]).toBe(study.best);
    }
  });

  test('are counted from 1', () => {
    expect(() => topTrials(sampleStudy(), 0)).toThrow('count: expected an integer, 1 or more');
  });
});

describe('the table', () => {
  test('has a row for each trial and a column for each parameter', () => {
    const { parameters, rows } = trialTable(sampleStudy());
    expect(parameters).toEqual([
      'rate',
      'optimizer',
      'optimizer.sgd.momentum',
      'layers',
      'name',
      'depth',
    ]);
    expect(rows).toHaveLength(5);
    expect(rows[1]).toEqual({
      ...{ number: 1, state: 'complete', value: 1 },
      parameters: [0.5, 'sgd', 0.9, null, 'say "hi"', undefined],
      ...{ lastStep: 4, lastValue: 1.25, seconds: 1.5, error: null },
    });
    expect(rows[2]).toMatchObject({ state: 'pruned', value: null, lastStep: 1, lastValue: null });
    expect(rows[4]).toMatchObject({ state: 'running', lastStep: null, seconds: null });
  });

  test('is text whose columns stand in line, the best trial first', () => {
    const sample = sampleStudy();
    const lines = trialsAsText(sample).split('\n');
    expect(lines).toEqual(
      [
        'trial  state     value     rate  optimizer  optimizer.sgd.momentum  layers  name      depth  steps  seconds  error',
        '-----  --------  -----  -------  ---------  ----------------------  ------  --------  -----  -----  -------  ----------------------',
        '    1  complete      1      0.5  sgd                           0.9  null    say "hi"             4      1.5',
        '    0  complete      2  0.12346  adam                               [8]     a, b                        0.5',
        '    2  pruned                 0  adam                               [8,4]   plain         2      1        1',
        '    3  failed                 1  adam                               [8]     plain         1             0.5  first line, "quoted"…',
        '    4  running                1  adam                               [8]     plain         3',
      ].map((line, index) => (index === 1 ? expect.stringMatching(/^[- ]+$/) : line)),
    );
    expect(trialsAsText(sampleStudy('maximize')).split('\n')[2]).toMatch(/^ {4}0 {2}complete/);
    expect(trialsAsText(sample, { limit: 2 }).split('\n').slice(3)).toEqual([
      expect.stringMatching(/^ {4}0 /),
      'and 3 more',
    ]);
  });
});

describe('the export', () => {
  test('as CSV quotes what has to be quoted and leaves inactive parameters empty', () => {
    expect(trialsAsCsv(sampleStudy())).toBe(
      [
        'number,state,value,parameters.rate,parameters.optimizer,parameters.optimizer.sgd.momentum,parameters.layers,parameters.name,parameters.depth,lastStep,lastValue,seconds,error',
        '0,complete,2,0.123456789,adam,,[8],"a, b",,,,0.5,',
        '1,complete,1,0.5,sgd,0.9,null,"say ""hi""",,4,1.25,1.5,',
        '2,pruned,,0,adam,,"[8,4]",plain,2,1,,1,',
        '3,failed,,1,adam,,[8],plain,1,,,0.5,"first line, ""quoted""\nsecond line"',
        '4,running,,1,adam,,[8],plain,3,,,,',
        '',
      ].join('\n'),
    );
  });

  test('as CSV gives any text back', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[",\r\n ]*$/));
    const property = fc.property(text, text, (option, error) => {
      // A dot would part the names of a group and of a parameter.
      const name = `a${option.replaceAll('.', '')}`;
      const study = new Study({ space: { [name]: choice([option]) } });
      study.ask()?.fail(error);
      const { data } = Papa.parse<string[]>(trialsAsCsv(study), { delimiter: ',', newline: '\n' });
      expect(data[0]?.[3]).toBe(`parameters.${name}`);
      expect(data[1]?.[3]).toBe(option);
      expect(data[1]?.at(-1)).toBe(error);
    });
    fc.assert(property, { numRuns: 200 });
  });

  test('as JSON has all there is', () => {
    const study = sampleStudy('maximize');
    expect(JSON.parse(trialsAsJson(study))).toEqual({
      direction: 'maximize',
      best: 0,
      trials: study.trials,
    });
    const empty = new Study({ space: { x: choice([1]) } });
    expect(JSON.parse(trialsAsJson(empty))).toMatchObject({ best: null, trials: [] });
  });
});
