// The optimizers, compiled once per instruction set. To add one, write its struct in the file of
// its family and name it in OptimizerTable(): nothing else. The formulas and their defaults are
// PyTorch's, except for lion, which follows its paper.

#include "native/kernels/optimizers_parameters-inl.h"
//
#include "native/kernels/optimizers_adam-inl.h"
#include "native/kernels/optimizers_adaptive-inl.h"
#include "native/kernels/optimizers_sgd-inl.h"

namespace layerwise::LAYERWISE_TARGET {

template <class Optimizer>
void UpdateBlock(const OptimizerBlock& block, const OptimizerConstants& constants) {
  Vec c[kMaxOptimizerConstants];
  for (int i = 0; i < kMaxOptimizerConstants; ++i) c[i] = Set(constants.values[i]);
  for (int64_t i = 0; i < block.count; i += kLanes) {
    Vec state[Optimizer::kStates];
    for (int s = 0; s < Optimizer::kStates; ++s) state[s] = Load(block.states[s] + i);
    const Vec updated =
        Optimizer::Update(Load(block.parameters + i), Load(block.gradient + i), state, c);
    Store(updated, block.parameters + i);
    for (int s = 0; s < Optimizer::kStates; ++s) Store(state[s], block.states[s] + i);
  }
}

template <class Optimizer>
constexpr OptimizerRow Row() {
  static_assert(Optimizer::kStates <= kMaxOptimizerStates);
  OptimizerRow row{Optimizer::kInfo, Optimizer::kStates, nullptr, &Optimizer::Prepare,
                   &UpdateBlock<Optimizer>};
  if constexpr (requires { &Optimizer::Start; }) row.start = &Optimizer::Start;
  return row;
}

static const auto& OptimizerTable() {
  static constexpr OptimizerRow kRows[] = {Row<Sgd>(),
                                           Row<NamedMomentum<false>>(),
                                           Row<NamedMomentum<true>>(),
                                           Row<Adagrad>(),
                                           Row<Adadelta>(),
                                           Row<RmsProp>(),
                                           Row<AdamFamily<AdamKind::kAdam>>(),
                                           Row<AdamFamily<AdamKind::kAdamW>>(),
                                           Row<AdamFamily<AdamKind::kAmsgrad>>(),
                                           Row<Nadam>(),
                                           Row<Lion>()};
  return kRows;
}

}  // namespace layerwise::LAYERWISE_TARGET
