// Made of program.mjs and program.ko.json by `npm run generate`; not to be edited.
import { dense, sequential, sgd } from '../../../index.js';
import { lineChart } from '../../index.js';

export const sources = {
  en: "import { dense, sequential, sgd } from 'layerwise';\nimport { lineChart, save } from 'layerwise/course';\n\n// XOR: the answer is 1 when exactly one of the two inputs is 1.\nconst inputs = Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1); // four rows of two\nconst answers = [0, 1, 1, 0];\nconst layers = [dense(4, { activation: 'sigmoid' }), dense(1, { activation: 'sigmoid' })];\nconst model = sequential(layers, { inputSize: 2, seed: 1 });\nconst trainer = model.trainer({ optimizer: sgd({ learningRate: 5 }), batchSize: 4 });\n\n// The gradient of one weight by hand: from the first input to the first hidden unit.\nconst [{ outputs: hidden }] = await model.activations(inputs, { layers: [0] });\nconst [weight] = model.getParameter('2.weight'); // from that unit to the output\nconst partOfRow = (error, y, row) => {\n  const [x, h] = [inputs[2 * row], hidden.values[4 * row]];\n  return error * y * (1 - y) * weight * h * (1 - h) * x;\n};\n\nconst losses = [];\nfor (let step = 1; step <= 1000; step++) {\n  // Forward, from the inputs to the outputs; then the derivative of the mean squared error.\n  const outputs = trainer.forward(inputs);\n  const errors = outputs.map((y, row) => (2 * (y - answers[row])) / 4);\n  losses.push(errors.reduce((sum, error) => sum + error ** 2, 0));\n  // Back: through the layers, the last one first, the error leaves each weight its gradient.\n  trainer.backward(errors);\n  if (step === 1) {\n    const parts = errors.map((error, row) => partOfRow(error, outputs[row], row));\n    const byHand = parts.reduce((sum, part) => sum + part);\n    console.log('gradient by hand:     ', byHand.toExponential(2));\n    console.log('gradient by layerwise:', trainer.gradients()[0].values[0].toExponential(2));\n  }\n  trainer.step();\n}\nconsole.log(`loss: ${losses[0].toFixed(2)} at first, ${losses.at(-1).toFixed(2)} in the end`);\nconst given = Array.from(model.predictSync(inputs).values, (y) => y.toFixed(1));\nconsole.log('answers:', given.join(', '));\nconst series = { loss: losses };\nconst picture = lineChart({ title: 'Learning XOR', x: 'step', y: 'loss', series });\nawait save(picture, 'course-1-backpropagation.svg');\n",
  ko: "import { dense, sequential, sgd } from 'layerwise';\nimport { lineChart, save } from 'layerwise/course';\n\n// XOR: 두 입력 가운데 하나만 1일 때 답이 1입니다.\nconst inputs = Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1); // 두 개씩 네 행\nconst answers = [0, 1, 1, 0];\nconst layers = [dense(4, { activation: 'sigmoid' }), dense(1, { activation: 'sigmoid' })];\nconst model = sequential(layers, { inputSize: 2, seed: 1 });\nconst trainer = model.trainer({ optimizer: sgd({ learningRate: 5 }), batchSize: 4 });\n\n// 첫 입력에서 첫 은닉 유닛으로 가는 가중치 하나의 기울기를 손으로 구합니다.\nconst [{ outputs: hidden }] = await model.activations(inputs, { layers: [0] });\nconst [weight] = model.getParameter('2.weight'); // 그 유닛에서 출력으로\nconst partOfRow = (error, y, row) => {\n  const [x, h] = [inputs[2 * row], hidden.values[4 * row]];\n  return error * y * (1 - y) * weight * h * (1 - h) * x;\n};\n\nconst losses = [];\nfor (let step = 1; step <= 1000; step++) {\n  // 순전파: 입력에서 출력까지. 그다음 평균 제곱 오차(mean squared error)를 미분합니다.\n  const outputs = trainer.forward(inputs);\n  const errors = outputs.map((y, row) => (2 * (y - answers[row])) / 4);\n  losses.push(errors.reduce((sum, error) => sum + error ** 2, 0));\n  // 역전파: 오차가 마지막 층부터 거꾸로 지나가며 가중치마다 기울기를 남깁니다.\n  trainer.backward(errors);\n  if (step === 1) {\n    const parts = errors.map((error, row) => partOfRow(error, outputs[row], row));\n    const byHand = parts.reduce((sum, part) => sum + part);\n    console.log('손으로 구한 기울기:     ', byHand.toExponential(2));\n    console.log('layerwise가 구한 기울기:', trainer.gradients()[0].values[0].toExponential(2));\n  }\n  trainer.step();\n}\nconsole.log(`손실: 처음 ${losses[0].toFixed(2)}, 마지막 ${losses.at(-1).toFixed(2)}`);\nconst given = Array.from(model.predictSync(inputs).values, (y) => y.toFixed(1));\nconsole.log('답:', given.join(', '));\nconst series = { 손실: losses };\nconst picture = lineChart({ title: 'XOR 학습', x: '갱신 횟수', y: '손실', series });\nawait save(picture, 'course-1-backpropagation.svg');\n",
};

