// Made of program.mjs and program.ko.json by `npm run generate`; not to be edited.
import * as lw from '../../../index.js';
import { digits, images, random } from '../../index.js';

export const sources = {
  en: "import * as lw from 'layerwise';\nimport { digits, images, random, save } from 'layerwise/course';\n\nconst training = await digits(1500);\nconst { images: test } = await digits(300, { test: true });\nconsole.log('digits:', training.source);\nconst options = { epochs: 12, optimizer: lw.adam({ learningRate: 0.003 }) };\n\n// Three autoencoders with more hidden units than inputs.\nconst size = { inputSize: 196, code: 256, codeActivation: 'sigmoid', seed: 1 };\nconst models = {\n  plain: lw.autoencoder(size),\n  sparse: lw.sparseAutoencoder({ ...size, sparsity: lw.activityPenalty({ klWeight: 0.001 }) }),\n  denoising: lw.denoisingAutoencoder({ ...size, corruption: lw.maskingNoise({ rate: 0.3 }) }),\n};\n// 30 % of the ink of the test images is taken away.\nconst numbers = random(1);\nconst damaged = { ...test, values: test.values.map((ink) => (numbers.uniform() < 0.3 ? 0 : ink)) };\nconst mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;\nconst error = ({ values }) => mean(values.map((ink, at) => (ink - test.values[at]) ** 2));\nconsole.log('error of the damaged digits:', error(damaged).toFixed(3));\nconst rows = { damaged };\nconsole.log('           mean activation   error of the repaired digits');\nfor (const [name, model] of Object.entries(models)) {\n  await model.fit(training.images, options);\n  rows[name] = await model.reconstruct(damaged);\n  const active = mean((await model.encode(test)).values).toFixed(2);\n  const left = error(rows[name]).toFixed(3);\n  console.log(`${name.padEnd(10)} ${active.padStart(15)} ${left.padStart(30)}`);\n}\n\n// Stacked: first one layer after the other, then all of them together.\nconst stacked = lw.stackedAutoencoder({ inputSize: 196, layers: [96, 32], seed: 1 });\nawait stacked.pretrain(training.images, options);\nconsole.log('stacked, layer by layer: error', (await stacked.evaluate(test)).loss.toFixed(3));\nawait stacked.fit(training.images, options);\nconsole.log('stacked, then together:  error', (await stacked.evaluate(test)).loss.toFixed(3));\nawait save(images({ title: 'Repaired digits', rows }), 'course-4-overcomplete.svg');\n",
  ko: "import * as lw from 'layerwise';\nimport { digits, images, random, save } from 'layerwise/course';\n\nconst training = await digits(1500);\nconst { images: test } = await digits(300, { test: true });\nconsole.log('숫자:', training.source === 'drawn' ? '프로그램이 그린 것' : 'MNIST');\nconst options = { epochs: 12, optimizer: lw.adam({ learningRate: 0.003 }) };\n\n// 은닉 유닛이 입력보다 많은 오토인코더 셋.\nconst size = { inputSize: 196, code: 256, codeActivation: 'sigmoid', seed: 1 };\nconst models = {\n  기본: lw.autoencoder(size),\n  희소: lw.sparseAutoencoder({ ...size, sparsity: lw.activityPenalty({ klWeight: 0.001 }) }),\n  '잡음 제거': lw.denoisingAutoencoder({ ...size, corruption: lw.maskingNoise({ rate: 0.3 }) }),\n};\n// 테스트용 그림에서 잉크를 30 % 지웁니다.\nconst numbers = random(1);\nconst damaged = { ...test, values: test.values.map((ink) => (numbers.uniform() < 0.3 ? 0 : ink)) };\nconst mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;\nconst error = ({ values }) => mean(values.map((ink, at) => (ink - test.values[at]) ** 2));\nconsole.log('손상된 숫자의 오차:', error(damaged).toFixed(3));\nconst rows = { 손상: damaged };\nconsole.log('세 오토인코더로 복원하면:');\nfor (const [name, model] of Object.entries(models)) {\n  await model.fit(training.images, options);\n  rows[name] = await model.reconstruct(damaged);\n  const active = mean((await model.encode(test)).values).toFixed(2);\n  const left = error(rows[name]).toFixed(3);\n  console.log(`${name}: 평균 활성값 ${active}, 복원한 숫자의 오차 ${left}`);\n}\n\n// 적층: 먼저 한 층씩, 그다음 모두 함께.\nconst stacked = lw.stackedAutoencoder({ inputSize: 196, layers: [96, 32], seed: 1 });\nawait stacked.pretrain(training.images, options);\nconsole.log('적층, 한 층씩:   오차', (await stacked.evaluate(test)).loss.toFixed(3));\nawait stacked.fit(training.images, options);\nconsole.log('적층, 모두 함께: 오차', (await stacked.evaluate(test)).loss.toFixed(3));\nawait save(images({ title: '복원한 숫자', rows }), 'course-4-overcomplete.svg');\n",
};

