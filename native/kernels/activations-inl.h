// The activation functions, compiled once per instruction set. To add one, write its struct in the
// file of its family and name it in the array at the end of that file: nothing else.

#include "native/kernels/simd/math-inl.h"
//
#include "native/kernels/softmax-inl.h"
//
#include "native/kernels/activations/element-inl.h"
//
#include "native/kernels/activations/rectifiers-inl.h"
//
#include "native/kernels/activations/sigmoids-inl.h"
//
#include "native/kernels/activations/gates-inl.h"
//
#include "native/kernels/activations/rows-inl.h"

namespace layerwise::LAYERWISE_TARGET {

template <int64_t kCount>
struct ActivationRows {
  ActivationRow rows[kCount];
};

// One array of the arrays of all families. No standard template may be compiled in here.
template <int64_t... kCounts>
constexpr auto JoinActivations(const ActivationRow (&... families)[kCounts]) {
  ActivationRows<(kCounts + ...)> joined{};
  int64_t end = 0;
  const auto append = [&](const ActivationRow* family, int64_t count) {
    for (int64_t i = 0; i < count; ++i) joined.rows[end++] = family[i];
  };
  (append(families, kCounts), ...);
  return joined;
}

static const auto& ActivationTable() {
  static constexpr auto kTable = JoinActivations(kRectifiers, kSigmoids, kGates, kRowActivations);
  return kTable.rows;
}

}  // namespace layerwise::LAYERWISE_TARGET
