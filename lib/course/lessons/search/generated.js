// Made of program.mjs and program.ko.json by `npm run generate`; not to be edited.
import { adam, dense, sequential } from '../../../index.js';
import { lineChart, random } from '../../index.js';
import { float, gridSampler, randomSampler, search } from '../../../search/index.js';

export const sources = {
  en: "import { adam, dense, sequential } from 'layerwise';\nimport { lineChart, random, save } from 'layerwise/course';\nimport { float, gridSampler, randomSampler, search } from 'layerwise/search';\n\nconst numbers = random(1);\nconst inputs = Array.from({ length: 200 }, () => [numbers.uniform(), numbers.uniform()]);\nconst targets = inputs.map(([x, y]) => Math.sin(5 * x) * Math.cos(3 * y));\n\n// Weights are parameters, which training finds. The learning rate is a hyper-parameter.\nasync function objective({ values: { learningRate, beta1 } }) {\n  const layers = [dense(16, { activation: 'tanh' }), dense(1)];\n  const model = sequential(layers, { inputSize: 2, seed: 1 });\n  const options = { epochs: 20, validation: 0.3, optimizer: adam({ learningRate, beta1 }) };\n  return (await model.fit({ inputs, targets }, options)).epochs.at(-1).validation.loss;\n}\n\nconst rate = (low, high) => float(low, high, { log: true });\nconst anywhere = { learningRate: rate(1e-4, 1), beta1: float(0.5, 0.95) };\nconst run = (space, trials, sampler) => search({ objective, space, trials, sampler, seed: 1 });\nconst grid = await run(anywhere, 16, gridSampler({ points: 4 }));\nconst chance = await run(anywhere, 16, randomSampler());\n// Half of the trials anywhere, and the other half around the best of them.\nconst coarse = await run(anywhere, 8, randomSampler());\nconst { learningRate: best } = coarse.best.parameters;\nconst around = { ...anywhere, learningRate: rate(best / 3, Math.min(1, best * 3)) };\nconst fine = await run(around, 8, randomSampler());\n\nconst series = {};\nconst studies = { grid: [grid], random: [chance], 'coarse to fine': [coarse, fine] };\nfor (const [name, parts] of Object.entries(studies)) {\n  const trials = parts.flatMap((study) => study.trials);\n  series[name] = trials.map(({ parameters, value }) => [parameters.learningRate, value]);\n  const rates = new Set(series[name].map(([one]) => one)).size;\n  const lowest = Math.min(...series[name].map(([, loss]) => loss));\n  console.log(`${name.padEnd(14)} ${rates} learning rates tried, lowest loss ${lowest.toFixed(3)}`);\n}\nconst [title, x, y] = ['Sixteen trials each', 'learning rate', 'validation loss'];\nconst style = { logarithmic: 'both', scattered: true };\nawait save(lineChart({ title, x, y, series, ...style }), 'course-6-search.svg');\n",
  ko: "import { adam, dense, sequential } from 'layerwise';\nimport { lineChart, random, save } from 'layerwise/course';\nimport { float, gridSampler, randomSampler, search } from 'layerwise/search';\n\nconst numbers = random(1);\nconst inputs = Array.from({ length: 200 }, () => [numbers.uniform(), numbers.uniform()]);\nconst targets = inputs.map(([x, y]) => Math.sin(5 * x) * Math.cos(3 * y));\n\n// 가중치는 학습이 찾는 파라미터이고, 학습률은 하이퍼파라미터입니다.\nasync function objective({ values: { learningRate, beta1 } }) {\n  const layers = [dense(16, { activation: 'tanh' }), dense(1)];\n  const model = sequential(layers, { inputSize: 2, seed: 1 });\n  const options = { epochs: 20, validation: 0.3, optimizer: adam({ learningRate, beta1 }) };\n  return (await model.fit({ inputs, targets }, options)).epochs.at(-1).validation.loss;\n}\n\nconst rate = (low, high) => float(low, high, { log: true });\nconst anywhere = { learningRate: rate(1e-4, 1), beta1: float(0.5, 0.95) };\nconst run = (space, trials, sampler) => search({ objective, space, trials, sampler, seed: 1 });\nconst grid = await run(anywhere, 16, gridSampler({ points: 4 }));\nconst chance = await run(anywhere, 16, randomSampler());\n// 절반은 넓은 범위에서, 나머지 절반은 그중 가장 좋았던 곳 주변에서 시도합니다.\nconst coarse = await run(anywhere, 8, randomSampler());\nconst { learningRate: best } = coarse.best.parameters;\nconst around = { ...anywhere, learningRate: rate(best / 3, Math.min(1, best * 3)) };\nconst fine = await run(around, 8, randomSampler());\n\nconst series = {};\nconst studies = { 격자: [grid], 무작위: [chance], '성긴 → 세밀': [coarse, fine] };\nfor (const [name, parts] of Object.entries(studies)) {\n  const trials = parts.flatMap((study) => study.trials);\n  series[name] = trials.map(({ parameters, value }) => [parameters.learningRate, value]);\n  const rates = new Set(series[name].map(([one]) => one)).size;\n  const lowest = Math.min(...series[name].map(([, loss]) => loss));\n  console.log(`${name}: 시도한 학습률 ${rates}가지, 가장 작은 손실 ${lowest.toFixed(3)}`);\n}\nconst [title, x, y] = ['열여섯 번씩 시도', '학습률', '검증 손실'];\nconst style = { logarithmic: 'both', scattered: true };\nawait save(lineChart({ title, x, y, series, ...style }), 'course-6-search.svg');\n",
};

