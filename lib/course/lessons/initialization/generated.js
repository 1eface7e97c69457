// Made of program.mjs and program.ko.json by `npm run generate`; not to be edited.
import { dense, normal, sequential } from '../../../index.js';
import { histograms, random } from '../../index.js';

export const sources = {
  en: "import { dense, normal, sequential } from 'layerwise';\nimport { histograms, random, save } from 'layerwise/course';\n\nconst [width, depth] = [100, 8];\nconst numbers = random(1);\nconst inputs = Float32Array.from({ length: 200 * width }, () => numbers.normal()); // 200 rows\n\nconst large = normal({ standardDeviation: 1 });\nconst cases = {\n  'small, tanh': dense(width, { activation: 'tanh', kernelInitializer: 'smallRandom' }),\n  'large, tanh': dense(width, { activation: 'tanh', kernelInitializer: large }),\n  'Xavier, tanh': dense(width, { activation: 'tanh', kernelInitializer: 'xavierNormal' }),\n  'Xavier, relu': dense(width, { activation: 'relu', kernelInitializer: 'xavierNormal' }),\n  'He, relu': dense(width, { activation: 'relu', kernelInitializer: 'heNormal' }),\n};\nconst sizeOf = (values) => Math.hypot(...values) / Math.sqrt(values.length);\nconsole.log(`root mean square of the activations in layers 1 and ${depth}`);\nconst rows = {};\nfor (const [name, layer] of Object.entries(cases)) {\n  const model = sequential(new Array(depth).fill(layer), { inputSize: width, seed: 1 });\n  rows[name] = (await model.activations(inputs)).map(({ outputs }) => outputs.values);\n  const ends = [rows[name][0], rows[name][depth - 1]].map(sizeOf);\n  console.log(name.padEnd(13), ends.map((size) => size.toPrecision(1)).join('  '));\n}\n\n// Weights that start equal get equal updates: the units stay copies of each other.\nconst targets = Array.from({ length: 200 }, (_, row) => inputs[row * width]);\nfor (const kernelInitializer of ['zeros', 'xavierNormal']) {\n  const layers = [10, 1].map((units) => dense(units, { activation: 'tanh', kernelInitializer }));\n  const model = sequential(layers, { inputSize: width, seed: 1 });\n  await model.fit({ inputs, targets }, { epochs: 5 });\n  const [hidden] = await model.activations(inputs.subarray(0, width), { layers: [0] });\n  const different = new Set(hidden.outputs.values).size;\n  console.log(`started from ${kernelInitializer}, distinct units: ${different} of 10`);\n}\nconst [title, columns, range] = ['Activations, layer by layer', 'layer', [-2, 2]];\nawait save(histograms({ title, columns, range, rows }), 'course-7-initialization.svg');\n",
  ko: "import { dense, normal, sequential } from 'layerwise';\nimport { histograms, random, save } from 'layerwise/course';\n\nconst [width, depth] = [100, 8];\nconst numbers = random(1);\nconst inputs = Float32Array.from({ length: 200 * width }, () => numbers.normal()); // 200행\n\nconst large = normal({ standardDeviation: 1 });\nconst cases = {\n  '작은 값, tanh': dense(width, { activation: 'tanh', kernelInitializer: 'smallRandom' }),\n  '큰 값, tanh': dense(width, { activation: 'tanh', kernelInitializer: large }),\n  'Xavier, tanh': dense(width, { activation: 'tanh', kernelInitializer: 'xavierNormal' }),\n  'Xavier, relu': dense(width, { activation: 'relu', kernelInitializer: 'xavierNormal' }),\n  'He, relu': dense(width, { activation: 'relu', kernelInitializer: 'heNormal' }),\n};\nconst sizeOf = (values) => Math.hypot(...values) / Math.sqrt(values.length);\nconsole.log(`1층과 ${depth}층 활성값의 RMS(제곱 평균의 제곱근)`);\nconst rows = {};\nfor (const [name, layer] of Object.entries(cases)) {\n  const model = sequential(new Array(depth).fill(layer), { inputSize: width, seed: 1 });\n  rows[name] = (await model.activations(inputs)).map(({ outputs }) => outputs.values);\n  const ends = [rows[name][0], rows[name][depth - 1]].map(sizeOf);\n  console.log(`${name}:`, ends.map((size) => size.toPrecision(1)).join('  '));\n}\n\n// 똑같이 시작한 가중치는 똑같이 갱신되어, 유닛들이 서로의 복사본으로 남습니다.\nconst targets = Array.from({ length: 200 }, (_, row) => inputs[row * width]);\nfor (const kernelInitializer of ['zeros', 'xavierNormal']) {\n  const layers = [10, 1].map((units) => dense(units, { activation: 'tanh', kernelInitializer }));\n  const model = sequential(layers, { inputSize: width, seed: 1 });\n  await model.fit({ inputs, targets }, { epochs: 5 });\n  const [hidden] = await model.activations(inputs.subarray(0, width), { layers: [0] });\n  const different = new Set(hidden.outputs.values).size;\n  console.log(`${kernelInitializer}로 시작하면: 유닛 10개 가운데 서로 다른 것 ${different}개`);\n}\nconst [title, columns, range] = ['층별 활성값', '층', [-2, 2]];\nawait save(histograms({ title, columns, range, rows }), 'course-7-initialization.svg');\n",
};

