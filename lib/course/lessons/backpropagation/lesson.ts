import type { Lesson } from '../lesson.js';

export const backpropagation: Lesson = {
  name: 'backpropagation',
  usesDigits: false,
  program: () => import('./generated.js'),
  changes: [
    [['learningRate: 5', 'learningRate: 0.1']],
    [["dense(4, { activation: 'sigmoid' })", "dense(4, { activation: 'tanh' })"]],
    [
      ['dense(4,', 'dense(1,'],
      ['4 * row', 'row'],
    ],
  ],
  text: {
    en: {
      title: 'Backpropagation',
      idea: [
        'A network computes forward: each layer multiplies its inputs by weights, adds them up and sends the sums through an activation. The loss says how wrong the output is. To learn, one has to know for every weight which way the loss changes with it, and how much: that is the derivative of the loss with respect to the weight, its gradient. For the weights of the last layer it is easy to see. For those in front of it, it takes the chain rule: the error of the output goes back through the weights, layer by layer, and becomes the error of the units in front.',
        'One pass back gives the gradients of all weights for about the price of two passes forward. Then every weight takes a small step downhill: against its gradient, times the learning rate. That is gradient descent. The program works out the chain rule for a single weight and compares it with what the library computes; then it learns XOR, which no network without a hidden layer can.',
      ],
      formula: [
        'z₁ = W₁ x + b₁,  h = f(z₁),  z₂ = W₂ h + b₂,  y = f(z₂)',
        'δ₂ = ∂L/∂y ⊙ f′(z₂)                   the error of the output layer',
        'δ₁ = (W₂ᵀ δ₂) ⊙ f′(z₁)                of the layer in front of it',
        '∂L/∂W₂ = δ₂ hᵀ,  ∂L/∂W₁ = δ₁ xᵀ       the gradients of their weights',
      ],
      picture: 'The loss falls in a thousand steps, hardly at first, then quickly.',
      questions: [
        {
          ask: 'Take a learning rate of 0.1 in place of 5. What becomes of the loss?',
          answer:
            'It stays at 0.25, which is what the answer 0.5 to everything gives. The gradients are the same at first, but the steps are fifty times smaller: a thousand of them are not enough.',
        },
        {
          ask: 'Give the hidden layer tanh. Why do the two gradients differ now?',
          answer:
            'The formula by hand has `h * (1 - h)` in it, the derivative of sigmoid. That of tanh is `1 - h * h`: put that in, and they agree again. The library follows the activation by itself, and learns XOR either way.',
        },
        {
          ask: 'Can a single hidden unit learn XOR?',
          answer:
            'No: one of the two answers that should be 1 comes out as 0.3. One unit draws one line through the square of the inputs, and XOR needs two.',
        },
      ],
      library:
        '[A loop by hand](custom-loops.md) has the methods `forward`, `backward`, `gradients` and `step`; `fit` does the same without leaving the core. [gradientCheck](deep-networks.md#checking-gradients) compares gradients with finite differences.',
      literature:
        'Rumelhart, Hinton & Williams, *Learning representations by back-propagating errors*, Nature 323 (1986).',
    },
    ko: {
      title: '역전파 (backpropagation)',
      idea: [
        '신경망은 입력에서 출력 쪽으로 계산합니다. 이것이 순전파(forward propagation)입니다. 각 층(layer)은 입력에 가중치(weight)를 곱해 더한 뒤 활성화 함수(activation function)에 통과시키고, 손실(loss)은 출력이 얼마나 틀렸는지를 알려 줍니다. 학습하려면 가중치를 바꿀 때 손실이 어느 쪽으로 얼마나 달라지는지 알아야 하는데, 그것이 바로 손실을 그 가중치로 미분한 값, 즉 기울기(gradient)입니다. 마지막 층의 기울기는 금방 구할 수 있습니다. 그 앞의 층은 연쇄 법칙(chain rule)으로 구합니다. 출력의 오차가 가중치를 거슬러 한 층씩 전해져 앞 층 유닛(unit)의 오차가 됩니다.',
        '역방향으로 한 번 계산하면 모든 가중치의 기울기가 나오고, 그 비용은 순전파 두 번쯤에 해당합니다. 그다음에는 각 가중치를 기울기의 반대 방향으로, 기울기에 학습률(learning rate)을 곱한 만큼 조금 옮깁니다. 이것이 경사 하강법(gradient descent)입니다. 프로그램은 가중치 하나의 기울기를 연쇄 법칙대로 직접 계산해 라이브러리의 값과 비교한 다음, 은닉층(hidden layer) 없이는 학습할 수 없는 XOR을 학습합니다.',
      ],
      formula: [
        'z₁ = W₁ x + b₁,  h = f(z₁),  z₂ = W₂ h + b₂,  y = f(z₂)',
        'δ₂ = ∂L/∂y ⊙ f′(z₂)                   출력층의 오차',
        'δ₁ = (W₂ᵀ δ₂) ⊙ f′(z₁)                그 앞 층의 오차',
        '∂L/∂W₂ = δ₂ hᵀ,  ∂L/∂W₁ = δ₁ xᵀ       두 층 가중치의 기울기',
      ],
      picture: '가중치를 1,000번 갱신하는 동안 손실이 처음에는 거의 그대로이다가 빠르게 줄어든다.',
      questions: [
        {
          ask: '학습률을 5 대신 0.1로 하면 손실은 어떻게 될까요?',
          answer:
            '0.25에 머뭅니다. 무엇을 넣어도 0.5라고 답할 때의 손실입니다. 처음 기울기는 같지만 한 번에 움직이는 폭이 50분의 1이어서 1,000번으로는 모자랍니다.',
        },
        {
          ask: '은닉층을 tanh로 바꿔 보세요. 왜 두 기울기가 달라질까요?',
          answer:
            '손으로 쓴 식에는 시그모이드(sigmoid)의 도함수인 `h * (1 - h)`가 들어 있습니다. tanh의 도함수는 `1 - h * h`이니 그렇게 고치면 다시 일치합니다. 라이브러리는 활성화 함수에 맞춰 알아서 미분하므로 어느 쪽이든 XOR을 학습합니다.',
        },
        {
          ask: '은닉 유닛 하나로도 XOR을 학습할 수 있을까요?',
          answer:
            '아니요. 1이어야 할 두 답 가운데 하나가 0.3으로 나옵니다. 유닛 하나는 입력 평면에 직선 하나를 긋는데, XOR에는 직선이 두 개 필요합니다.',
        },
      ],
      library:
        '[직접 쓰는 학습 루프](custom-loops.md)에는 `forward`, `backward`, `gradients`, `step`이 있고, `fit`은 같은 일을 코어 안에서 모두 처리합니다. [gradientCheck](deep-networks.md#checking-gradients)는 기울기를 수치 미분과 비교해 줍니다.',
      literature:
        'Rumelhart, Hinton & Williams, *Learning representations by back-propagating errors*, Nature 323 (1986).',
    },
  },
};
