// What one block of parameters costs by itself, and the bound on the norm of its columns: the
// weights of a unit, as they come in panels, or a bias, which is a panel of one row.
#pragma once

#include <cstdint>
#include <vector>

#include "native/kernels/regularisation.h"
#include "native/layers/dense/dense_arithmetic.h"
#include "native/layers/dense/weights.h"
#include "native/layers/parameter_layout.h"

namespace layerwise {

class WeightRegulariser {
 public:
  // `ranges`: of rows, that the block is worked on in. `max_norm` 0 is no bound.
  WeightRegulariser(const RegularisationKernels& kernels, const WeightPenaltySpec& penalty,
                    double max_norm, const PanelShape& shape, int64_t ranges);

  bool bounds() const { return max_norm_ > 0; }

  // Adds the gradient of the penalty to that of a tile, some rows of a panel.
  void AddGradient(Panel panel, InputRange rows, const float* weights, float* gradient) const;
  // A tile has changed.
  void Measure(Panel panel, InputRange rows, const float* weights);
  // l1 sum |w| + l2 sum w^2, as measured.
  double Penalty() const;
  // What columns of a panel are to be multiplied by so that none is longer than the bound, whole
  // vectors; returns whether any is.
  bool Exceeds(Panel panel, float* factors) const;
  void Scale(Panel panel, InputRange rows, const float* factors, float* weights) const;

  // Of the weights of a unit, as measured.
  double NormSquared(int64_t column) const;
  // Makes AddGradient add this many times a column besides. Threads may set different columns, once
  // factors are expected.
  void ExpectFactors() { has_gradient_ = true; }
  void SetFactor(int64_t column, double factor);

 private:
  const RegularisationKernels& kernels_;
  const WeightPenaltySpec penalty_;
  const double max_norm_;
  const PanelShape shape_;
  const int64_t ranges_;
  // (ranges, padded columns): partial sums, which are added in their order.
  std::vector<float> absolute_;
  std::vector<float> squares_;
  std::vector<float> factors_;  // of the gradient, by column
  bool has_gradient_;
};

}  // namespace layerwise
