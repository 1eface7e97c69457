import type { Lesson } from '../lesson.js';

export const overcomplete: Lesson = {
  name: 'overcomplete',
  usesDigits: true,
  program: () => import('./generated.js'),
  changes: [
    [['klWeight: 0.001', 'klWeight: 0.001, klTarget: 0.2']],
    [['code: 256', 'code: 24']],
    [['lw.maskingNoise({ rate: 0.3 })', 'lw.maskingNoise({ rate: 0.7 })']],
  ],
  text: {
    en: {
      title: 'Autoencoder 2: sparse, stacked, denoising',
      idea: [
        'A code does not have to be narrow to be good. But with more hidden units than inputs a network could simply copy its input, and would learn nothing. A sparse autoencoder is kept from that by a penalty on units that are active more than a little on average. Every row is then described by a handful of units out of many, and each of them comes to stand for something. A denoising autoencoder is kept from it by its task: it gets a damaged row and has to give back the whole one, for which it has to know how the values depend on each other. The noise also keeps it from learning the rows by heart, from overfitting.',
        'A stacked autoencoder is built layer by layer: the first learns to give back the rows, the second the code of the first, and so on; then all layers are trained together. When nobody knew yet how to give deep networks good initial weights, this is how they were made to learn. In the program 30 % of the ink of the test digits is missing: of three autoencoders with 256 units for 196 grey levels, the one that has learnt to repair does it best.',
      ],
      formula: [
        'sparse:     loss + β Σⱼ KL(ρ ‖ ρ̂ⱼ),  ρ̂ⱼ: mean activation of unit j, ρ: wanted',
        '            KL(ρ ‖ ρ̂) = ρ log(ρ / ρ̂) + (1 - ρ) log((1 - ρ) / (1 - ρ̂))',
        'denoising:  loss = mean of (decode(encode(x + noise)) - x)²',
      ],
      picture:
        'Ten damaged digits, and what a plain, a sparse and a denoising autoencoder make of them.',
      questions: [
        {
          ask: 'Ask for a mean activation of a fifth in place of a twentieth (`klTarget: 0.2`). What does that cost or bring?',
          answer:
            'The mean activation becomes 0.21, and the error falls from 0.024 to 0.021. Sparser codes are easier to read, denser ones keep more.',
        },
        {
          ask: 'Make the code narrow again, 24 units. Is noise still of use?',
          answer:
            'Hardly: 0.022 beside the 0.023 of the plain one. A narrow code cannot copy, so there is little left to prevent.',
        },
        {
          ask: 'Train the denoising autoencoder with 70 % of the ink missing. Does it repair better?',
          answer:
            'Worse: 0.030 is no better than the damaged digits themselves. It has got used to inputs with hardly any ink, and draws too much into those with more. The noise of the training should be like that of the use.',
        },
      ],
      library:
        '[Sparse](autoencoders.md#sparse-few-active-columns-for-each-row) and [denoising](autoencoders.md#denoising-clean-rows-from-corrupted-ones) autoencoders, `stackedAutoencoder` and `pretrain` in [Autoencoders](autoencoders.md). Measured: [sparse codes](published-facts.md#sparse-codes), [a stacked denoising autoencoder](published-facts.md#a-stacked-denoising-autoencoder-fine-tuned).',
      literature:
        'Olshausen & Field, *Emergence of simple-cell receptive field properties by learning a sparse code for natural images*, Nature 381 (1996); Ng, *Sparse autoencoder*, CS294A lecture notes (2011); Bengio et al., *Greedy layer-wise training of deep networks* (2007); Vincent et al., *Extracting and composing robust features with denoising autoencoders* (2008) and *Stacked denoising autoencoders* (2010).',
    },
    ko: {
      title: '오토인코더 2: 희소, 적층, 잡음 제거 (sparse, stacked, denoising)',
      idea: [
        '코드가 꼭 좁아야 좋은 것은 아닙니다. 다만 은닉 유닛(hidden unit)이 입력보다 많으면 신경망은 입력을 그대로 베낄 수 있고, 그러면 아무것도 학습하지 못합니다. 희소 오토인코더(sparse autoencoder)는 규제(regularization)로 이를 막습니다. 유닛의 평균 활성값(activation)이 커지면 손실에 페널티(penalty)를 더하는 것입니다. 그러면 입력 하나를 많은 유닛 가운데 몇 개가 나누어 표현하게 되고, 유닛마다 나름의 의미를 갖게 됩니다. 잡음 제거 오토인코더(denoising autoencoder)는 과제로 이를 막습니다. 손상된(corrupted) 입력을 받아 온전한 것을 돌려주어야 하니, 값들이 서로 어떻게 얽혀 있는지 알아야 합니다. 잡음(noise)은 데이터를 통째로 외우는 과적합(overfitting)도 막아 줍니다.',
        '적층 오토인코더(stacked autoencoder)는 한 층씩 쌓습니다. 첫 층은 입력을, 둘째 층은 첫 층의 코드를 복원하도록 학습하고, 마지막에 모든 층을 함께 학습합니다. 깊은 신경망에 알맞은 초기 가중치를 아직 모르던 시절에는 이런 사전 학습(pretraining)을 거쳐 깊은 신경망을 학습했습니다. 프로그램은 테스트용 숫자에서 잉크를 30 % 지웁니다. 픽셀 값 196개에 은닉 유닛이 256개인 세 오토인코더 가운데, 복원하도록 학습한 것이 가장 잘 복원합니다.',
      ],
      formula: [
        '희소:       loss + β Σⱼ KL(ρ ‖ ρ̂ⱼ),  ρ̂ⱼ: 유닛 j의 평균 활성값, ρ: 목표',
        '            KL(ρ ‖ ρ̂) = ρ log(ρ / ρ̂) + (1 - ρ) log((1 - ρ) / (1 - ρ̂))',
        '잡음 제거:  loss = (decode(encode(x + 잡음)) - x)²의 평균',
      ],
      picture: '손상된 숫자 열 개와, 기본·희소·잡음 제거 오토인코더가 복원한 모습.',
      questions: [
        {
          ask: '평균 활성값의 목표를 20분의 1 대신 5분의 1로 하면(`klTarget: 0.2`) 무엇을 얻고 무엇을 잃을까요?',
          answer:
            '평균 활성값이 0.21이 되고 오차는 0.024에서 0.021로 줄어듭니다. 코드가 희소할수록 해석하기 쉽고, 촘촘할수록 많이 보존합니다.',
        },
        {
          ask: '코드를 다시 24개로 좁혀 보세요. 그래도 잡음이 도움이 될까요?',
          answer:
            '거의 안 됩니다. 기본 오토인코더의 0.023이 0.022가 될 뿐입니다. 좁은 코드는 입력을 베낄 수 없으니 막을 것도 별로 없습니다.',
        },
        {
          ask: '잡음 제거 오토인코더를 잉크가 70 % 지워진 숫자로 학습하면 더 잘 복원할까요?',
          answer:
            '더 나빠집니다. 0.030이면 손상된 숫자를 그대로 둔 것과 같습니다. 잉크가 거의 없는 입력에 익숙해져서, 잉크가 더 많은 입력에는 너무 많이 그립니다. 학습할 때의 잡음은 쓸 때의 잡음과 비슷해야 합니다.',
        },
      ],
      library:
        '[오토인코더](autoencoders.md) 문서의 [희소](autoencoders.md#sparse-few-active-columns-for-each-row) 오토인코더와 [잡음 제거](autoencoders.md#denoising-clean-rows-from-corrupted-ones) 오토인코더, `stackedAutoencoder`와 `pretrain`. 직접 측정한 결과: [희소 코드](published-facts.md#sparse-codes), [적층 잡음 제거 오토인코더](published-facts.md#a-stacked-denoising-autoencoder-fine-tuned).',
      literature:
        'Olshausen & Field, *Emergence of simple-cell receptive field properties by learning a sparse code for natural images*, Nature 381 (1996); Ng, *Sparse autoencoder*, CS294A lecture notes (2011); Bengio et al., *Greedy layer-wise training of deep networks* (2007); Vincent et al., *Extracting and composing robust features with denoising autoencoders* (2008), *Stacked denoising autoencoders* (2010).',
    },
  },
};
