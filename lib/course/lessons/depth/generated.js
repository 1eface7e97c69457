// Made of program.mjs and program.ko.json by `npm run generate`; not to be edited.
import { activation, dense, residual, sequential } from '../../../index.js';
import { lineChart, random } from '../../index.js';

export const sources = {
  en: "import { activation, dense, residual, sequential } from 'layerwise';\nimport { lineChart, random, save } from 'layerwise/course';\n\n// Two spirals, one inside the other: on which of them is a point?\nconst numbers = random(1);\nconst targets = Array.from({ length: 600 }, (_, row) => row % 2);\nconst inputs = targets.map((arm) => {\n  const turn = 0.3 + 1.2 * numbers.uniform();\n  const angle = 2 * Math.PI * turn + Math.PI * arm;\n  return [turn * Math.cos(angle), turn * Math.sin(angle)];\n});\n\nconst units = 12;\nconst kinds = {\n  sigmoid: dense(units, { activation: 'sigmoid' }),\n  relu: dense(units, { activation: 'relu' }),\n  residual: residual([activation('relu'), dense(units)]),\n};\nconst depths = [1, 2, 4, 8, 16, 32];\nconsole.log('accuracy in %, by the number of hidden layers');\nconsole.log(`layers   ${depths.map((depth) => String(depth).padStart(5)).join('')}`);\nconst series = {};\nfor (const [name, layer] of Object.entries(kinds)) {\n  series[name] = [];\n  for (const depth of depths) {\n    const hidden = Array.from({ length: depth }, () => layer);\n    const layers = [dense(units), ...hidden, dense(1, { activation: 'sigmoid' })];\n    const model = sequential(layers, { inputSize: 2, seed: 1 });\n    await model.fit({ inputs, targets }, { epochs: 50 });\n    const { metrics } = await model.evaluate({ inputs, targets }, { metrics: ['accuracy'] });\n    series[name].push([depth, 100 * metrics.accuracy]);\n  }\n  const line = series[name].map(([, percent]) => percent.toFixed(0).padStart(5)).join('');\n  console.log(name.padEnd(9) + line);\n}\nconst [title, x, y] = ['Two spirals', 'hidden layers', 'accuracy in %'];\nawait save(lineChart({ title, x, y, series, logarithmic: 'x' }), 'course-5-depth.svg');\n",
  ko: "import { activation, dense, residual, sequential } from 'layerwise';\nimport { lineChart, random, save } from 'layerwise/course';\n\n// 서로 감긴 두 나선: 점은 어느 나선 위에 있을까요?\nconst numbers = random(1);\nconst targets = Array.from({ length: 600 }, (_, row) => row % 2);\nconst inputs = targets.map((arm) => {\n  const turn = 0.3 + 1.2 * numbers.uniform();\n  const angle = 2 * Math.PI * turn + Math.PI * arm;\n  return [turn * Math.cos(angle), turn * Math.sin(angle)];\n});\n\nconst units = 12;\nconst kinds = {\n  sigmoid: dense(units, { activation: 'sigmoid' }),\n  relu: dense(units, { activation: 'relu' }),\n  residual: residual([activation('relu'), dense(units)]),\n};\nconst depths = [1, 2, 4, 8, 16, 32];\nconsole.log('은닉층 수에 따른 정확도(%)');\nconsole.log(`층 수    ${depths.map((depth) => String(depth).padStart(5)).join('')}`);\nconst series = {};\nfor (const [name, layer] of Object.entries(kinds)) {\n  series[name] = [];\n  for (const depth of depths) {\n    const hidden = Array.from({ length: depth }, () => layer);\n    const layers = [dense(units), ...hidden, dense(1, { activation: 'sigmoid' })];\n    const model = sequential(layers, { inputSize: 2, seed: 1 });\n    await model.fit({ inputs, targets }, { epochs: 50 });\n    const { metrics } = await model.evaluate({ inputs, targets }, { metrics: ['accuracy'] });\n    series[name].push([depth, 100 * metrics.accuracy]);\n  }\n  const line = series[name].map(([, percent]) => percent.toFixed(0).padStart(5)).join('');\n  console.log(name.padEnd(9) + line);\n}\nconst [title, x, y] = ['두 나선', '은닉층 수', '정확도(%)'];\nawait save(lineChart({ title, x, y, series, logarithmic: 'x' }), 'course-5-depth.svg');\n",
};

