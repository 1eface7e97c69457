import type { Lesson } from '../lesson.js';

export const compression: Lesson = {
  name: 'compression',
  usesDigits: true,
  program: () => import('./generated.js'),
  changes: [
    [['code: 12', 'code: 3']],
    [["activation: 'relu'", "activation: 'linear'"]],
    [['digits(1500)', 'digits(100)']],
  ],
  text: {
    en: {
      title: 'Autoencoder 1: compression',
      idea: [
        'An autoencoder is a network whose target is its own input. That would be no work if the row did not have to pass through a narrow layer, the code: the encoder has to say in a few numbers what the decoder needs to draw the row again. No labels are needed, as the rows are inputs and targets at once. What the network learns is how rows of this kind differ from one another.',
        'Without activations the best that it can do is what principal component analysis (PCA) does: the code spans the directions of largest variance. The program shows it for points near a line. With activations and more layers the code can bend with the data, and the same twelve numbers keep more of a digit than the best twelve directions do. What does not follow the rule of the data is reconstructed badly: that makes autoencoders detectors of anomalies.',
      ],
      formula: ['code = f(W₁ x + b₁)', 'x̂ = g(W₂ code + b₂)', 'loss = mean of (x̂ - x)²'],
      picture:
        'Ten digits, and what a linear and a deep autoencoder make of them out of 12 numbers.',
      questions: [
        {
          ask: 'What is left of the digits with a code of 3 numbers?',
          answer:
            'The errors grow to two to three times their size, and the pictures become blurred means of several digits. The deep autoencoder keeps its lead.',
        },
        {
          ask: 'Give the deep autoencoder the activation linear. Is depth alone of use?',
          answer:
            'No: 0.017, as with one layer. Several linear layers are one linear layer, and both find what PCA finds.',
        },
        {
          ask: 'Train on 100 digits in place of 1,500. How well are digits reconstructed that were not seen?',
          answer:
            'Two to three times the error. No labels are needed, but enough kinds of handwriting still have to be seen.',
        },
      ],
      library:
        '[Autoencoders](autoencoders.md): `autoencoder`, `encode`, `decode`, `reconstruct`, and detecting anomalies with `calibrate` and `predict`. Measured: [an autoencoder beside principal components](published-facts.md#a-deep-autoencoder-beside-the-principal-components).',
      literature:
        'Bourlard & Kamp, *Auto-association by multilayer perceptrons and singular value decomposition* (1988); Baldi & Hornik, *Neural networks and principal component analysis* (1989); Hinton & Salakhutdinov, *Reducing the dimensionality of data with neural networks*, Science 313 (2006).',
    },
    ko: {
      title: '오토인코더 1: 압축 (autoencoder)',
      idea: [
        '오토인코더(autoencoder)는 입력 자체가 정답인 신경망입니다. 그대로 베끼면 그만일 것 같지만, 중간에 코드(code)라는 좁은 층을 지나야 합니다. 그래서 인코더(encoder)는 디코더(decoder)가 입력을 복원(reconstruction)하는 데 필요한 것을 몇 개의 수로 요약해야 합니다. 입력이 곧 정답이니 레이블(label)은 필요 없습니다. 신경망이 학습하는 것은 이런 데이터가 서로 어떻게 다른가입니다.',
        '활성화 함수가 없으면 오토인코더가 할 수 있는 최선은 주성분 분석(principal component analysis, PCA)과 같습니다. 코드는 분산(variance)이 가장 큰 방향들을 찾아냅니다. 프로그램은 직선 근처의 점들로 이를 보여 줍니다. 활성화 함수를 넣고 층을 더하면 코드가 데이터의 모양을 따라 휠 수 있어서, 같은 열두 개의 수로도 가장 좋은 열두 방향보다 손글씨 숫자를 더 잘 보존합니다. 데이터의 규칙에서 벗어난 것은 잘 복원하지 못하는데, 이 성질을 이상 탐지(anomaly detection)에 씁니다.',
      ],
      formula: ['code = f(W₁ x + b₁)', 'x̂ = g(W₂ code + b₂)', 'loss = (x̂ - x)²의 평균'],
      picture: '숫자 열 개와, 선형 오토인코더와 깊은 오토인코더가 12개의 수에서 복원한 모습.',
      questions: [
        {
          ask: '코드가 3개의 수뿐이면 숫자는 얼마나 남을까요?',
          answer:
            '오차가 두세 배로 커지고, 그림은 여러 숫자를 섞은 듯 흐려집니다. 그래도 깊은 오토인코더가 여전히 낫습니다.',
        },
        {
          ask: '깊은 오토인코더의 활성화 함수를 linear로 바꿔 보세요. 깊이만으로 도움이 될까요?',
          answer:
            '아니요. 한 층일 때와 같은 0.017입니다. 선형 층은 여러 개를 쌓아도 선형 층 하나이고, 둘 다 PCA가 찾는 것을 찾습니다.',
        },
        {
          ask: '1,500개 대신 100개의 숫자로 학습하면, 처음 보는 숫자는 얼마나 잘 복원할까요?',
          answer:
            '오차가 두세 배로 커집니다. 레이블은 필요 없지만, 여러 가지 필체는 보아야 합니다.',
        },
      ],
      library:
        '[오토인코더](autoencoders.md): `autoencoder`, `encode`, `decode`, `reconstruct`, 그리고 `calibrate`와 `predict`로 하는 이상 탐지. 직접 측정한 결과: [주성분 분석과 비교한 오토인코더](published-facts.md#a-deep-autoencoder-beside-the-principal-components).',
      literature:
        'Bourlard & Kamp, *Auto-association by multilayer perceptrons and singular value decomposition* (1988); Baldi & Hornik, *Neural networks and principal component analysis* (1989); Hinton & Salakhutdinov, *Reducing the dimensionality of data with neural networks*, Science 313 (2006).',
    },
  },
};
