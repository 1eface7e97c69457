import type { Lesson } from '../lesson.js';

export const initialization: Lesson = {
  name: 'initialization',
  usesDigits: false,
  program: () => import('./generated.js'),
  changes: [
    [['[100, 8]', '[100, 16]']],
    [
      [
        "dense(width, { activation: 'tanh', kernelInitializer: 'xavierNormal' })",
        "dense(width, { activation: 'tanh', kernelInitializer: 'heNormal' })",
      ],
    ],
    [["['zeros',", "['ones',"]],
  ],
  text: {
    en: {
      title: 'Weight initialisation',
      idea: [
        'Weights cannot start at zero, nor at any common value: all units of a layer would compute the same, get the same gradient and make the same update, and stay copies of each other for ever. So they start at random. How large? A sum of n inputs times weights of variance σ² has n σ² times the variance of the inputs. If that is less than 1, the signal shrinks in each layer: small random numbers, harmless in two layers, leave nothing of it after eight. If it is more, tanh saturates and its gradient is gone.',
        'Xavier Glorot set n σ² to 1, as a mean of both directions, forward and back. That holds where the activation is about the identity, as tanh is around zero. relu throws away half of what comes, so that the signal loses half of its variance in each layer; Kaiming He made up for it with a factor of 2. In the picture are the activations behind each of eight layers: only where they keep their width can a deep network learn.',
      ],
      formula: [
        'Var(Σ wᵢ xᵢ) = n Var(w) Var(x)',
        'Xavier:  Var(w) = 2 / (n_in + n_out)',
        'He:      Var(w) = 2 / n_in',
      ],
      picture:
        'Histograms of the activations behind eight layers: small weights shrink to zero, large ones saturate at ±1, Xavier keeps tanh wide but not relu, He keeps relu wide.',
      questions: [
        {
          ask: 'Make the network 16 layers deep. What becomes of Xavier with relu?',
          answer:
            'A size of 0.002 in the last layer, where eight layers had left 0.05: a factor of √2 a layer. He keeps 0.6.',
        },
        {
          ask: "Use He's weights for tanh. Are they wrong?",
          answer:
            'No: 0.6 in the last layer, more than with Xavier, as tanh shrinks its signal a little. Larger weights still would saturate it.',
        },
        {
          ask: 'Start all weights at one in place of zero. Are the units different now?',
          answer: 'No, still one unit in ten copies. It is being equal that hurts, not being zero.',
        },
      ],
      library:
        '[Initializers](initializers.md), with those from data (`lsuv`); the default of a layer [follows its activation](models-and-training.md#layers); `model.activations` gives [what the layers make of rows](deep-networks.md#the-values-themselves). Measured: [first weights](published-facts.md#first-weights).',
      literature:
        'Glorot & Bengio, *Understanding the difficulty of training deep feedforward neural networks* (2010); He et al., *Delving deep into rectifiers* (2015); LeCun et al., *Efficient BackProp* (1998).',
    },
    ko: {
      title: '가중치 초기화 (weight initialization)',
      idea: [
        '가중치를 모두 0으로, 또는 같은 값으로 시작하면 안 됩니다. 한 층의 모든 유닛이 같은 값을 계산하고 같은 기울기를 받아 똑같이 갱신되므로, 영원히 서로의 복사본으로 남습니다. 그래서 난수로 시작합니다. 그런데 얼마나 커야 할까요? 입력 n개에 분산이 σ²인 가중치를 곱해 더하면 분산은 입력의 n σ²배가 됩니다. 이것이 1보다 작으면 신호는 층마다 줄어듭니다. 두 층에서는 괜찮던 작은 난수가 여덟 층을 지나면 신호를 남기지 않습니다. 1보다 크면 tanh가 포화되어 기울기가 사라집니다.',
        'Xavier Glorot은 앞 방향과 뒤 방향을 함께 고려해 n σ²을 1로 맞추었습니다. tanh가 0 근처에서 그렇듯 활성화 함수가 거의 항등 함수일 때 맞는 값입니다. relu는 들어온 것의 절반을 버리므로 신호의 분산이 층마다 절반으로 줄고, Kaiming He는 여기에 2를 곱해 메웠습니다. 그림은 여덟 층 각각의 활성값 히스토그램입니다. 폭이 유지되는 경우에만 깊은 신경망이 배울 수 있습니다.',
      ],
      formula: [
        'Var(Σ wᵢ xᵢ) = n Var(w) Var(x)',
        'Xavier:  Var(w) = 2 / (n_in + n_out)',
        'He:      Var(w) = 2 / n_in',
      ],
      picture:
        '여덟 층의 활성값 히스토그램. 작은 가중치는 0으로 쪼그라들고 큰 가중치는 ±1에서 포화된다. Xavier는 tanh의 폭을 지키지만 relu는 지키지 못하고, He는 relu의 폭을 지킨다.',
      questions: [
        {
          ask: '신경망을 16층으로 늘려 보세요. Xavier와 relu는 어떻게 될까요?',
          answer:
            '마지막 층의 크기가 0.002입니다. 여덟 층에서는 0.05였습니다. 층마다 √2배씩 줄어든 것입니다. He는 0.6을 유지합니다.',
        },
        {
          ask: 'tanh에 He 초기화를 써 보세요. 잘못된 것일까요?',
          answer:
            '아니요. 마지막 층이 0.6으로 Xavier보다 큽니다. tanh가 신호를 조금씩 줄이기 때문입니다. 다만 더 크게 잡으면 포화됩니다.',
        },
        {
          ask: '모든 가중치를 0 대신 1로 시작해 보세요. 이제 유닛이 서로 다를까요?',
          answer: '아니요. 여전히 같은 유닛 열 개입니다. 0이어서가 아니라 모두 같아서 문제입니다.',
        },
      ],
      library:
        '[초기화 방법](initializers.md)과 데이터로 맞추는 `lsuv`. 층의 기본값은 [활성화 함수를 따르며](models-and-training.md#layers), `model.activations`는 [층마다의 값](deep-networks.md#the-values-themselves)을 줍니다. 실제로 재어 본 결과: [first weights](published-facts.md#first-weights).',
      literature:
        'Glorot & Bengio, *Understanding the difficulty of training deep feedforward neural networks* (2010); He et al., *Delving deep into rectifiers* (2015); LeCun et al., *Efficient BackProp* (1998).',
    },
  },
};