export const run = {
  en: async ({ console, save }) => {
    // Two spirals, one inside the other: on which of them is a point?
    const numbers = random(1);
    const targets = Array.from({ length: 600 }, (_, row) => row % 2);
    const inputs = targets.map((arm) => {
      const turn = 0.3 + 1.2 * numbers.uniform();
      const angle = 2 * Math.PI * turn + Math.PI * arm;
      return [turn * Math.cos(angle), turn * Math.sin(angle)];
    });

    const units = 12;
    const kinds = {
      sigmoid: dense(units, { activation: 'sigmoid' }),
      relu: dense(units, { activation: 'relu' }),
      residual: residual([activation('relu'), dense(units)]),
    };
    const depths = [1, 2, 4, 8, 16, 32];
    console.log('accuracy in %, by the number of hidden layers');
    console.log(`layers   ${depths.map((depth) => String(depth).padStart(5)).join('')}`);
    const series = {};
    for (const [name, layer] of Object.entries(kinds)) {
      series[name] = [];
      for (const depth of depths) {
        const hidden = Array.from({ length: depth }, () => layer);
        const layers = [dense(units), ...hidden, dense(1, { activation: 'sigmoid' })];
        const model = sequential(layers, { inputSize: 2, seed: 1 });
        await model.fit({ inputs, targets }, { epochs: 50 });
        const { metrics } = await model.evaluate({ inputs, targets }, { metrics: ['accuracy'] });
        series[name].push([depth, 100 * metrics.accuracy]);
      }
      const line = series[name].map(([, percent]) => percent.toFixed(0).padStart(5)).join('');
      console.log(name.padEnd(9) + line);
    }
    const [title, x, y] = ['Two spirals', 'hidden layers', 'accuracy in %'];
    await save(lineChart({ title, x, y, series, logarithmic: 'x' }), 'course-5-depth.svg');
  },
  ko: async ({ console, save }) => {
    // 서로 감긴 두 나선: 점은 어느 나선 위에 있을까요?
    const numbers = random(1);
    const targets = Array.from({ length: 600 }, (_, row) => row % 2);
    const inputs = targets.map((arm) => {
      const turn = 0.3 + 1.2 * numbers.uniform();
      const angle = 2 * Math.PI * turn + Math.PI * arm;
      return [turn * Math.cos(angle), turn * Math.sin(angle)];
    });

    const units = 12;
    const kinds = {
      sigmoid: dense(units, { activation: 'sigmoid' }),
      relu: dense(units, { activation: 'relu' }),
      residual: residual([activation('relu'), dense(units)]),
    };
    const depths = [1, 2, 4, 8, 16, 32];
    console.log('은닉층 수에 따른 정확도(%)');
    console.log(`층 수    ${depths.map((depth) => String(depth).padStart(5)).join('')}`);
    const series = {};
    for (const [name, layer] of Object.entries(kinds)) {
      series[name] = [];
      for (const depth of depths) {
        const hidden = Array.from({ length: depth }, () => layer);
        const layers = [dense(units), ...hidden, dense(1, { activation: 'sigmoid' })];
        const model = sequential(layers, { inputSize: 2, seed: 1 });
        await model.fit({ inputs, targets }, { epochs: 50 });
        const { metrics } = await model.evaluate({ inputs, targets }, { metrics: ['accuracy'] });
        series[name].push([depth, 100 * metrics.accuracy]);
      }
      const line = series[name].map(([, percent]) => percent.toFixed(0).padStart(5)).join('');
      console.log(name.padEnd(9) + line);
    }
    const [title, x, y] = ['두 나선', '은닉층 수', '정확도(%)'];
    await save(lineChart({ title, x, y, series, logarithmic: 'x' }), 'course-5-depth.svg');
  },
};
