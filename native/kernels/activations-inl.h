// The activation functions, compiled once per instruction set. To add one, write its struct here
// and name it in ActivationTable(): nothing else.

#include "native/kernels/simd/math-inl.h"
//
#include "native/kernels/softmax-inl.h"

namespace layerwise::LAYERWISE_TARGET {

struct Linear {
  static constexpr RowInfo kInfo{"linear", "f(x) = x", "No activation.", {}};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float*) { return x; }
  static Vec Derivative(Vec, const float*) { return Set(1.0f); }
};

struct Sigmoid {
  static constexpr RowInfo kInfo{
      "sigmoid", "f(x) = 1 / (1 + exp(-x))", "The logistic function, with values in (0, 1).", {}};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float*) { return Logistic(x); }
  static Vec Derivative(Vec y, const float*) { return Mul(y, Sub(Set(1.0f), y)); }
};

struct HyperbolicTangent {
  static constexpr RowInfo kInfo{"tanh",
                                 "f(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x))",
                                 "The hyperbolic tangent, with values in (-1, 1).",
                                 {}};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float*) { return Tanh(x); }
  static Vec Derivative(Vec y, const float*) { return NegMulAdd(y, y, Set(1.0f)); }
};

struct Relu {
  static constexpr RowInfo kInfo{
      "relu", "f(x) = max(0, x)", "The rectified linear unit (Nair and Hinton 2010).", {}};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float*) { return Max(Zero(), x); }
  static Vec Derivative(Vec y, const float*) {
    return IfThenElse(Lt(Zero(), y), Set(1.0f), Zero());
  }
};

struct LeakyRelu {
  static constexpr ParameterInfo kParameters[] = {
      {.name = "slope",
       .fallback = 0.01,
       .minimum = 0.0,
       .maximum = std::numeric_limits<double>::infinity(),
       .description = "The slope for negative inputs."}};
  static constexpr RowInfo kInfo{"leakyRelu", "f(x) = x for x > 0, slope * x otherwise",
                                 "A rectifier that lets a little through for negative inputs "
                                 "(Maas, Hannun and Ng 2013).",
                                 kParameters};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float* parameters) {
    return IfThenElse(Lt(Zero(), x), x, Mul(x, Set(parameters[0])));
  }
  static Vec Derivative(Vec y, const float* parameters) {
    return IfThenElse(Lt(Zero(), y), Set(1.0f), Set(parameters[0]));
  }
};

template <class Activation>
void ForwardElements(const ActivationBlock& block, const float* parameters) {
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* input = block.input + i * block.stride;
    float* output = block.output + i * block.stride;
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      Store(Activation::F(Load(input + j), parameters), output + j);
    }
  }
}

template <class Activation>
void BackwardElements(const ActivationGradientBlock& block, const float* parameters) {
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* saved = block.saved + i * block.saved_stride;
    float* gradient = block.gradient + i * block.gradient_stride;
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      Store(Mul(Load(gradient + j), Activation::Derivative(Load(saved + j), parameters)),
            gradient + j);
    }
  }
}

template <class Activation>
constexpr ActivationRow ElementRow() {
  return {Activation::kInfo, ActivationScope::kElement, Activation::kDerivativeOf,
          &ForwardElements<Activation>, &BackwardElements<Activation>};
}

// Softmax works on a row: f(x)_j = exp(x_j - max x) / sum_k exp(x_k - max x).
static void SoftmaxForward(const ActivationBlock& block, const float*) {
  for (int64_t i = 0; i < block.rows; ++i) {
    SoftmaxRow(block.input + i * block.stride, block.output + i * block.stride, block.columns);
  }
}

// dL/dx_j = y_j (dL/dy_j - sum_k dL/dy_k y_k)
static void SoftmaxBackward(const ActivationGradientBlock& block, const float*) {
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* y = block.saved + i * block.saved_stride;
    float* gradient = block.gradient + i * block.gradient_stride;
    Vec products = Zero();
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      const int count = static_cast<int>(block.columns - j < kLanes ? block.columns - j : kLanes);
      products = MulAdd(LoadN(gradient + j, count), LoadN(y + j, count), products);
    }
    const Vec dot = Set(ReduceSum(products));
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      const int count = static_cast<int>(block.columns - j < kLanes ? block.columns - j : kLanes);
      Store(Mul(LoadN(y + j, count), Sub(LoadN(gradient + j, count), dot)), gradient + j);
    }
  }
}

inline constexpr RowInfo kSoftmaxInfo{
    "softmax",
    "f(x)_j = exp(x_j) / sum_k exp(x_k)",
    "Turns the outputs of a row into probabilities that sum to one. Works on a row as a whole.",
    {}};

// An array, not a span: no standard template may be compiled in here.
static const auto& ActivationTable() {
  static constexpr ActivationRow kRows[] = {
      ElementRow<Linear>(),
      ElementRow<Sigmoid>(),
      ElementRow<HyperbolicTangent>(),
      ElementRow<Relu>(),
      ElementRow<LeakyRelu>(),
      {kSoftmaxInfo, ActivationScope::kRow, DerivativeOf::kOutput, &SoftmaxForward,
       &SoftmaxBackward},
  };
  return kRows;
}

}  // namespace layerwise::LAYERWISE_TARGET
