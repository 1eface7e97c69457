// Made of program.mjs and program.ko.json by `npm run generate`; not to be edited.
import { adam, autoencoder } from '../../../index.js';
import { digits, images, random } from '../../index.js';

export const sources = {
  en: "import { adam, autoencoder } from 'layerwise';\nimport { digits, images, random, save } from 'layerwise/course';\n\n// Points near a line: one number can stand for two, if it says where on the line they are.\nconst numbers = random(1);\nconst points = Array.from({ length: 500 }, () => {\n  const along = numbers.normal();\n  return [2 * along + 0.2 * numbers.normal(), along + 0.2 * numbers.normal()];\n});\nconst narrow = autoencoder({ inputSize: 2, code: 1, seed: 1 });\nawait narrow.fit(points, { epochs: 60, optimizer: adam({ learningRate: 0.02 }) });\nconst [dx, dy] = narrow.getParameter('1.weight'); // from the code to the two outputs\n// The direction of largest variance, of points whose mean is about 0.\nconst sum = (f) => points.reduce((total, point) => total + f(point), 0);\nconst [xx, xy, yy] = [sum(([x]) => x * x), sum(([x, y]) => x * y), sum(([, y]) => y * y)];\nconst degrees = (angle) => Math.round((180 * angle) / Math.PI);\nconsole.log('first principal component:', degrees(Math.atan2(2 * xy, xx - yy) / 2), 'degrees');\nconsole.log('linear autoencoder:       ', degrees(Math.atan(dy / dx)), 'degrees');\n\n// Digits of 14 by 14 pixels: 12 numbers stand for 196.\nconst training = await digits(1500);\nconst test = await digits(300, { test: true });\nconsole.log('digits:', training.source);\nconst size = { inputSize: 196, code: 12, seed: 1 };\nconst models = {\n  linear: autoencoder(size),\n  deep: autoencoder({ ...size, hidden: [96], activation: 'relu' }),\n};\nconst rows = { digits: test.images };\nfor (const [name, model] of Object.entries(models)) {\n  await model.fit(training.images, { epochs: 20, optimizer: adam({ learningRate: 0.003 }) });\n  const { loss } = await model.evaluate(test.images);\n  console.log(`${name} autoencoder: mean squared error ${loss.toFixed(3)}`);\n  rows[name] = await model.reconstruct(test.images);\n}\nawait save(images({ title: 'Digits out of 12 numbers', rows }), 'course-3-compression.svg');\n",
  ko: "import { adam, autoencoder } from 'layerwise';\nimport { digits, images, random, save } from 'layerwise/course';\n\n// 직선 근처의 점: 직선 위 어디인지만 알면 수 하나가 둘을 대신합니다.\nconst numbers = random(1);\nconst points = Array.from({ length: 500 }, () => {\n  const along = numbers.normal();\n  return [2 * along + 0.2 * numbers.normal(), along + 0.2 * numbers.normal()];\n});\nconst narrow = autoencoder({ inputSize: 2, code: 1, seed: 1 });\nawait narrow.fit(points, { epochs: 60, optimizer: adam({ learningRate: 0.02 }) });\nconst [dx, dy] = narrow.getParameter('1.weight'); // 코드에서 두 출력으로\n// 평균이 0에 가까운 점들의 분산이 가장 큰 방향.\nconst sum = (f) => points.reduce((total, point) => total + f(point), 0);\nconst [xx, xy, yy] = [sum(([x]) => x * x), sum(([x, y]) => x * y), sum(([, y]) => y * y)];\nconst degrees = (angle) => Math.round((180 * angle) / Math.PI);\nconsole.log('제1 주성분:        ', degrees(Math.atan2(2 * xy, xx - yy) / 2), '도');\nconsole.log('선형 오토인코더:   ', degrees(Math.atan(dy / dx)), '도');\n\n// 14 × 14 픽셀의 숫자: 수 12개가 196개를 대신합니다.\nconst training = await digits(1500);\nconst test = await digits(300, { test: true });\nconsole.log('숫자:', training.source === 'drawn' ? '프로그램이 그린 것' : 'MNIST');\nconst size = { inputSize: 196, code: 12, seed: 1 };\nconst models = {\n  선형: autoencoder(size),\n  깊은: autoencoder({ ...size, hidden: [96], activation: 'relu' }),\n};\nconst rows = { 숫자: test.images };\nfor (const [name, model] of Object.entries(models)) {\n  await model.fit(training.images, { epochs: 20, optimizer: adam({ learningRate: 0.003 }) });\n  const { loss } = await model.evaluate(test.images);\n  console.log(`${name} 오토인코더: 평균 제곱 오차 ${loss.toFixed(3)}`);\n  rows[name] = await model.reconstruct(test.images);\n}\nawait save(images({ title: '12개의 수에서 복원한 숫자', rows }), 'course-3-compression.svg');\n",
};

