// How the layers of a network become the stages of a plan: which of them go into the stage before
// them, where residual blocks and heads begin and end. Nothing of it is needed once the plan runs.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "native/layers/lowering.h"
#include "native/layers/network_spec.h"
#include "native/plan/plan_options.h"
#include "native/plan/program.h"

namespace layerwise {

class PlanBuilder final : public Lowering {
 public:
  // Both outlive the program.
  PlanBuilder(const NetworkSpec& spec, const PlanOptions& options)
      : spec_(spec), options_(options) {}

  Program Build() &&;

  bool trains() const override { return options_.backward(); }
  bool has_loss() const override { return options_.objective != nullptr; }
  Stage& Add(MakeStep make, StageTraits traits) override;
  void AddActivation(const Choice& activation) override;
  void AddNorm(MakeNorm make, double epsilon) override;
  void AddInnerAndSkip(const MakeStep& projection) override;
  void AddInnerAsOutputs() override;

 private:
  void LowerLayers(size_t begin, size_t end);
  void LowerHead(const OutputSpec& head, size_t input);
  void AddProjection(const MakeStep& projection, size_t input);
  Stage& AddIdentity();
  void AddOutput();
  bool LeftToLoss() const;
  void AddLogits();
  bool MayFuse() const;

  std::vector<Stage>& stages() { return program_.stages; }

  const NetworkSpec& spec_;
  const PlanOptions& options_;
  Program program_;
  size_t layer_ = 0;          // the one that is being lowered
  size_t first_to_fuse_ = 0;  // stages before it are outside the residual block
  size_t depth_ = 0;          // of residual blocks
  // What the next stage reads where that is not what the last one computes.
  std::optional<size_t> branch_input_;
};

}  // namespace layerwise
