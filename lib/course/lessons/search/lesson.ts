import type { Lesson } from '../lesson.js';

export const search: Lesson = {
  name: 'search',
  usesDigits: false,
  program: () => import('./generated.js'),
  changes: [
    [['16, gridSampler({ points: 4 })', '256, gridSampler({ points: 16 })']],
    [['rate(1e-4, 1)', 'rate(1e-6, 1e-3)']],
    [['sampler, seed: 1 }', 'sampler, seed: 2 }']],
  ],
  text: {
    en: {
      title: 'Parameter search',
      idea: [
        'Weights and biases are parameters: training finds them. The learning rate, the number of layers and units, the strength of a penalty are hyper-parameters: they have to be there before the training begins, and no gradient leads to them. So one tries values, trains with each, and takes those with the lowest loss on rows that were kept from the training (validation), as the training loss always favours more units and longer training.',
        'A grid tries all combinations of a few values each. If only one of two hyper-parameters matters, as is often so, sixteen trials of a grid try four values of it; sixteen random trials try sixteen. Learning rates are drawn on a logarithmic scale, as from 0.001 to 0.01 is as large a change as from 0.1 to 1. From coarse to fine: a few trials anywhere, then more around the best of them. The library also has samplers that learn from the trials so far.',
      ],
      formula: [
        'λ* = argmin_λ L_validation(train(λ))',
        'log₁₀ η ~ uniform(-4, 0)                 a learning rate from 0.0001 to 1',
      ],
      picture:
        'The validation loss of each trial by its learning rate: the grid stands in four columns, random trials are spread out, and those from coarse to fine, of which the first half are random ones too, gather where the loss is lowest.',
      questions: [
        {
          ask: 'How many trials does a grid need to try sixteen learning rates as well?',
          answer:
            'Sixteen times sixteen, 256. It then finds a loss of 0.016, better than the others, for sixteen times the work.',
        },
        {
          ask: 'Search the learning rate from 0.000001 to 0.001. Which way of searching makes up for it?',
          answer:
            'None: the losses are two to three times as large. The best values lie outside. When the best trials lie at the edge of a range, widen it.',
        },
        {
          ask: 'Take another seed. Does random search always beat the grid?',
          answer:
            'No: with seed 2 it finds 0.157 and the grid 0.134; coarse to fine is still ahead. Luck plays its part, but random search has the better odds when few hyper-parameters matter.',
        },
      ],
      library:
        '[Hyper-parameter search](hyper-parameter-search.md): samplers (grid, random, Sobol, TPE, Gaussian processes, CMA-ES), pruners, journals, importance of parameters; `layerwise search` on [the command line](command-line.md).',
      literature:
        'Bergstra & Bengio, *Random search for hyper-parameter optimization* (2012); Bergstra et al., *Algorithms for hyper-parameter optimization* (2011).',
    },
    ko: {
      title: '하이퍼파라미터 탐색 (hyperparameter search)',
      idea: [
        '가중치와 편향(bias)은 파라미터(parameter)이고, 학습으로 찾습니다. 학습률, 층과 유닛의 수, 규제의 강도 같은 것은 하이퍼파라미터(hyperparameter)입니다. 학습을 시작하기 전에 정해져 있어야 하고, 어떤 기울기도 그 값을 알려 주지 않습니다. 그래서 값을 몇 가지 골라 각각 학습해 보고, 학습에 쓰지 않은 검증(validation) 데이터에서 손실이 가장 작은 것을 고릅니다. 학습 손실만 보면 언제나 유닛이 많고 오래 학습한 쪽이 좋아 보이기 때문입니다.',
        '격자 탐색(grid search)은 값 몇 개씩의 모든 조합을 시도합니다. 흔히 그렇듯 두 하이퍼파라미터 가운데 하나만 중요하다면, 격자 탐색은 열여섯 번 시도해도 그 값을 네 가지밖에 못 보지만 무작위 탐색(random search)은 열여섯 가지를 봅니다. 학습률은 로그 척도(logarithmic scale)에서 뽑습니다. 0.001에서 0.01로 바꾸는 것이 0.1에서 1로 바꾸는 것만큼 큰 변화이기 때문입니다. 성긴 탐색에서 세밀한 탐색으로(coarse to fine) 가려면, 먼저 넓은 범위에서 몇 번 시도하고 가장 좋았던 곳 주변을 더 촘촘히 탐색합니다. 이 라이브러리에는 지금까지의 시도에서 배우는 샘플러(sampler)도 있습니다.',
      ],
      formula: [
        'λ* = argmin_λ L_validation(train(λ))',
        'log₁₀ η ~ uniform(-4, 0)                 0.0001부터 1까지의 학습률',
      ],
      picture:
        '시도마다의 학습률과 검증 손실. 격자 탐색은 세로로 네 줄을 이루고, 무작위 탐색은 고루 퍼지며, 성긴 탐색에서 세밀한 탐색으로 간 시도는 처음 절반이 무작위 탐색과 겹치고 나머지는 손실이 작은 곳에 모인다.',
      questions: [
        {
          ask: '격자 탐색도 학습률 열여섯 가지를 보려면 몇 번 시도해야 할까요?',
          answer:
            '16 × 16 = 256번입니다. 그러면 손실 0.016으로 다른 방법보다 낫지만, 계산량이 열여섯 배입니다.',
        },
        {
          ask: '학습률을 0.000001에서 0.001 사이에서 찾아보세요. 범위를 잘못 잡은 것을 만회하는 방법이 있을까요?',
          answer:
            '없습니다. 손실이 두세 배로 커집니다. 좋은 값이 범위 밖에 있기 때문입니다. 가장 좋은 시도가 범위의 끝에 몰리면 범위를 넓히세요.',
        },
        {
          ask: '시드(seed)를 바꿔 보세요. 무작위 탐색이 늘 격자 탐색을 이길까요?',
          answer:
            '아니요. 시드 2에서는 무작위 탐색이 0.157, 격자 탐색이 0.134이고, 성긴 탐색에서 세밀한 탐색으로 가는 쪽이 여전히 앞섭니다. 운도 따르지만, 중요한 하이퍼파라미터가 적을 때는 무작위 탐색이 유리합니다.',
        },
      ],
      library:
        '[하이퍼파라미터 탐색](hyper-parameter-search.md): 샘플러(grid, random, Sobol, TPE, 가우시안 프로세스, CMA-ES), 가지치기(pruner), 기록(journal), 파라미터 중요도. [명령줄](command-line.md)에서는 `layerwise search`.',
      literature:
        'Bergstra & Bengio, *Random search for hyper-parameter optimization* (2012); Bergstra et al., *Algorithms for hyper-parameter optimization* (2011).',
    },
  },
};