export const run = {
  en: async ({ console, save }) => {
    // Points near a line: one number can stand for two, if it says where on the line they are.
    const numbers = random(1);
    const points = Array.from({ length: 500 }, () => {
      const along = numbers.normal();
      return [2 * along + 0.2 * numbers.normal(), along + 0.2 * numbers.normal()];
    });
    const narrow = autoencoder({ inputSize: 2, code: 1, seed: 1 });
    await narrow.fit(points, { epochs: 60, optimizer: adam({ learningRate: 0.02 }) });
    const [dx, dy] = narrow.getParameter('1.weight'); // from the code to the two outputs
    // The direction of largest variance, of points whose mean is about 0.
    const sum = (f) => points.reduce((total, point) => total + f(point), 0);
    const [xx, xy, yy] = [sum(([x]) => x * x), sum(([x, y]) => x * y), sum(([, y]) => y * y)];
    const degrees = (angle) => Math.round((180 * angle) / Math.PI);
    console.log('first principal component:', degrees(Math.atan2(2 * xy, xx - yy) / 2), 'degrees');
    console.log('linear autoencoder:       ', degrees(Math.atan(dy / dx)), 'degrees');

    // Digits of 14 by 14 pixels: 12 numbers stand for 196.
    const training = await digits(1500);
    const test = await digits(300, { test: true });
    console.log('digits:', training.source);
    const size = { inputSize: 196, code: 12, seed: 1 };
    const models = {
      linear: autoencoder(size),
      deep: autoencoder({ ...size, hidden: [96], activation: 'relu' }),
    };
    const rows = { digits: test.images };
    for (const [name, model] of Object.entries(models)) {
      await model.fit(training.images, { epochs: 20, optimizer: adam({ learningRate: 0.003 }) });
      const { loss } = await model.evaluate(test.images);
      console.log(`${name} autoencoder: mean squared error ${loss.toFixed(3)}`);
      rows[name] = await model.reconstruct(test.images);
    }
    await save(images({ title: 'Digits out of 12 numbers', rows }), 'course-3-compression.svg');
  },
  ko: async ({ console, save }) => {
    // 직선 근처의 점: 직선 위 어디인지만 알면 수 하나가 둘을 대신합니다.
    const numbers = random(1);
    const points = Array.from({ length: 500 }, () => {
      const along = numbers.normal();
      return [2 * along + 0.2 * numbers.normal(), along + 0.2 * numbers.normal()];
    });
    const narrow = autoencoder({ inputSize: 2, code: 1, seed: 1 });
    await narrow.fit(points, { epochs: 60, optimizer: adam({ learningRate: 0.02 }) });
    const [dx, dy] = narrow.getParameter('1.weight'); // 코드에서 두 출력으로
    // 평균이 0에 가까운 점들의 분산이 가장 큰 방향.
    const sum = (f) => points.reduce((total, point) => total + f(point), 0);
    const [xx, xy, yy] = [sum(([x]) => x * x), sum(([x, y]) => x * y), sum(([, y]) => y * y)];
    const degrees = (angle) => Math.round((180 * angle) / Math.PI);
    console.log('제1 주성분:        ', degrees(Math.atan2(2 * xy, xx - yy) / 2), '도');
    console.log('선형 오토인코더:   ', degrees(Math.atan(dy / dx)), '도');

    // 14 × 14 픽셀의 숫자: 수 12개가 196개를 대신합니다.
    const training = await digits(1500);
    const test = await digits(300, { test: true });
    console.log('숫자:', training.source === 'drawn' ? '프로그램이 그린 것' : 'MNIST');
    const size = { inputSize: 196, code: 12, seed: 1 };
    const models = {
      선형: autoencoder(size),
      깊은: autoencoder({ ...size, hidden: [96], activation: 'relu' }),
    };
    const rows = { 숫자: test.images };
    for (const [name, model] of Object.entries(models)) {
      await model.fit(training.images, { epochs: 20, optimizer: adam({ learningRate: 0.003 }) });
      const { loss } = await model.evaluate(test.images);
      console.log(`${name} 오토인코더: 평균 제곱 오차 ${loss.toFixed(3)}`);
      rows[name] = await model.reconstruct(test.images);
    }
    await save(images({ title: '12개의 수에서 복원한 숫자', rows }), 'course-3-compression.svg');
  },
};
