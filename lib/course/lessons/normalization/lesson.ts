import type { Lesson } from '../lesson.js';

export const normalization: Lesson = {
  name: 'normalization',
  usesDigits: true,
  program: () => import('./generated.js'),
  changes: [
    [['learningRate: 0.5', 'learningRate: 5']],
    [['(ink - 0.13) / 0.28', '100 * ink']],
    [['length: 5', 'length: 1']],
  ],
  text: {
    en: {
      title: 'Batch normalisation',
      idea: [
        'A network likes inputs of mean 0 and variance 1: no column outweighs the others, and units start where their activations are steep. In a deep network that is not enough. The second layer does not see the inputs but what the first layer makes of them, which has another mean and another variance, and both change with every update; what reaches the fifth layer hardly differs from row to row.',
        'Batch normalisation does to every layer what was done to the inputs: over the rows of the batch, each column is brought to mean 0 and variance 1, then scaled and shifted by two learnt numbers, so that the layer loses nothing that it needs. Networks with it bear much higher learning rates, depend less on their initial weights, and learn faster. In a prediction there is no batch: running means and variances of the training take its place.',
      ],
      formula: [
        'x̂ = (x - μ_batch) / √(σ²_batch + ε)',
        'y = γ x̂ + β                      γ, β: learnt, one for each column',
      ],
      picture:
        'The loss of five layers of sigmoid: with normalised inputs alone it does not move, with every layer normalised it falls at once.',
      questions: [
        {
          ask: 'Take ten times the learning rate. Does it hurt?',
          answer:
            'Not with batch normalisation: 98 % are right. Without it the network does not learn either way.',
        },
        {
          ask: 'Do not normalise the inputs: `100 * ink`. Which of the two networks notices?',
          answer:
            'Neither: with batch normalisation 99 % are right all the same, as the values of its first layer are normalised before they are squeezed; the other network fails either way.',
        },
        {
          ask: 'Take one layer in place of five. Is batch normalisation needed?',
          answer:
            'No: 99 % are right with and without it. It is depth that makes normalised inputs insufficient.',
        },
      ],
      library:
        '[`batchNorm` and `layerNorm`](models.md#layers), also [frozen](models.md#frozen-layers); [Deep networks](deep-networks.md). Measured: [batch normalisation](published-facts.md#batch-normalisation).',
      literature:
        'Ioffe & Szegedy, *Batch normalization: accelerating deep network training by reducing internal covariate shift* (2015); Santurkar et al., *How does batch normalization help optimization?* (2018); Ba, Kiros & Hinton, *Layer normalization* (2016).',
    },
    ko: {
      title: '배치 정규화 (batch normalization)',
      idea: [
        '신경망은 평균 0, 분산 1인 입력을 좋아합니다. 어느 열도 다른 열을 압도하지 않고, 유닛이 활성화 함수의 가파른 곳에서 출발하기 때문입니다. 하지만 깊은 신경망에서는 입력만 정규화해서는 모자랍니다. 둘째 층이 보는 것은 입력이 아니라 첫 층의 출력인데, 그 평균과 분산은 입력과 다르고 갱신할 때마다 변합니다. 다섯째 층에 이르면 입력이 달라도 값은 거의 달라지지 않습니다.',
        '배치 정규화(batch normalization)는 입력에 하던 일을 모든 층에 합니다. 열마다 배치(batch) 안에서 평균 0, 분산 1로 맞춘 다음, 학습되는 두 수로 크기를 바꾸고 옮겨서(scale, shift) 층에 필요한 것을 잃지 않게 합니다. 그러면 훨씬 큰 학습률도 견디고, 초기 가중치에 덜 민감하며, 더 빨리 학습됩니다. 예측할 때는 배치가 없으므로 학습하는 동안 모아 둔 이동 평균(running mean)과 이동 분산(running variance)을 씁니다.',
      ],
      formula: [
        'x̂ = (x - μ_batch) / √(σ²_batch + ε)',
        'y = γ x̂ + β                      γ, β: 열마다 학습되는 값',
      ],
      picture:
        '시그모이드 다섯 층의 손실. 입력만 정규화하면 움직이지 않고, 모든 층을 정규화하면 바로 떨어진다.',
      questions: [
        {
          ask: '학습률을 열 배로 올려 보세요. 해로울까요?',
          answer:
            '배치 정규화가 있으면 그렇지 않습니다. 98 %를 맞힙니다. 없는 쪽은 어느 학습률로도 학습되지 않습니다.',
        },
        {
          ask: '입력을 정규화하지 말고 `100 * ink`로 두어 보세요. 두 신경망 가운데 어느 쪽이 달라질까요?',
          answer:
            '둘 다 거의 그대로입니다. 배치 정규화를 쓴 쪽은 첫 층의 값이 시그모이드를 지나기 전에 정규화되므로 똑같이 99 %이고, 다른 쪽은 어차피 학습되지 않습니다.',
        },
        {
          ask: '다섯 층 대신 한 층이면 배치 정규화가 필요할까요?',
          answer:
            '아니요. 있으나 없으나 99 %입니다. 입력 정규화만으로 모자라게 만드는 것은 깊이입니다.',
        },
      ],
      library:
        '[`batchNorm`과 `layerNorm`](models.md#layers), 그리고 [고정한 층](models.md#frozen-layers). [깊은 신경망](deep-networks.md). 직접 측정한 결과: [배치 정규화](published-facts.md#batch-normalisation).',
      literature:
        'Ioffe & Szegedy, *Batch normalization: accelerating deep network training by reducing internal covariate shift* (2015); Santurkar et al., *How does batch normalization help optimization?* (2018); Ba, Kiros & Hinton, *Layer normalization* (2016).',
    },
  },
};
