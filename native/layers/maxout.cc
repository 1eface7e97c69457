#include "native/layers/maxout.h"

#include <algorithm>
#include <memory>

#include "native/layers/block_step.h"
#include "native/layers/dense/dense_step.h"
#include "native/layers/lowering.h"
#include "native/layers/tensor.h"

namespace layerwise {
namespace {

std::unique_ptr<Layer> ReadMaxout(const ValueReader& spec, int64_t input_size) {
  spec.AllowOnly({"type", "units", "pieces", "bias", "kernelInitializer", "biasInitializer",
                  "kernelPenalty", "biasPenalty", "maxNorm", "learningRateFactor",
                  "weightDecayFactor", "frozen"});
  auto layer = std::make_unique<MaxoutLayer>();
  layer->input_size = input_size;
  layer->output_size = spec.Member("units").Integer(1, kMaxUnits);
  layer->pieces = spec.IntegerOr("pieces", 1, kMaxUnits / layer->output_size, 2);
  layer->weights = ReadWeights(spec, "glorotUniform");
  layer->frozen = spec.BoolOr("frozen", false);
  return layer;
}

// The first of the largest; a NaN counts as larger than everything, so that it is not lost.
int64_t IndexOfLargest(const float* pieces, int64_t count) {
  int64_t largest = 0;
  for (int64_t p = 0; p < count; ++p) {
    if (pieces[p] != pieces[p]) return p;
    if (pieces[p] > pieces[largest]) largest = p;
  }
  return largest;
}

class MaxoutStep final : public BlockStep {
 public:
  MaxoutStep(int64_t pieces, const StepSite& site) : BlockStep(site), pieces_(pieces) {}

 private:
  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;

  const int64_t pieces_;
};

void MaxoutStep::ForwardBlock(const StepContext&, const Block& block) const {
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    const float* pieces = input().output.Row(i);
    float* y = output().linear.Row(i);
    for (int64_t j = 0; j < block.columns; ++j, pieces += pieces_) {
      y[j] = pieces[IndexOfLargest(pieces, pieces_)];
    }
  }
}

// The gradient goes to the piece that was chosen.
void MaxoutStep::BackwardBlock(const StepContext&, const Block& block) const {
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    const float* pieces = input().output.Row(i);
    const float* dy = output().gradient.Row(i);
    float* dx = input().gradient.Row(i);
    std::fill_n(dx, block.columns, 0.0f);
    for (int64_t j = 0; j < output().columns; ++j) {
      const int64_t at = j * pieces_;
      dx[at + IndexOfLargest(pieces + at, pieces_)] = dy[j];
    }
  }
}

}  // namespace

const LayerType MaxoutLayer::kType{{"maxout",
                                    "y = max over the pieces of x W^T + b",
                                    "The largest of several dense units (Goodfellow et al. 2013).",
                                    {}},
                                   &ReadMaxout};

void MaxoutLayer::AddTensors(TensorList& to) const {
  AddWeights(weights, output_size * pieces, input_size, to);
  AddBias(weights, output_size * pieces, to);
}

void MaxoutLayer::Lower(Lowering& plan) const {
  AddDenseStage(plan, frozen ? WeightRules{} : weights.rules).columns = output_size * pieces;
  plan.Add([this](const StepSite& site) { return std::make_unique<MaxoutStep>(pieces, site); });
}

}  // namespace layerwise