export const run = {
  en: async ({ console, save }) => {
    const numbers = random(1);
    const inputs = Array.from({ length: 200 }, () => [numbers.uniform(), numbers.uniform()]);
    const targets = inputs.map(([x, y]) => Math.sin(5 * x) * Math.cos(3 * y));

    // Weights are parameters, which training finds. The learning rate is a hyper-parameter.
    async function objective({ values: { learningRate, beta1 } }) {
      const layers = [dense(16, { activation: 'tanh' }), dense(1)];
      const model = sequential(layers, { inputSize: 2, seed: 1 });
      const options = { epochs: 20, validation: 0.3, optimizer: adam({ learningRate, beta1 }) };
      return (await model.fit({ inputs, targets }, options)).epochs.at(-1).validation.loss;
    }

    const rate = (low, high) => float(low, high, { log: true });
    const anywhere = { learningRate: rate(1e-4, 1), beta1: float(0.5, 0.95) };
    const run = (space, trials, sampler) => search({ objective, space, trials, sampler, seed: 1 });
    const grid = await run(anywhere, 16, gridSampler({ points: 4 }));
    const chance = await run(anywhere, 16, randomSampler());
    // Half of the trials anywhere, and the other half around the best of them.
    const coarse = await run(anywhere, 8, randomSampler());
    const { learningRate: best } = coarse.best.parameters;
    const around = { ...anywhere, learningRate: rate(best / 3, Math.min(1, best * 3)) };
    const fine = await run(around, 8, randomSampler());

    const series = {};
    const studies = { grid: [grid], random: [chance], 'coarse to fine': [coarse, fine] };
    for (const [name, parts] of Object.entries(studies)) {
      const trials = parts.flatMap((study) => study.trials);
      series[name] = trials.map(({ parameters, value }) => [parameters.learningRate, value]);
      const rates = new Set(series[name].map(([one]) => one)).size;
      const lowest = Math.min(...series[name].map(([, loss]) => loss));
      console.log(`${name.padEnd(14)} ${rates} learning rates tried, lowest loss ${lowest.toFixed(3)}`);
    }
    const [title, x, y] = ['Sixteen trials each', 'learning rate', 'validation loss'];
    const style = { logarithmic: 'both', scattered: true };
    await save(lineChart({ title, x, y, series, ...style }), 'course-6-search.svg');
  },
  ko: async ({ console, save }) => {
    const numbers = random(1);
    const inputs = Array.from({ length: 200 }, () => [numbers.uniform(), numbers.uniform()]);
    const targets = inputs.map(([x, y]) => Math.sin(5 * x) * Math.cos(3 * y));

    // 가중치는 학습이 찾는 파라미터이고, 학습률은 하이퍼파라미터입니다.
    async function objective({ values: { learningRate, beta1 } }) {
      const layers = [dense(16, { activation: 'tanh' }), dense(1)];
      const model = sequential(layers, { inputSize: 2, seed: 1 });
      const options = { epochs: 20, validation: 0.3, optimizer: adam({ learningRate, beta1 }) };
      return (await model.fit({ inputs, targets }, options)).epochs.at(-1).validation.loss;
    }

    const rate = (low, high) => float(low, high, { log: true });
    const anywhere = { learningRate: rate(1e-4, 1), beta1: float(0.5, 0.95) };
    const run = (space, trials, sampler) => search({ objective, space, trials, sampler, seed: 1 });
    const grid = await run(anywhere, 16, gridSampler({ points: 4 }));
    const chance = await run(anywhere, 16, randomSampler());
    // 절반은 넓은 범위에서, 나머지 절반은 그중 가장 좋았던 곳 주변에서 시도합니다.
    const coarse = await run(anywhere, 8, randomSampler());
    const { learningRate: best } = coarse.best.parameters;
    const around = { ...anywhere, learningRate: rate(best / 3, Math.min(1, best * 3)) };
    const fine = await run(around, 8, randomSampler());

    const series = {};
    const studies = { 격자: [grid], 무작위: [chance], '성긴 → 세밀': [coarse, fine] };
    for (const [name, parts] of Object.entries(studies)) {
      const trials = parts.flatMap((study) => study.trials);
      series[name] = trials.map(({ parameters, value }) => [parameters.learningRate, value]);
      const rates = new Set(series[name].map(([one]) => one)).size;
      const lowest = Math.min(...series[name].map(([, loss]) => loss));
      console.log(`${name}: 시도한 학습률 ${rates}가지, 가장 작은 손실 ${lowest.toFixed(3)}`);
    }
    const [title, x, y] = ['열여섯 번씩 시도', '학습률', '검증 손실'];
    const style = { logarithmic: 'both', scattered: true };
    await save(lineChart({ title, x, y, series, ...style }), 'course-6-search.svg');
  },
};
