// Made of program.mjs and program.ko.json by `npm run generate`; not to be edited.
import { dense, maxout, sequential } from '../../../index.js';
import { lineChart, random } from '../../index.js';

export const sources = {
  en: "import { dense, maxout, sequential } from 'layerwise';\nimport { lineChart, random, save } from 'layerwise/course';\n\nconst units = 32;\nconst depth = 10;\nconst numbers = random(1);\nconst row = () => Array.from({ length: units }, () => numbers.normal());\nconst inputs = Array.from({ length: 64 }, row);\nconst targets = inputs.map(([x, y]) => Math.sin(x + y));\n\n// Ten hidden layers of one kind: how large is the gradient that reaches each of them?\nasync function gradientsIn(layer) {\n  const layers = [...Array.from({ length: depth }, () => layer), dense(1)];\n  const model = sequential(layers, { inputSize: units, seed: 1 });\n  const options = { epochs: 1, batchSize: 64, statistics: true };\n  const { statistics } = await model.fit({ inputs, targets }, options);\n  return statistics[0].layers.slice(0, depth).map((one) => one.outputGradients.norm);\n}\n\nconst kinds = {\n  sigmoid: dense(units, { activation: 'sigmoid' }),\n  tanh: dense(units, { activation: 'tanh' }),\n  relu: dense(units, { activation: 'relu' }),\n  leakyRelu: dense(units, { activation: 'leakyRelu' }),\n  maxout: maxout(units),\n};\nconsole.log(`gradient in layer 1, as a multiple of that in layer ${depth}`);\nconst series = {};\nfor (const [name, layer] of Object.entries(kinds)) {\n  series[name] = await gradientsIn(layer);\n  const ratio = series[name][0] / series[name][depth - 1];\n  console.log(name.padEnd(9), ratio < 0.01 ? ratio.toExponential(0) : ratio.toFixed(1));\n}\nconst title = 'Gradients on their way back';\nconst [x, y] = ['layer', 'size of the gradient'];\nawait save(lineChart({ title, x, y, series, logarithmic: 'y' }), 'course-2-activations.svg');\n",
  ko: "import { dense, maxout, sequential } from 'layerwise';\nimport { lineChart, random, save } from 'layerwise/course';\n\nconst units = 32;\nconst depth = 10;\nconst numbers = random(1);\nconst row = () => Array.from({ length: units }, () => numbers.normal());\nconst inputs = Array.from({ length: 64 }, row);\nconst targets = inputs.map(([x, y]) => Math.sin(x + y));\n\n// 같은 은닉층 열 개: 층마다 전해지는 기울기는 얼마나 클까요?\nasync function gradientsIn(layer) {\n  const layers = [...Array.from({ length: depth }, () => layer), dense(1)];\n  const model = sequential(layers, { inputSize: units, seed: 1 });\n  const options = { epochs: 1, batchSize: 64, statistics: true };\n  const { statistics } = await model.fit({ inputs, targets }, options);\n  return statistics[0].layers.slice(0, depth).map((one) => one.outputGradients.norm);\n}\n\nconst kinds = {\n  sigmoid: dense(units, { activation: 'sigmoid' }),\n  tanh: dense(units, { activation: 'tanh' }),\n  relu: dense(units, { activation: 'relu' }),\n  leakyRelu: dense(units, { activation: 'leakyRelu' }),\n  maxout: maxout(units),\n};\nconsole.log(`1층의 기울기는 ${depth}층의 몇 배인가`);\nconst series = {};\nfor (const [name, layer] of Object.entries(kinds)) {\n  series[name] = await gradientsIn(layer);\n  const ratio = series[name][0] / series[name][depth - 1];\n  console.log(name.padEnd(9), ratio < 0.01 ? ratio.toExponential(0) : ratio.toFixed(1));\n}\nconst title = '거꾸로 전해지는 기울기';\nconst [x, y] = ['층', '기울기의 크기'];\nawait save(lineChart({ title, x, y, series, logarithmic: 'y' }), 'course-2-activations.svg');\n",
};

export const run = {
  en: async ({ console, save }) => {
    const units = 32;
    const depth = 10;
    const numbers = random(1);
    const row = () => Array.from({ length: units }, () => numbers.normal());
    const inputs = Array.from({ length: 64 }, row);
    const targets = inputs.map(([x, y]) => Math.sin(x + y));

    // Ten hidden layers of one kind: how large is the gradient that reaches each of them?
    async function gradientsIn(layer) {
      const layers = [...Array.from({ length: depth }, () => layer), dense(1)];
      const model = sequential(layers, { inputSize: units, seed: 1 });
      const options = { epochs: 1, batchSize: 64, statistics: true };
      const { statistics } = await model.fit({ inputs, targets }, options);
      return statistics[0].layers.slice(0, depth).map((one) => one.outputGradients.norm);
    }

    const kinds = {
      sigmoid: dense(units, { activation: 'sigmoid' }),
      tanh: dense(units, { activation: 'tanh' }),
      relu: dense(units, { activation: 'relu' }),
      leakyRelu: dense(units, { activation: 'leakyRelu' }),
      maxout: maxout(units),
    };
    console.log(`gradient in layer 1, as a multiple of that in layer ${depth}`);
    const series = {};
    for (const [name, layer] of Object.entries(kinds)) {
      series[name] = await gradientsIn(layer);
      const ratio = series[name][0] / series[name][depth - 1];
      console.log(name.padEnd(9), ratio < 0.01 ? ratio.toExponential(0) : ratio.toFixed(1));
    }
    const title = 'Gradients on their way back';
    const [x, y] = ['layer', 'size of the gradient'];
    await save(lineChart({ title, x, y, series, logarithmic: 'y' }), 'course-2-activations.svg');
  },
  ko: async ({ console, save }) => {
    const units = 32;
    const depth = 10;
    const numbers = random(1);
    const row = () => Array.from({ length: units }, () => numbers.normal());
    const inputs = Array.from({ length: 64 }, row);
    const targets = inputs.map(([x, y]) => Math.sin(x + y));

    // 같은 은닉층 열 개: 층마다 전해지는 기울기는 얼마나 클까요?
    async function gradientsIn(layer) {
      const layers = [...Array.from({ length: depth }, () => layer), dense(1)];
      const model = sequential(layers, { inputSize: units, seed: 1 });
      const options = { epochs: 1, batchSize: 64, statistics: true };
      const { statistics } = await model.fit({ inputs, targets }, options);
      return statistics[0].layers.slice(0, depth).map((one) => one.outputGradients.norm);
    }

    const kinds = {
      sigmoid: dense(units, { activation: 'sigmoid' }),
      tanh: dense(units, { activation: 'tanh' }),
      relu: dense(units, { activation: 'relu' }),
      leakyRelu: dense(units, { activation: 'leakyRelu' }),
      maxout: maxout(units),
    };
    console.log(`1층의 기울기는 ${depth}층의 몇 배인가`);
    const series = {};
    for (const [name, layer] of Object.entries(kinds)) {
      series[name] = await gradientsIn(layer);
      const ratio = series[name][0] / series[name][depth - 1];
      console.log(name.padEnd(9), ratio < 0.01 ? ratio.toExponential(0) : ratio.toFixed(1));
    }
    const title = '거꾸로 전해지는 기울기';
    const [x, y] = ['층', '기울기의 크기'];
    await save(lineChart({ title, x, y, series, logarithmic: 'y' }), 'course-2-activations.svg');
  },
};
