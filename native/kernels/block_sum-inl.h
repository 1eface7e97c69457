// Sums of blocks, compiled once per instruction set.

namespace layerwise::LAYERWISE_TARGET {

static void AddBlock(const BlockSum& block) {
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* from = block.from + i * block.from_stride;
    float* to = block.to + i * block.to_stride;
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      Store(Add(Load(to + j), Load(from + j)), to + j);
    }
  }
}

static const BlockSumKernels& BlockSumTable() {
  static constexpr BlockSumKernels kTable{&AddBlock};
  return kTable;
}

}  // namespace layerwise::LAYERWISE_TARGET
