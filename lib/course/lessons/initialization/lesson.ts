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
        'Weights cannot start at zero, nor at any common value: all units of a layer would compute the same, get the same gradient and make the same update, and stay copies of each other for ever. So they start at random. How large? A sum of n inputs of mean 0, times independent weights of variance σ², has n σ² times their variance. If n σ² is less than 1, the signal shrinks in each layer: small random numbers, harmless in two layers, leave nothing of it after eight. If it is more, tanh saturates and its gradient is gone.',
        'Xavier Glorot and Yoshua Bengio set n σ² to 1, where n is the mean of the units in front and behind, for the ways forward and back. That is right where the activation is about the identity, as tanh is around zero. relu sets half of what comes to zero, so that the signal loses half of its mean square in each layer; Kaiming He and others made up for it with a factor of 2. The picture shows the activations of each of eight layers: only where they neither shrink nor saturate can a deep network learn.',
      ],
      formula: [
        'Var(Σ wᵢ xᵢ) = n Var(w) E(x²)',
        'E(x²) = Var(x) where x has mean 0; of relu(z) it is Var(z) / 2',
        'Xavier:  Var(w) = 2 / (n_in + n_out)',
        'He:      Var(w) = 2 / n_in',
      ],
      picture:
        'Histograms of the activations of eight layers: small weights shrink to zero, large ones saturate at ±1, Xavier keeps tanh wide but not relu, He keeps relu wide.',
      questions: [
        {
          ask: 'Make the network 16 layers deep. What becomes of Xavier with relu?',
          answer:
            'It falls to 0.002 in the last layer, where eight layers had left 0.05: by a factor of about √2 a layer. He keeps 0.6.',
        },
        {
          ask: "Use He's weights for tanh. Are they wrong?",
          answer:
            'No: 0.6 in the last layer, more than with Xavier: tanh shrinks its signal a little, and the larger weights make up for it. Much larger ones would saturate it.',
        },
        {
          ask: 'Start all weights at one in place of zero. Are the units different now?',
          answer: 'No, still ten copies of one unit. It is being equal that hurts, not being zero.',
        },
      ],
      library:
        '[Initializers](initializers.md), with those from data (`lsuv`); the default of a layer [follows its activation](models.md#layers); `model.activations` gives [what the layers make of rows](deep-networks.md#the-values-themselves). Measured: [initial weights](published-facts.md#first-weights).',
      literature:
        'Glorot & Bengio, *Understanding the difficulty of training deep feedforward neural networks* (2010); He et al., *Delving deep into rectifiers* (2015); LeCun et al., *Efficient BackProp* (1998).',
    },
    ko: {
      title: '가중치 초기화 (weight initialization)',
      idea: [
        '가중치를 모두 0으로, 또는 모두 같은 값으로 시작하면 안 됩니다. 한 층의 모든 유닛이 같은 값을 계산하고 같은 기울기를 받아 똑같이 갱신되므로, 언제까지나 서로의 복사본으로 남습니다. 그래서 난수로 시작합니다. 그런데 얼마나 커야 할까요? 평균이 0인 입력 n개에 분산이 σ²인 서로 독립인 가중치를 곱해 더하면 분산은 입력의 n σ²배가 됩니다. n σ²이 1보다 작으면 신호는 층마다 줄어듭니다. 두 층에서는 괜찮던 작은 난수도 여덟 층을 지나면 신호를 남기지 않습니다. 1보다 크면 tanh가 포화되어 기울기가 사라집니다.',
        'Xavier Glorot과 Yoshua Bengio는 순방향과 역방향을 함께 고려해, 앞뒤 층 유닛 수의 평균을 n으로 두고 n σ²을 1로 맞추었습니다. tanh가 0 근처에서 그렇듯 활성화 함수가 거의 항등 함수일 때 맞는 값입니다. ReLU는 들어온 것의 절반을 0으로 만들기 때문에 신호의 제곱 평균이 층마다 절반으로 줄고, Kaiming He 등은 2를 곱해 이를 메웠습니다. 그림은 여덟 층 각각의 활성값 히스토그램입니다. 활성값이 줄어들지도 포화되지도 않을 때만 깊은 신경망이 학습됩니다.',
      ],
      formula: [
        'Var(Σ wᵢ xᵢ) = n Var(w) E(x²)',
        'x의 평균이 0이면 E(x²) = Var(x), x = relu(z)이면 E(x²) = Var(z) / 2',
        'Xavier:  Var(w) = 2 / (n_in + n_out)',
        'He:      Var(w) = 2 / n_in',
      ],
      picture:
        '여덟 층의 활성값 히스토그램. 가중치가 작으면 0으로 쪼그라들고 크면 ±1에서 포화된다. Xavier는 tanh의 폭을 지키지만 relu의 폭은 지키지 못하고, He는 relu의 폭을 지킨다.',
      questions: [
        {
          ask: '신경망을 16층으로 늘려 보세요. Xavier 초기화를 쓴 ReLU는 어떻게 될까요?',
          answer:
            '마지막 층에서 0.002로 줄어듭니다. 여덟 층일 때는 0.05였습니다. 층마다 약 √2분의 1로 줄어드는 것입니다. He 초기화는 0.6을 유지합니다.',
        },
        {
          ask: 'tanh에 He 초기화를 써 보세요. 잘못된 것일까요?',
          answer:
            '아니요. 마지막 층이 0.6으로 Xavier 초기화보다 큽니다. tanh가 신호를 조금씩 줄이는 것을 더 큰 가중치가 메우기 때문입니다. 다만 훨씬 크게 잡으면 포화됩니다.',
        },
        {
          ask: '모든 가중치를 0 대신 1로 시작해 보세요. 이제 유닛이 서로 다를까요?',
          answer:
            '아니요. 여전히 똑같은 유닛이 열 개입니다. 0이어서가 아니라 모두 같아서 문제입니다.',
        },
      ],
      library:
        '[초기화 방법](initializers.md)과 데이터로 맞추는 `lsuv`. 층의 기본값은 [활성화 함수를 따르며](models.md#layers), `model.activations`는 [층마다의 값](deep-networks.md#the-values-themselves)을 줍니다. 직접 측정한 결과: [초기 가중치](published-facts.md#first-weights).',
      literature:
        'Glorot & Bengio, *Understanding the difficulty of training deep feedforward neural networks* (2010); He et al., *Delving deep into rectifiers* (2015); LeCun et al., *Efficient BackProp* (1998).',
    },
  },
};
