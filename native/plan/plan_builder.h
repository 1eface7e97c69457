// How the layers of a network become the stages of a plan: which of them go into the stage before
// them, where residual blocks and heads begin and end. Nothing of it is needed once the plan runs.
#pragma once

#include <cstddef>
#include <optional>

#include "native/network/spec.h"
#include "native/plan/plan_options.h"
#include "native/plan/stage.h"

namespace layerwise {

class PlanBuilder {
 public:
  PlanBuilder(const NetworkSpec& spec, const PlanOptions& options)
      : spec_(spec), options_(options) {}

  Program Build() &&;

 private:
  void LowerLayers(size_t begin, size_t end);
  void LowerLayer(size_t layer);
  void LowerDense(size_t layer, int64_t columns);
  void LowerOwnStep(size_t layer);
  void LowerResidual(size_t layer);
  void LowerProjection(size_t layer, size_t input);
  void LowerHeads();
  void LowerHead(const OutputSpec& head, size_t input);
  void LowerLogits(size_t layer);
  void LowerActivation(size_t layer);
  void LowerBatchNorm(size_t layer);

  Stage& Add(size_t layer, decltype(Stage::make) make, StageTraits traits = {});
  Stage& AddIdentity(size_t layer);
  void AddOutput();
  bool LeftToLoss(size_t layer) const;
  bool MayFuse(size_t layer) const;

  std::vector<Stage>& stages() { return program_.stages; }

  const NetworkSpec& spec_;
  const PlanOptions& options_;
  Program program_;
  size_t first_to_fuse_ = 0;  // stages before it are outside the residual block
  size_t depth_ = 0;          // of residual blocks
  // What the next stage reads where that is not what the last one computes.
  std::optional<size_t> branch_input_;
};

}  // namespace layerwise
