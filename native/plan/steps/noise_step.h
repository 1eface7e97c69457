// Corrupts values while training and passes them on when predicting: an autoencoder in front of
// which it stands learns to give back clean rows.
#pragma once

#include <cstdint>

#include "native/plan/spec.h"
#include "native/plan/steps/step.h"

namespace layerwise {

class NoiseStep final : public Step {
 public:
  NoiseStep(size_t layer, const NoiseSpec& noise, const ValueBuffer& input,
            const ValueBuffer& output)
      : layer_(static_cast<uint32_t>(layer)), noise_(noise), input_(input), output_(output) {}

  void Forward(const StepContext& context) override;
  void Backward(const StepContext& context) override;

 private:
  void CorruptRow(const TrainingPass& pass, int64_t row, int64_t rows) const;
  void DifferentiateRow(const TrainingPass& pass, int64_t row) const;
  void ReturnSwapped(const TrainingPass& pass, int64_t row, int64_t rows) const;

  const uint32_t layer_;
  const NoiseSpec noise_;
  const ValueBuffer& input_;
  const ValueBuffer& output_;
};

}  // namespace layerwise