export const run = {
  en: async ({ console, save }) => {
    const training = await digits(1500);
    const { images: test } = await digits(300, { test: true });
    console.log('digits:', training.source);
    const options = { epochs: 12, optimizer: lw.adam({ learningRate: 0.003 }) };

    // Three autoencoders with more hidden units than inputs.
    const size = { inputSize: 196, code: 256, codeActivation: 'sigmoid', seed: 1 };
    const models = {
      plain: lw.autoencoder(size),
      sparse: lw.sparseAutoencoder({ ...size, sparsity: lw.activityPenalty({ klWeight: 0.001 }) }),
      denoising: lw.denoisingAutoencoder({ ...size, corruption: lw.maskingNoise({ rate: 0.3 }) }),
    };
    // 30 % of the ink of the test images is taken away.
    const numbers = random(1);
    const damaged = { ...test, values: test.values.map((ink) => (numbers.uniform() < 0.3 ? 0 : ink)) };
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const error = ({ values }) => mean(values.map((ink, at) => (ink - test.values[at]) ** 2));
    console.log('error of the damaged digits:', error(damaged).toFixed(3));
    const rows = { damaged };
    console.log('           mean activation   error of the repaired digits');
    for (const [name, model] of Object.entries(models)) {
      await model.fit(training.images, options);
      rows[name] = await model.reconstruct(damaged);
      const active = mean((await model.encode(test)).values).toFixed(2);
      const left = error(rows[name]).toFixed(3);
      console.log(`${name.padEnd(10)} ${active.padStart(15)} ${left.padStart(30)}`);
    }

    // Stacked: first one layer after the other, then all of them together.
    const stacked = lw.stackedAutoencoder({ inputSize: 196, layers: [96, 32], seed: 1 });
    await stacked.pretrain(training.images, options);
    console.log('stacked, layer by layer: error', (await stacked.evaluate(test)).loss.toFixed(3));
    await stacked.fit(training.images, options);
    console.log('stacked, then together:  error', (await stacked.evaluate(test)).loss.toFixed(3));
    await save(images({ title: 'Repaired digits', rows }), 'course-4-overcomplete.svg');
  },
  ko: async ({ console, save }) => {
    const training = await digits(1500);
    const { images: test } = await digits(300, { test: true });
    console.log('숫자:', training.source === 'drawn' ? '프로그램이 그린 것' : 'MNIST');
    const options = { epochs: 12, optimizer: lw.adam({ learningRate: 0.003 }) };

    // 은닉 유닛이 입력보다 많은 오토인코더 셋.
    const size = { inputSize: 196, code: 256, codeActivation: 'sigmoid', seed: 1 };
    const models = {
      기본: lw.autoencoder(size),
      희소: lw.sparseAutoencoder({ ...size, sparsity: lw.activityPenalty({ klWeight: 0.001 }) }),
      '잡음 제거': lw.denoisingAutoencoder({ ...size, corruption: lw.maskingNoise({ rate: 0.3 }) }),
    };
    // 테스트용 그림에서 잉크를 30 % 지웁니다.
    const numbers = random(1);
    const damaged = { ...test, values: test.values.map((ink) => (numbers.uniform() < 0.3 ? 0 : ink)) };
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const error = ({ values }) => mean(values.map((ink, at) => (ink - test.values[at]) ** 2));
    console.log('손상된 숫자의 오차:', error(damaged).toFixed(3));
    const rows = { 손상: damaged };
    console.log('세 오토인코더로 복원하면:');
    for (const [name, model] of Object.entries(models)) {
      await model.fit(training.images, options);
      rows[name] = await model.reconstruct(damaged);
      const active = mean((await model.encode(test)).values).toFixed(2);
      const left = error(rows[name]).toFixed(3);
      console.log(`${name}: 평균 활성값 ${active}, 복원한 숫자의 오차 ${left}`);
    }

    // 적층: 먼저 한 층씩, 그다음 모두 함께.
    const stacked = lw.stackedAutoencoder({ inputSize: 196, layers: [96, 32], seed: 1 });
    await stacked.pretrain(training.images, options);
    console.log('적층, 한 층씩:   오차', (await stacked.evaluate(test)).loss.toFixed(3));
    await stacked.fit(training.images, options);
    console.log('적층, 모두 함께: 오차', (await stacked.evaluate(test)).loss.toFixed(3));
    await save(images({ title: '복원한 숫자', rows }), 'course-4-overcomplete.svg');
  },
};
