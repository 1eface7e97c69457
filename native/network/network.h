// A compiled network: every shape inferred and checked, parameters allocated. It is the handle that
// the language above holds; runs work on copies of its parameters and publish them back.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "native/core/value.h"
#include "native/network/first_weights.h"
#include "native/network/kept_optimizer.h"
#include "native/network/parameters.h"
#include "native/network/spec.h"

namespace layerwise {

// The parameters that a network of this spec has, as its DescribeParameters gives them: without the
// network, and so without the memory for them.
Value DescribeParametersOf(const Value& spec);

class Network {
 public:
  // Compiles { inputSize, seed, layers }. Throws Error with the path, e.g. layers[2].units.
  explicit Network(const Value& spec);

  const NetworkSpec& spec() const { return spec_; }
  const ParameterLayout& layout() const { return layout_; }
  int64_t input_size() const { return spec_.input_size; }
  int64_t output_size() const { return spec_.output_size(); }
  size_t bytes() const;  // native memory held by the parameters

  // [{ path, type, inputSize, outputSize, parameterCount, trainableCount, activation }], the last
  // one null for a layer that has none.
  Value DescribeLayers() const;
  Value DescribeParameters() const;  // [{ name, layer, shape, trainable }]
  // Throws for an unknown name.
  const ParameterBlock& FindBlock(const std::string& name) const;
  // Elements of the parameter, in the layout of its shape. Throws for an unknown name.
  int64_t ParameterSize(const std::string& name) const;
  void ReadParameter(const std::string& name, std::span<float> out) const;
  // The same out of parameters as they lie in panels.
  void ReadParameter(const std::string& name, std::span<float> out,
                     std::span<const float> parameters) const;
  // Throws for what is not finite, and for variances below 0.
  void WriteParameter(const std::string& name, std::span<const float> values);

  // The newest published parameters, and their version; immutable, so readers need no lock while
  // they use them. The first time it draws those that nobody has written, which may take seconds.
  std::shared_ptr<const Parameters> Snapshot(uint64_t* version = nullptr) const;
  // Makes a run's parameters the newest (copies them). Allocates only while a reader holds the
  // spare.
  // Returns their version.
  uint64_t Publish(const float* parameters);
  // Another number each time that the newest parameters change.
  uint64_t version() const;

  // What the optimizer of the last run knew at its end; null for nothing.
  std::shared_ptr<const KeptOptimizer> kept_optimizer() const;
  void KeepOptimizer(std::shared_ptr<KeptOptimizer> kept);
  void ForgetOptimizer() { KeepOptimizer(nullptr); }

  // A run holds the network for writing: throws kState when another one does.
  void BeginRun();
  void EndRun();
  // Throws kState while a run holds the network; `path` is what was called.
  void CheckAtRest(const std::string& path) const;

 private:
  // New readers come under the lock only, so a version that nobody reads stays so meanwhile.
  struct Version {
    explicit Version(const ParameterLayout& layout) : parameters(layout) {}
    bool IsRead() const { return readers.load(std::memory_order_acquire) > 0; }

    Parameters parameters;
    std::atomic<int> readers{0};
  };

  void DrawFirstWeights() const;
  std::shared_ptr<Version> TakeSpare();  // which nobody reads

  const NetworkSpec spec_;
  const ParameterLayout layout_;
  mutable FirstWeights first_weights_;
  mutable std::mutex mutex_;
  std::shared_ptr<Version> newest_;
  std::shared_ptr<Version> spare_;  // reused by Publish when nobody reads it
  std::shared_ptr<KeptOptimizer> kept_optimizer_;
  uint64_t version_ = 0;
  bool running_ = false;
};

}  // namespace layerwise
