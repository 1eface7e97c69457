// Penalties and bounds of weights, compiled once per instruction set.

namespace layerwise::LAYERWISE_TARGET {

static void SumColumns(const float* weights, int64_t rows, int vectors, float* absolute,
                       float* squares) {
  const int64_t width = static_cast<int64_t>(vectors) * kLanes;
  for (int64_t j = 0; j < width; j += kLanes) {
    Vec sum = Zero();
    Vec sum_of_squares = Zero();
    for (int64_t k = 0; k < rows; ++k) {
      const Vec w = Load(weights + k * width + j);
      sum = Add(sum, Abs(w));
      sum_of_squares = MulAdd(w, w, sum_of_squares);
    }
    Store(sum, absolute + j);
    Store(sum_of_squares, squares + j);
  }
}

static void AddPenaltyGradient(const float* weights, int64_t rows, int vectors, float l1,
                               const float* factors, float* gradient) {
  const int64_t width = static_cast<int64_t>(vectors) * kLanes;
  const Vec positive = Set(l1);
  const Vec negative = Set(-l1);
  for (int64_t j = 0; j < width; j += kLanes) {
    const Vec factor = Load(factors + j);
    for (int64_t at = j; at < rows * width; at += width) {
      const Vec w = Load(weights + at);
      // At zero, where |w| bends, the gradient is 0: padding stays as it is.
      const Vec slope = IfThenElse(Lt(w, Zero()), negative, Zero());
      const Vec of_absolute = IfThenElse(Lt(Zero(), w), positive, slope);
      Store(Add(Load(gradient + at), MulAdd(factor, w, of_absolute)), gradient + at);
    }
  }
}

static void ScaleColumns(float* weights, int64_t rows, int vectors, const float* factors) {
  const int64_t width = static_cast<int64_t>(vectors) * kLanes;
  for (int64_t j = 0; j < width; j += kLanes) {
    const Vec factor = Load(factors + j);
    for (int64_t at = j; at < rows * width; at += width) {
      Store(Mul(factor, Load(weights + at)), weights + at);
    }
  }
}

static const RegularisationKernels& RegularisationTable() {
  static constexpr RegularisationKernels kTable{&SumColumns, &AddPenaltyGradient, &ScaleColumns};
  return kTable;
}

}  // namespace layerwise::LAYERWISE_TARGET
