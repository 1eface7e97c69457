#include "native/kernels/bf16.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <vector>

#include "native/kernels/bf16_amx.h"
#include "native/kernels/dispatch.h"

#define LAYERWISE_TARGET_INCLUDE "native/kernels/bf16-inl.h"
#define LAYERWISE_BF16_TARGET
#include "native/kernels/foreach_target.h"

namespace layerwise {
namespace {

#if LAYERWISE_HAS_AMX

// Sums in another order than AMX's, for operands that nobody transposed.
template <int kVectors>
void AmxPanel(const Bf16Panel& g) {
  if (g.a_depth_stride != 1) {
    avx512bf16::Bf16PanelRows<kVectors>(g);
  } else if constexpr (kVectors == 1) {
    amx::MultiplyPanel1(g);
  } else if constexpr (kVectors == 2) {
    amx::MultiplyPanel2(g);
  } else {
    amx::MultiplyPanel3(g);
  }
}

// Panel by panel: sums of another instruction would not have the bits that a larger batch has.
void AmxFewRows(const Bf16Panel& first, int64_t panels) {
  Bf16Panel g = first;
  for (int64_t panel = 0; panel < panels; ++panel) {
    AmxPanel<2>(g);
    g.b += g.depth * g.b_stride;
    g.c += g.b_stride;
    if (g.start != nullptr) g.start += g.b_stride;
  }
}

const Bf16Kernels& AmxTable() {
  static const Bf16Kernels table = [] {
    Bf16Kernels made = avx512bf16::Bf16Table();
    made.name = "AMX-BF16";
    made.panel[0] = &AmxPanel<1>;
    made.panel[1] = &AmxPanel<2>;
    made.panel[2] = &AmxPanel<3>;
    made.few_rows = &AmxFewRows;
    made.wants_rows_apart = true;
    return made;
  }();
  return table;
}

#endif

using Tables = std::vector<const Bf16Kernels*>;

Tables TablesFor(InstructionSet set) {
  Tables tables;
#if LAYERWISE_X86
  if (set == InstructionSet::kAvx512 && HasAvx512Bf16()) {
#if LAYERWISE_HAS_AMX
    if (HasAmxBf16()) tables.push_back(&AmxTable());
#endif
    tables.push_back(&avx512bf16::Bf16Table());
  }
#endif
  tables.push_back(&LAYERWISE_DISPATCH(set, Bf16Table));
  return tables;
}

}  // namespace

std::span<const Bf16Kernels* const> AvailableBf16Kernels(InstructionSet set) {
  static const std::map<InstructionSet, Tables> all = [] {
    std::map<InstructionSet, Tables> made;
    for (const InstructionSet each : AvailableInstructionSets()) made[each] = TablesFor(each);
    return made;
  }();
  return all.at(set);
}

}  // namespace layerwise
