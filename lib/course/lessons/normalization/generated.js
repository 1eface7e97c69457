// Made of program.mjs and program.ko.json by `npm run generate`; not to be edited.
import { activation, batchNorm, dense, sequential, sgd } from '../../../index.js';
import { digits, lineChart } from '../../index.js';

export const sources = {
  en: "import { activation, batchNorm, dense, sequential, sgd } from 'layerwise';\nimport { digits, lineChart, save } from 'layerwise/course';\n\n// Grey levels of mean 0 and variance 1, about: normalised inputs, as a network likes them.\nconst normalised = ({ values, ...size }) => ({\n  ...size,\n  values: values.map((ink) => (ink - 0.13) / 0.28),\n});\nconst training = await digits(1500);\nconst test = await digits(500, { test: true });\nconsole.log('digits:', training.source);\nconst data = { inputs: normalised(training.images), targets: training.labels };\nconst unseen = { inputs: normalised(test.images), targets: test.labels };\n\nconst deviation = ({ values }) => {\n  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;\n  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);\n};\nconst kinds = {\n  'inputs alone': [dense(48), activation('sigmoid')],\n  'every layer': [dense(48), batchNorm(), activation('sigmoid')],\n};\nconsole.log('normalised     standard deviation in layers 1 and 5   accuracy');\nconst series = {};\nfor (const [name, layer] of Object.entries(kinds)) {\n  const hidden = Array.from({ length: 5 }, () => layer).flat();\n  const layers = [...hidden, dense(10, { activation: 'softmax' })];\n  const model = sequential(layers, { inputSize: 196, seed: 1 });\n  const { epochs } = await model.fit(data, { epochs: 12, optimizer: sgd({ learningRate: 0.5 }) });\n  series[name] = epochs.map(({ loss }) => loss);\n  const ends = [layer.length - 1, hidden.length - 1];\n  const found = await model.activations(unseen.inputs, { layers: ends });\n  const deviations = found.map(({ outputs }) => deviation(outputs).toFixed(2)).join('  ');\n  const { metrics } = await model.evaluate(unseen, { metrics: ['accuracy'] });\n  const percent = (100 * metrics.accuracy).toFixed(0);\n  console.log(`${name.padEnd(14)} ${deviations.padStart(36)} ${percent.padStart(8)} %`);\n}\nconst [title, x, y] = ['Five layers of sigmoid', 'epoch', 'loss'];\nawait save(lineChart({ title, x, y, series }), 'course-8-normalization.svg');\n",
  ko: "import { activation, batchNorm, dense, sequential, sgd } from 'layerwise';\nimport { digits, lineChart, save } from 'layerwise/course';\n\n// 평균 0, 분산 1에 가깝게 맞춘 픽셀 값: 신경망이 좋아하는 정규화된 입력입니다.\nconst normalised = ({ values, ...size }) => ({\n  ...size,\n  values: values.map((ink) => (ink - 0.13) / 0.28),\n});\nconst training = await digits(1500);\nconst test = await digits(500, { test: true });\nconsole.log('숫자:', training.source === 'drawn' ? '프로그램이 그린 것' : 'MNIST');\nconst data = { inputs: normalised(training.images), targets: training.labels };\nconst unseen = { inputs: normalised(test.images), targets: test.labels };\n\nconst deviation = ({ values }) => {\n  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;\n  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);\n};\nconst kinds = {\n  '입력만': [dense(48), activation('sigmoid')],\n  '모든 층': [dense(48), batchNorm(), activation('sigmoid')],\n};\nconsole.log('정규화한 곳   1층과 5층의 표준편차   정확도');\nconst series = {};\nfor (const [name, layer] of Object.entries(kinds)) {\n  const hidden = Array.from({ length: 5 }, () => layer).flat();\n  const layers = [...hidden, dense(10, { activation: 'softmax' })];\n  const model = sequential(layers, { inputSize: 196, seed: 1 });\n  const { epochs } = await model.fit(data, { epochs: 12, optimizer: sgd({ learningRate: 0.5 }) });\n  series[name] = epochs.map(({ loss }) => loss);\n  const ends = [layer.length - 1, hidden.length - 1];\n  const found = await model.activations(unseen.inputs, { layers: ends });\n  const deviations = found.map(({ outputs }) => deviation(outputs).toFixed(2)).join('  ');\n  const { metrics } = await model.evaluate(unseen, { metrics: ['accuracy'] });\n  const percent = (100 * metrics.accuracy).toFixed(0);\n  console.log(`${name.padEnd(8)} ${deviations.padStart(22)} ${percent.padStart(6)} %`);\n}\nconst [title, x, y] = ['sigmoid 다섯 층', '에포크', '손실'];\nawait save(lineChart({ title, x, y, series }), 'course-8-normalization.svg');\n",
};

