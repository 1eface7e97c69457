// Networks of one shape, a lane of vectors each: their parameters, with the states of the
// optimizer, and the passes of a batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "native/core/arena.h"
#include "native/kernels/many.h"
#include "native/layers/parameter_layout.h"
#include "native/layers/step.h"
#include "native/plan/trained_parameters.h"
#include "native/training/many/lane_batch.h"
#include "native/training/many/lane_shape.h"

namespace layerwise {

class LaneNetwork {
 public:
  // All of it outlives this.
  LaneNetwork(const LaneShape& shape, const ParameterLayout& layout, const ManyKernels& kernels);

  void Reserve(ArenaLayout& layout);
  void Bind(const Arena& arena);

  // Between a lane and the plan of one network.
  void Load(int lane, const TrainedParameters& from);
  void SaveParameters(int lane, TrainedParameters& to) const;
  void SaveStates(int lane, TrainedParameters& to) const;

  void Forward(const LaneBatch& batch);
  void Loss(const LaneBatch& batch, bool with_gradient);
  void Backward(const LaneBatch& batch);
  // What the update of a lane needs.
  void SetConstants(int lane, const StepConstants& constants);
  // Of the lanes that are active.
  void Update(const float* active);

  const float* outputs() const { return layers_.back().activated; }  // (rows, outputs, lanes)
  const double* row_losses() const { return row_losses_; }           // (rows, lanes)

 private:
  struct LayerMemory {
    LaneLayer of;
    // Where weights and biases begin among the parameters of a lane; the latter below 0 for none.
    int64_t weights = 0;
    int64_t bias = -1;
    Slot<float> linear_slot;
    Slot<float> activated_slot;
    Slot<float> gradient_slot;
    float* linear = nullptr;     // before the activation, (rows, units, lanes)
    float* activated = nullptr;  // behind it; the same memory where its derivative is of that
    float* gradient = nullptr;   // by what is linear
  };
  // A block of parameters: where it begins among those of a lane, and how many they are.
  struct Block {
    int64_t first = 0;
    int64_t count = 0;
    bool learns = true;
  };

  void AddLayer(const LaneLayer& layer, const ParameterLayout& layout);
  void AddBlock(const ParameterBlock& block);
  ManyDense DenseOf(size_t index, const LaneBatch& batch) const;
  void Differentiate(const LayerMemory& layer, int64_t rows) const;
  // Puts a number in the place of what lanes have beyond their own rows.
  void Fill(float* values, int64_t columns, const LaneBatch& batch, float value) const;
  void UpdateBlocks(int64_t first, int64_t count, size_t group, const float* active);

  const LaneShape& shape_;
  const ManyKernels& kernels_;
  const int64_t lanes_;
  ManyLossFunction compute_loss_;
  ManyUpdateFunction update_;

  std::vector<LayerMemory> layers_;
  std::vector<Block> blocks_;
  // Where each parameter of a lane lies in the memory of one network.
  std::vector<int64_t> places_;
  bool all_learn_ = true;
  std::vector<size_t> group_of_block_;  // empty where all blocks are treated alike

  Slot<float> parameters_slot_;
  Slot<float> gradients_slot_;
  Slot<float> constants_slot_;
  std::vector<Slot<float>> state_slots_;
  Slot<double> row_losses_slot_;
  float* parameters_ = nullptr;  // (parameters, lanes)
  float* gradients_ = nullptr;
  float* constants_ = nullptr;  // (groups, kMaxOptimizerConstants, lanes)
  std::vector<float*> states_;
  double* row_losses_ = nullptr;
};

}  // namespace layerwise
