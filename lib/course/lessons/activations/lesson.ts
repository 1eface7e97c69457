import type { Lesson } from '../lesson.js';

export const activations: Lesson = {
  name: 'activations',
  usesDigits: false,
  program: () => import('./generated.js'),
  changes: [
    [['const depth = 10', 'const depth = 3']],
    [
      [
        "sigmoid: dense(units, { activation: 'sigmoid' })",
        "sigmoid: dense(units, { activation: 'sigmoid', kernelInitializer: { type: 'xavierNormal', gain: 4 } })",
      ],
    ],
    [["tanh: dense(units, { activation: 'tanh' })", "elu: dense(units, { activation: 'elu' })"]],
  ],
  text: {
    en: {
      title: 'Activation functions',
      idea: [
        'Without an activation between them, layers one after the other are no more than one layer: a product of matrices is a matrix. For a long time the activation was the sigmoid, which squeezes everything into the range from 0 to 1, or tanh, from -1 to 1. But on its way back the error is multiplied, in each layer, by the weights and by the derivative of the activation, and that of the sigmoid is a quarter at most, and nearly zero where the unit is saturated. After ten layers hardly anything is left: the gradient vanishes, and the first layers do not learn.',
        'tanh has a derivative of 1 in the middle and loses less. relu, max(0, x), has the derivative 1 wherever it is on, so that the gradient passes; where it is off the derivative is 0, and a unit that is off for every row is dead: it learns no more. Its relatives, leakyRelu, elu and others, keep a slope there. maxout takes the largest of several sums in place of a fixed function: it learns its own activation.',
      ],
      formula: [
        'sigmoid(x) = 1 / (1 + e⁻ˣ)       sigmoid′ = y (1 - y) ≤ 1/4',
        'tanh′ = 1 - y² ≤ 1',
        'relu(x) = max(0, x)              relu′ = 1 for x > 0, else 0',
        'maxout(x) = maxₖ (wₖ · x + bₖ)',
      ],
      picture:
        'The size of the gradient in ten layers, on a logarithmic axis: towards the inputs that of sigmoid falls by a factor of about four a layer, the others keep about their size. The lines of relu and leakyRelu lie on each other.',
      questions: [
        {
          ask: 'How much is left after three layers in place of ten?',
          answer:
            'A tenth, for sigmoid: networks of two or three layers learn with it, which is why the trouble was noticed late.',
        },
        {
          ask: 'Do weights that are four times as large help sigmoid?',
          answer:
            'A little: what was 3e-6 becomes 8e-3. Larger weights make up for a part of the quarter, but also saturate units. The others need no such care.',
        },
        {
          ask: 'Put elu in the place of tanh. Does its gradient vanish?',
          answer: 'No: the first layer gets 2.5 times as much as the last one.',
        },
      ],
      library:
        'All [activations](activations.md) with formulas and plots; the layers [`maxout` and `prelu`](models.md#layers); what the option `statistics` tells [about each layer](deep-networks.md#looking-into-the-layers). Measured: [the vanishing gradient](published-facts.md#activations-and-the-vanishing-gradient).',
      literature:
        'Bengio, Simard & Frasconi, *Learning long-term dependencies with gradient descent is difficult* (1994); Glorot, Bordes & Bengio, *Deep sparse rectifier neural networks* (2011); Goodfellow et al., *Maxout networks* (2013).',
    },
    ko: {
      title: '활성화 함수 (activation function)',
      idea: [
        '층과 층 사이에 활성화 함수가 없으면 아무리 쌓아도 한 층과 다를 바 없습니다. 행렬의 곱은 결국 행렬 하나이기 때문입니다. 오랫동안 활성화 함수로는 값을 0과 1 사이로 압축하는 시그모이드(sigmoid)나 -1과 1 사이로 압축하는 쌍곡 탄젠트(tanh)를 썼습니다. 그런데 오차가 거꾸로 전해질 때는 층마다 가중치와 활성화 함수의 도함수(derivative)가 곱해집니다. 시그모이드의 도함수는 아무리 커도 1/4이고, 유닛이 포화(saturation)되면 거의 0입니다. 열 층을 지나면 남는 것이 거의 없습니다. 이것이 기울기 소실(vanishing gradient)이고, 그래서 앞쪽 층은 학습되지 않습니다.',
        'tanh는 0 근처에서 도함수가 1이라 덜 잃습니다. ReLU(rectified linear unit), 곧 max(0, x)는 x가 양수이면 도함수가 1이어서 기울기가 그대로 지나갑니다. 음수이면 도함수가 0이고, 모든 입력에서 꺼져 있는 유닛은 더는 학습되지 않는 죽은 유닛(dead unit)입니다. leaky ReLU나 ELU 같은 변형은 음수 쪽에도 기울기를 조금 남겨 둡니다. 맥스아웃(maxout)은 정해진 함수 대신 여러 합 가운데 가장 큰 값을 고르므로, 활성화 함수 자체를 학습하는 셈입니다.',
      ],
      formula: [
        'sigmoid(x) = 1 / (1 + e⁻ˣ)       sigmoid′ = y (1 - y) ≤ 1/4',
        'tanh′ = 1 - y² ≤ 1',
        'relu(x) = max(0, x)              x > 0이면 relu′ = 1, 아니면 0',
        'maxout(x) = maxₖ (wₖ · x + bₖ)',
      ],
      picture:
        '열 개 층의 기울기 크기(로그 축). 입력 쪽으로 갈수록 sigmoid는 한 층마다 약 4분의 1로 줄고, 나머지는 크기를 거의 유지한다. relu와 leakyRelu의 선은 겹쳐 있다.',
      questions: [
        {
          ask: '열 층 대신 세 층이면 얼마나 남을까요?',
          answer:
            '시그모이드에서도 10분의 1은 남습니다. 두세 층짜리 신경망은 시그모이드로도 학습되기 때문에, 이 문제는 한참 뒤에야 드러났습니다.',
        },
        {
          ask: '가중치를 네 배로 키우면 시그모이드가 나아질까요?',
          answer:
            '조금 나아집니다. 3e-6이던 것이 8e-3이 됩니다. 큰 가중치가 1/4로 줄어드는 것을 일부 메우지만, 그만큼 유닛이 포화됩니다. 다른 활성화 함수에는 이런 조치가 필요 없습니다.',
        },
        {
          ask: 'tanh를 ELU(`elu`)로 바꿔 보세요. 기울기가 사라질까요?',
          answer: '아니요. 첫 층에는 마지막 층의 2.5배가 전해집니다.',
        },
      ],
      library:
        '모든 [활성화 함수](activations.md)의 식과 그래프, [`maxout`과 `prelu`](models.md#layers) 층, [층마다 알려 주는](deep-networks.md#looking-into-the-layers) `statistics` 옵션. 직접 측정한 결과: [기울기 소실](published-facts.md#activations-and-the-vanishing-gradient).',
      literature:
        'Bengio, Simard & Frasconi, *Learning long-term dependencies with gradient descent is difficult* (1994); Glorot, Bordes & Bengio, *Deep sparse rectifier neural networks* (2011); Goodfellow et al., *Maxout networks* (2013).',
    },
  },
};