export const run = {
  en: async ({ console, save }) => {
    const [width, depth] = [100, 8];
    const numbers = random(1);
    const inputs = Float32Array.from({ length: 200 * width }, () => numbers.normal()); // 200 rows

    const large = normal({ standardDeviation: 1 });
    const cases = {
      'small, tanh': dense(width, { activation: 'tanh', kernelInitializer: 'smallRandom' }),
      'large, tanh': dense(width, { activation: 'tanh', kernelInitializer: large }),
      'Xavier, tanh': dense(width, { activation: 'tanh', kernelInitializer: 'xavierNormal' }),
      'Xavier, relu': dense(width, { activation: 'relu', kernelInitializer: 'xavierNormal' }),
      'He, relu': dense(width, { activation: 'relu', kernelInitializer: 'heNormal' }),
    };
    const sizeOf = (values) => Math.hypot(...values) / Math.sqrt(values.length);
    console.log(`root mean square of the activations in layers 1 and ${depth}`);
    const rows = {};
    for (const [name, layer] of Object.entries(cases)) {
      const model = sequential(new Array(depth).fill(layer), { inputSize: width, seed: 1 });
      rows[name] = (await model.activations(inputs)).map(({ outputs }) => outputs.values);
      const ends = [rows[name][0], rows[name][depth - 1]].map(sizeOf);
      console.log(name.padEnd(13), ends.map((size) => size.toPrecision(1)).join('  '));
    }

    // Weights that start equal get equal updates: the units stay copies of each other.
    const targets = Array.from({ length: 200 }, (_, row) => inputs[row * width]);
    for (const kernelInitializer of ['zeros', 'xavierNormal']) {
      const layers = [10, 1].map((units) => dense(units, { activation: 'tanh', kernelInitializer }));
      const model = sequential(layers, { inputSize: width, seed: 1 });
      await model.fit({ inputs, targets }, { epochs: 5 });
      const [hidden] = await model.activations(inputs.subarray(0, width), { layers: [0] });
      const different = new Set(hidden.outputs.values).size;
      console.log(`started from ${kernelInitializer}, distinct units: ${different} of 10`);
    }
    const [title, columns, range] = ['Activations, layer by layer', 'layer', [-2, 2]];
    await save(histograms({ title, columns, range, rows }), 'course-7-initialization.svg');
  },
  ko: async ({ console, save }) => {
    const [width, depth] = [100, 8];
    const numbers = random(1);
    const inputs = Float32Array.from({ length: 200 * width }, () => numbers.normal()); // 200행

    const large = normal({ standardDeviation: 1 });
    const cases = {
      '작은 값, tanh': dense(width, { activation: 'tanh', kernelInitializer: 'smallRandom' }),
      '큰 값, tanh': dense(width, { activation: 'tanh', kernelInitializer: large }),
      'Xavier, tanh': dense(width, { activation: 'tanh', kernelInitializer: 'xavierNormal' }),
      'Xavier, relu': dense(width, { activation: 'relu', kernelInitializer: 'xavierNormal' }),
      'He, relu': dense(width, { activation: 'relu', kernelInitializer: 'heNormal' }),
    };
    const sizeOf = (values) => Math.hypot(...values) / Math.sqrt(values.length);
    console.log(`1층과 ${depth}층 활성값의 RMS(제곱 평균의 제곱근)`);
    const rows = {};
    for (const [name, layer] of Object.entries(cases)) {
      const model = sequential(new Array(depth).fill(layer), { inputSize: width, seed: 1 });
      rows[name] = (await model.activations(inputs)).map(({ outputs }) => outputs.values);
      const ends = [rows[name][0], rows[name][depth - 1]].map(sizeOf);
      console.log(`${name}:`, ends.map((size) => size.toPrecision(1)).join('  '));
    }

    // 똑같이 시작한 가중치는 똑같이 갱신되어, 유닛들이 서로의 복사본으로 남습니다.
    const targets = Array.from({ length: 200 }, (_, row) => inputs[row * width]);
    for (const kernelInitializer of ['zeros', 'xavierNormal']) {
      const layers = [10, 1].map((units) => dense(units, { activation: 'tanh', kernelInitializer }));
      const model = sequential(layers, { inputSize: width, seed: 1 });
      await model.fit({ inputs, targets }, { epochs: 5 });
      const [hidden] = await model.activations(inputs.subarray(0, width), { layers: [0] });
      const different = new Set(hidden.outputs.values).size;
      console.log(`${kernelInitializer}로 시작하면: 유닛 10개 가운데 서로 다른 것 ${different}개`);
    }
    const [title, columns, range] = ['층별 활성값', '층', [-2, 2]];
    await save(histograms({ title, columns, range, rows }), 'course-7-initialization.svg');
  },
};
