import { choice, float, int, Study, variants } from '../../../lib/search/index.js';

/** A study with a trial in every state, and parameters that are not always active. */
export function sampleStudy(direction: 'minimize' | 'maximize' = 'minimize') {
  let now = 1_000_000;
  const study = new Study({
    space: {
      rate: float(0, 1),
      optimizer: variants({ adam: {}, sgd: { momentum: float(0, 1) } }),
      layers: choice([[8], [8, 4], null]),
      name: choice(['a, b', 'say "hi"', 'plain']),
      depth: int(1, 3, { when: { name: 'plain' } }),
    },
    direction,
    now: () => (now += 500),
  });
  const ask = (fixed: Parameters<typeof study.ask>[0]) => {
    const trial = study.ask(fixed);
    if (!trial) throw new Error('random sampling does not end');
    return trial;
  };
  const adam = { optimizer: 'adam' };
  ask({ rate: 0.123456789, ...adam, layers: [8], name: 'a, b' }).complete(2);
  const second = ask({
    ...{ rate: 0.5, optimizer: 'sgd', 'optimizer.sgd.momentum': 0.9 },
    ...{ layers: null, name: 'say "hi"' },
  });
  second.report(1, 3);
  second.report(4, 1.25);
  second.complete(1);
  const third = ask({ rate: 0, ...adam, layers: [8, 4], name: 'plain', depth: 2 });
  third.report(1, Number.NaN);
  third.prune();
  ask({ rate: 1, ...adam, layers: [8], name: 'plain', depth: 1 }).fail(
    new Error('first line, "quoted"\nsecond line'),
  );
  ask({ rate: 1, ...adam, layers: [8], name: 'plain', depth: 3 });
  return study;
}
