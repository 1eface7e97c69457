import type { Lesson } from '../lesson.js';

export const depth: Lesson = {
  name: 'depth',
  usesDigits: false,
  program: () => import('./generated.js'),
  changes: [
    [['epochs: 50', 'epochs: 200']],
    [
      [
        "relu: dense(units, { activation: 'relu' })",
        "relu: dense(units, { activation: 'relu', kernelInitializer: 'smallRandom' })",
      ],
    ],
    [['const units = 12', 'const units = 4']],
  ],
  text: {
    en: {
      title: 'Deep learning',
      idea: [
        'One hidden layer can approximate any continuous function on a bounded region, if it is wide enough; but it may have to be very wide. A deep network builds its answer in steps: each layer works on what the one in front of it has found, strokes out of pixels, shapes out of strokes. Some functions take exponentially many units in one layer and few in many layers. The two spirals of the program show a little of that: with twelve units a layer and fifty epochs, four layers tell them apart, and one does not.',
        'What stopped depth for twenty years was that deep networks did not learn. Gradients vanish or explode on their way back, units saturate, and with initial weights that suit two layers the signal dies in twenty. What helped: layer-wise pretraining at first; then relu in place of sigmoid, initial weights made for it, and normalisation; and residual blocks, which add their input to their result, so that the error has a way back that nothing shrinks.',
      ],
      formula: [
        'y = f_L(... f₂(f₁(x)))                  a deep network',
        '∂L/∂x = J₁ᵀ J₂ᵀ ... J_Lᵀ ∂L/∂y          its error: a product of L matrices',
        'residual: y = x + F(x),  ∂y/∂x = I + ∂F/∂x',
      ],
      picture:
        'Accuracy by the number of hidden layers: sigmoid does not get there in fifty epochs, relu needs depth and fails at 32 layers, residual blocks do not fail.',
      questions: [
        {
          ask: 'Train four times as long. Does sigmoid get there, and relu with 32 layers?',
          answer:
            'Neither; only relu and the residual blocks with few layers get better. Sigmoid is slow: at ten times the learning rate, two layers of it learn the spirals as well, but sixteen stay at 50 %. What passes no gradient does not learn, however long it is trained.',
        },
        {
          ask: 'Start relu with small random weights (standard deviation 0.01). How deep may it be?',
          answer:
            'Not even two layers help, and from four layers on it guesses. The signal dies on its way forward, and with it the gradient: lesson 7.',
        },
        {
          ask: 'Take 4 units a layer in place of 12. Can depth make up for width?',
          answer:
            'In part: residual blocks get from 59 % with one layer to 96 % with 32. Plain relu gets to 78 % with 8 layers and then fails: a layer of four units easily dies as a whole.',
        },
      ],
      library:
        '[Deep networks](deep-networks.md), with the [warnings](deep-networks.md#warnings) that a training gives; [residual blocks](models.md#residual-blocks). Measured: [thirty layers of relu](published-facts.md#thirty-layers-of-relu).',
      literature:
        'Cybenko, *Approximation by superpositions of a sigmoidal function* (1989); Hinton, Osindero & Teh, *A fast learning algorithm for deep belief nets* (2006); Bengio, *Learning deep architectures for AI* (2009); Telgarsky, *Benefits of depth in neural networks* (2016); He et al., *Deep residual learning for image recognition* (2016).',
    },
    ko: {
      title: '딥러닝 (deep learning)',
      idea: [
        '은닉층 하나만으로도 충분히 넓으면 유계 영역(bounded region)에서 어떤 연속 함수든 근사할 수 있습니다. 다만 아주 넓어야 할 수도 있습니다. 깊은 신경망은 답을 단계적으로 만듭니다. 층마다 앞 층이 찾아낸 것을 바탕으로, 픽셀에서 획을, 획에서 모양을 만들어 갑니다. 한 층으로는 유닛이 지수적으로 많이 들지만 여러 층으로는 조금이면 되는 함수도 있습니다. 프로그램의 두 나선이 이를 조금이나마 보여 줍니다. 층마다 유닛이 열두 개이고 50 에포크(epoch) 동안 학습할 때, 네 층이면 두 나선을 가려내지만 한 층으로는 가려내지 못합니다.',
        '20년 동안 깊이를 가로막은 것은 깊은 신경망이 학습되지 않는다는 사실이었습니다. 기울기는 거꾸로 전해지며 소실되거나 폭발하고(vanishing, exploding gradient), 유닛은 포화되며, 두 층에 맞던 초기 가중치로는 스무 층에서 신호가 사라집니다. 처음에는 층별 사전 학습이, 그다음에는 시그모이드 대신 ReLU, 그에 맞춘 초기 가중치, 정규화(normalization)가 길을 열었습니다. 잔차 블록(residual block)은 결과에 입력을 더하기 때문에, 오차가 줄어들지 않고 돌아갈 길이 생깁니다.',
      ],
      formula: [
        'y = f_L(... f₂(f₁(x)))                  깊은 신경망',
        '∂L/∂x = J₁ᵀ J₂ᵀ ... J_Lᵀ ∂L/∂y          그 오차: 행렬 L개의 곱',
        '잔차 블록: y = x + F(x),  ∂y/∂x = I + ∂F/∂x',
      ],
      picture:
        '은닉층 수에 따른 정확도(accuracy). sigmoid는 50 에포크로는 배우지 못하고, relu는 깊이가 필요하지만 32층에서 무너지며, 잔차 블록은 무너지지 않는다.',
      questions: [
        {
          ask: '네 배 오래 학습해 보세요. 시그모이드와 32층 ReLU도 두 나선을 가려낼까요?',
          answer:
            '둘 다 아닙니다. 나아지는 것은 층이 적은 ReLU와 잔차 블록뿐입니다. 시그모이드는 느립니다. 학습률을 열 배로 높이면 두 층짜리는 나선을 가려내지만, 열여섯 층은 여전히 50 %입니다. 기울기가 전해지지 않는 신경망은 아무리 오래 학습해도 배우지 못합니다.',
        },
        {
          ask: 'ReLU를 표준편차(standard deviation)가 0.01인 아주 작은 난수 가중치로 시작해 보세요. 얼마나 깊어도 될까요?',
          answer:
            '두 층도 소용없고, 네 층부터는 무작위로 찍는 것과 같습니다. 신호가 앞으로 가면서 사라지고 기울기도 함께 사라지기 때문입니다. 7강에서 다룹니다.',
        },
        {
          ask: '층마다 유닛을 12개 대신 4개로 해 보세요. 깊이가 너비를 대신할 수 있을까요?',
          answer:
            '어느 정도는 그렇습니다. 잔차 블록은 한 층에서 59 %, 32층에서 96 %를 맞힙니다. 보통의 ReLU는 8층에서 78 %까지 갔다가 무너집니다. 유닛이 네 개뿐인 층은 통째로 죽기 쉽습니다.',
        },
      ],
      library:
        '[깊은 신경망](deep-networks.md)과 학습이 스스로 내는 [경고](deep-networks.md#warnings), [잔차 블록](models.md#residual-blocks). 직접 측정한 결과: [ReLU 30층](published-facts.md#thirty-layers-of-relu).',
      literature:
        'Cybenko, *Approximation by superpositions of a sigmoidal function* (1989); Hinton, Osindero & Teh, *A fast learning algorithm for deep belief nets* (2006); Bengio, *Learning deep architectures for AI* (2009); Telgarsky, *Benefits of depth in neural networks* (2016); He et al., *Deep residual learning for image recognition* (2016).',
    },
  },
};