export const run = {
  en: async ({ console, save }) => {
    // Grey levels of mean 0 and variance 1, about: normalised inputs, as a network likes them.
    const normalised = ({ values, ...size }) => ({
      ...size,
      values: values.map((ink) => (ink - 0.13) / 0.28),
    });
    const training = await digits(1500);
    const test = await digits(500, { test: true });
    console.log('digits:', training.source);
    const data = { inputs: normalised(training.images), targets: training.labels };
    const unseen = { inputs: normalised(test.images), targets: test.labels };

    const deviation = ({ values }) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    };
    const kinds = {
      'inputs alone': [dense(48), activation('sigmoid')],
      'every layer': [dense(48), batchNorm(), activation('sigmoid')],
    };
    console.log('normalised     standard deviation in layers 1 and 5   accuracy');
    const series = {};
    for (const [name, layer] of Object.entries(kinds)) {
      const hidden = Array.from({ length: 5 }, () => layer).flat();
      const layers = [...hidden, dense(10, { activation: 'softmax' })];
      const model = sequential(layers, { inputSize: 196, seed: 1 });
      const { epochs } = await model.fit(data, { epochs: 12, optimizer: sgd({ learningRate: 0.5 }) });
      series[name] = epochs.map(({ loss }) => loss);
      const ends = [layer.length - 1, hidden.length - 1];
      const found = await model.activations(unseen.inputs, { layers: ends });
      const deviations = found.map(({ outputs }) => deviation(outputs).toFixed(2)).join('  ');
      const { metrics } = await model.evaluate(unseen, { metrics: ['accuracy'] });
      const percent = (100 * metrics.accuracy).toFixed(0);
      console.log(`${name.padEnd(14)} ${deviations.padStart(36)} ${percent.padStart(8)} %`);
    }
    const [title, x, y] = ['Five layers of sigmoid', 'epoch', 'loss'];
    await save(lineChart({ title, x, y, series }), 'course-8-normalization.svg');
  },
  ko: async ({ console, save }) => {
    // 평균 0, 분산 1에 가깝게 맞춘 픽셀 값: 신경망이 좋아하는 정규화된 입력입니다.
    const normalised = ({ values, ...size }) => ({
      ...size,
      values: values.map((ink) => (ink - 0.13) / 0.28),
    });
    const training = await digits(1500);
    const test = await digits(500, { test: true });
    console.log('숫자:', training.source === 'drawn' ? '프로그램이 그린 것' : 'MNIST');
    const data = { inputs: normalised(training.images), targets: training.labels };
    const unseen = { inputs: normalised(test.images), targets: test.labels };

    const deviation = ({ values }) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    };
    const kinds = {
      '입력만': [dense(48), activation('sigmoid')],
      '모든 층': [dense(48), batchNorm(), activation('sigmoid')],
    };
    console.log('정규화한 곳   1층과 5층의 표준편차   정확도');
    const series = {};
    for (const [name, layer] of Object.entries(kinds)) {
      const hidden = Array.from({ length: 5 }, () => layer).flat();
      const layers = [...hidden, dense(10, { activation: 'softmax' })];
      const model = sequential(layers, { inputSize: 196, seed: 1 });
      const { epochs } = await model.fit(data, { epochs: 12, optimizer: sgd({ learningRate: 0.5 }) });
      series[name] = epochs.map(({ loss }) => loss);
      const ends = [layer.length - 1, hidden.length - 1];
      const found = await model.activations(unseen.inputs, { layers: ends });
      const deviations = found.map(({ outputs }) => deviation(outputs).toFixed(2)).join('  ');
      const { metrics } = await model.evaluate(unseen, { metrics: ['accuracy'] });
      const percent = (100 * metrics.accuracy).toFixed(0);
      console.log(`${name.padEnd(8)} ${deviations.padStart(22)} ${percent.padStart(6)} %`);
    }
    const [title, x, y] = ['sigmoid 다섯 층', '에포크', '손실'];
    await save(lineChart({ title, x, y, series }), 'course-8-normalization.svg');
  },
};
