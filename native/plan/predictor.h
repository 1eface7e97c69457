// The forward pass of a range of layers over rows that fit the caller's memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "native/network/network.h"
#include "native/network/precision.h"

namespace layerwise {

// Values of a row before and after layers [from, to) of the network. Throws Error when the range is
// empty or out of bounds.
struct RowSizes {
  int64_t input = 0;
  int64_t output = 0;
};
RowSizes RowSizesOf(const Network& network, int64_t from, int64_t to);

class Predictor {
 public:
  // Runs layers [from, to) of the network; throws as RowSizesOf.
  // Keeps its arena between calls. One call at a time.
  Predictor(std::shared_ptr<const Network> network, int64_t from, int64_t to, int threads,
            Precision precision = Precision::kFloat32);
  ~Predictor();

  int64_t input_size() const;
  int64_t output_size() const;
  size_t bytes() const;

  // Whether a prediction of so many rows is worth having the companion (native/core/companion.h)
  // for. It helps the thread that holds it with predictors of one thread.
  bool PaysInHalves(int64_t rows) const;

  // inputs (rows, input_size), outputs (rows, output_size); uses the newest published parameters.
  // Throws kData for an input that has to be the index of a level and is not.
  // Stops early (outputs unspecified) when stop is given and becomes true.
  void Predict(std::span<const float> inputs, int64_t rows, std::span<float> outputs,
               const std::atomic<bool>* stop = nullptr);

 private:
  struct Call;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace layerwise