export const run = {
  en: async ({ console, save }) => {
    // XOR: the answer is 1 when exactly one of the two inputs is 1.
    const inputs = Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1); // four rows of two
    const answers = [0, 1, 1, 0];
    const layers = [dense(4, { activation: 'sigmoid' }), dense(1, { activation: 'sigmoid' })];
    const model = sequential(layers, { inputSize: 2, seed: 1 });
    const trainer = model.trainer({ optimizer: sgd({ learningRate: 5 }), batchSize: 4 });

    // The gradient of one weight by hand: from the first input to the first hidden unit.
    const [{ outputs: hidden }] = await model.activations(inputs, { layers: [0] });
    const [weight] = model.getParameter('2.weight'); // from that unit to the output
    const partOfRow = (error, y, row) => {
      const [x, h] = [inputs[2 * row], hidden.values[4 * row]];
      return error * y * (1 - y) * weight * h * (1 - h) * x;
    };

    const losses = [];
    for (let step = 1; step <= 1000; step++) {
      // Forward, from the inputs to the outputs; then the derivative of the mean squared error.
      const outputs = trainer.forward(inputs);
      const errors = outputs.map((y, row) => (2 * (y - answers[row])) / 4);
      losses.push(errors.reduce((sum, error) => sum + error ** 2, 0));
      // Back: through the layers, the last one first, the error leaves each weight its gradient.
      trainer.backward(errors);
      if (step === 1) {
        const parts = errors.map((error, row) => partOfRow(error, outputs[row], row));
        const byHand = parts.reduce((sum, part) => sum + part);
        console.log('gradient by hand:     ', byHand.toExponential(2));
        console.log('gradient by layerwise:', trainer.gradients()[0].values[0].toExponential(2));
      }
      trainer.step();
    }
    console.log(`loss: ${losses[0].toFixed(2)} at first, ${losses.at(-1).toFixed(2)} in the end`);
    const given = Array.from(model.predictSync(inputs).values, (y) => y.toFixed(1));
    console.log('answers:', given.join(', '));
    const series = { loss: losses };
    const picture = lineChart({ title: 'Learning XOR', x: 'step', y: 'loss', series });
    await save(picture, 'course-1-backpropagation.svg');
  },
  ko: async ({ console, save }) => {
    // XOR: 두 입력 가운데 하나만 1일 때 답이 1입니다.
    const inputs = Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1); // 두 개씩 네 행
    const answers = [0, 1, 1, 0];
    const layers = [dense(4, { activation: 'sigmoid' }), dense(1, { activation: 'sigmoid' })];
    const model = sequential(layers, { inputSize: 2, seed: 1 });
    const trainer = model.trainer({ optimizer: sgd({ learningRate: 5 }), batchSize: 4 });

    // 첫 입력에서 첫 은닉 유닛으로 가는 가중치 하나의 기울기를 손으로 구합니다.
    const [{ outputs: hidden }] = await model.activations(inputs, { layers: [0] });
    const [weight] = model.getParameter('2.weight'); // 그 유닛에서 출력으로
    const partOfRow = (error, y, row) => {
      const [x, h] = [inputs[2 * row], hidden.values[4 * row]];
      return error * y * (1 - y) * weight * h * (1 - h) * x;
    };

    const losses = [];
    for (let step = 1; step <= 1000; step++) {
      // 순전파: 입력에서 출력까지. 그다음 평균 제곱 오차(mean squared error)를 미분합니다.
      const outputs = trainer.forward(inputs);
      const errors = outputs.map((y, row) => (2 * (y - answers[row])) / 4);
      losses.push(errors.reduce((sum, error) => sum + error ** 2, 0));
      // 역전파: 오차가 마지막 층부터 거꾸로 지나가며 가중치마다 기울기를 남깁니다.
      trainer.backward(errors);
      if (step === 1) {
        const parts = errors.map((error, row) => partOfRow(error, outputs[row], row));
        const byHand = parts.reduce((sum, part) => sum + part);
        console.log('손으로 구한 기울기:     ', byHand.toExponential(2));
        console.log('layerwise가 구한 기울기:', trainer.gradients()[0].values[0].toExponential(2));
      }
      trainer.step();
    }
    console.log(`손실: 처음 ${losses[0].toFixed(2)}, 마지막 ${losses.at(-1).toFixed(2)}`);
    const given = Array.from(model.predictSync(inputs).values, (y) => y.toFixed(1));
    console.log('답:', given.join(', '));
    const series = { 손실: losses };
    const picture = lineChart({ title: 'XOR 학습', x: '갱신 횟수', y: '손실', series });
    await save(picture, 'course-1-backpropagation.svg');
  },
};
