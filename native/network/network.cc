#include "native/network/network.h"

#include <algorithm>
#include <utility>

#include "native/core/error.h"
#include "native/layers/activation.h"

namespace layerwise {
namespace {

// Null for layers that have none, not even a linear one.
Value ActivationNameOf(const Layer& layer) {
  return layer.activation() != nullptr ? Value(ActivationOf(layer).info.name) : Value();
}

Value DescribeBlocks(const NetworkSpec& spec, const ParameterLayout& layout) {
  Value::Array rows;
  for (const ParameterBlock& block : layout.blocks()) {
    Value::Array shape;
    for (const int64_t size : block.shape) shape.emplace_back(size);
    rows.push_back(Value::Object{{"name", block.name},
                                 {"layer", static_cast<int64_t>(spec.layers[block.layer]->index)},
                                 {"shape", std::move(shape)},
                                 {"trainable", block.trainable()}});
  }
  return rows;
}

}  // namespace

Value DescribeParametersOf(const Value& spec) {
  const NetworkSpec read = ReadNetworkSpec(spec);
  return DescribeBlocks(read, ParameterLayout(read));
}

Network::Network(const Value& spec)
    : spec_(ReadNetworkSpec(spec)),
      layout_(spec_),
      first_weights_(spec_, layout_),
      newest_(std::make_shared<Version>(layout_)) {}

size_t Network::bytes() const {
  const std::lock_guard lock(mutex_);
  return newest_->parameters.bytes() + (spare_ == nullptr ? 0 : spare_->parameters.bytes()) +
         (kept_optimizer_ == nullptr ? 0 : kept_optimizer_->state.bytes());
}

Value Network::DescribeLayers() const {
  Value::Array rows;
  for (size_t i = 0; i < spec_.layers.size(); ++i) {
    const Layer& layer = *spec_.layers[i];
    int64_t parameters = 0;
    int64_t trainable = 0;
    for (const ParameterBlock& block : layout_.blocks()) {
      if (block.layer != i) continue;
      parameters += BlockSize(block);
      if (block.trainable()) trainable += BlockSize(block);
    }
    rows.push_back(Value::Object{{"path", layer.path},
                                 {"type", layer.type->info.name},
                                 {"inputSize", layer.input_size},
                                 {"outputSize", layer.output_size},
                                 {"parameterCount", parameters},
                                 {"trainableCount", trainable},
                                 {"activation", ActivationNameOf(layer)}});
  }
  return rows;
}

Value Network::DescribeParameters() const { return DescribeBlocks(spec_, layout_); }

const ParameterBlock& Network::FindBlock(const std::string& name) const {
  std::string known;
  for (const ParameterBlock& block : layout_.blocks()) {
    if (block.name == name) return block;
    known += (known.empty() ? "" : ", ") + block.name;
  }
  throw Error(ErrorKind::kArgument, "name", "the name of a parameter: " + known, "\"" + name + "\"",
              "Take a name from the list of parameters.");
}

int64_t Network::ParameterSize(const std::string& name) const { return BlockSize(FindBlock(name)); }

void Network::ReadParameter(const std::string& name, std::span<float> out) const {
  ReadParameter(name, out, {Snapshot()->data(), static_cast<size_t>(layout_.size())});
}

void Network::ReadParameter(const std::string& name, std::span<float> out,
                            std::span<const float> parameters) const {
  const ParameterBlock& block = FindBlock(name);
  if (static_cast<int64_t>(parameters.size()) != layout_.size()) {
    throw Error(ErrorKind::kShape, "from",
                std::to_string(layout_.size()) + " values, all parameters of a state",
                std::to_string(parameters.size()), "Give such an array of a run's state.");
  }
  if (static_cast<int64_t>(out.size()) != BlockSize(block)) {
    throw Error(ErrorKind::kShape, name, std::to_string(BlockSize(block)) + " values",
                std::to_string(out.size()), "Give one value for each element.");
  }
  ReadBlock(block, parameters.data(), out);
}

void Network::WriteParameter(const std::string& name, std::span<const float> values) {
  const ParameterBlock& block = FindBlock(name);
  if (static_cast<int64_t>(values.size()) != BlockSize(block)) {
    throw Error(ErrorKind::kShape, name, std::to_string(BlockSize(block)) + " values",
                std::to_string(values.size()), "Give one value for each element.");
  }
  CheckValues(block, values);
  CheckAtRest(name);
  const auto index = static_cast<size_t>(&block - layout_.blocks().data());
  first_weights_.Replace(index, [&] {
    const std::lock_guard lock(mutex_);
    // Readers may hold the newest parameters: never change them in place then.
    if (newest_->IsRead()) {
      auto copy = std::make_shared<Version>(layout_);
      std::copy_n(newest_->parameters.data(), layout_.size(), copy->parameters.data());
      newest_ = std::move(copy);
    }
    WriteBlock(block, values, newest_->parameters.data());
    ++version_;
  });
}

std::shared_ptr<const Parameters> Network::Snapshot(uint64_t* version) const {
  if (!first_weights_.AreAllThere()) DrawFirstWeights();
  const std::lock_guard lock(mutex_);
  if (version != nullptr) *version = version_;
  newest_->readers.fetch_add(1, std::memory_order_relaxed);
  return {&newest_->parameters, [read = newest_](const Parameters*) {
            read->readers.fetch_sub(1, std::memory_order_release);
          }};
}

// In place, as nobody reads or replaces the newest parameters before all of them are there; and not
// under the lock, which those take who only ask how things stand.
void Network::DrawFirstWeights() const {
  std::shared_ptr<Version> first;
  {
    const std::lock_guard lock(mutex_);
    first = newest_;
  }
  first_weights_.DrawInto(first->parameters.data());
}

// Copies outside the lock: readers on the caller's thread must not wait for it.
uint64_t Network::Publish(const float* parameters) {
  std::shared_ptr<Version> next = TakeSpare();
  std::copy_n(parameters, layout_.size(), next->parameters.data());
  first_weights_.ReplaceAll();
  const std::lock_guard lock(mutex_);
  spare_ = std::exchange(newest_, std::move(next));
  return ++version_;
}

uint64_t Network::version() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

std::shared_ptr<Network::Version> Network::TakeSpare() {
  {
    const std::lock_guard lock(mutex_);
    if (spare_ != nullptr && !spare_->IsRead()) return std::move(spare_);
  }
  return std::make_shared<Version>(layout_);
}

std::shared_ptr<const KeptOptimizer> Network::kept_optimizer() const {
  const std::lock_guard lock(mutex_);
  return kept_optimizer_;
}

void Network::KeepOptimizer(std::shared_ptr<KeptOptimizer> kept) {
  const std::lock_guard lock(mutex_);
  kept_optimizer_.swap(kept);
}

void Network::BeginRun() {
  const std::lock_guard lock(mutex_);
  if (running_) {
    throw Error(ErrorKind::kState, "fit", "a network at rest", "a training run under way",
                "Wait for the run to end, stop it, or train a second model.");
  }
  running_ = true;
}

void Network::CheckAtRest(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  if (!running_) return;
  throw Error(ErrorKind::kState, path, "a network at rest", "a training run under way",
              "Wait for the run to end, or stop it.");
}

void Network::EndRun() {
  const std::lock_guard lock(mutex_);
  running_ = false;
}

}  // namespace layerwise
