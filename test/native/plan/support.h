// What the tests of plans share: specs in few words, and a network's naive twin.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "native/core/error.h"
#include "native/core/value.h"
#include "native/data/dataset.h"
#include "native/kernels/losses.h"
#include "native/layers/activation.h"
#include "native/layers/batch_norm.h"
#include "native/layers/contractive_penalty.h"
#include "native/layers/dense/dense_layer.h"
#include "native/layers/embedding.h"
#include "native/layers/layer_norm.h"
#include "native/layers/maxout.h"
#include "native/network/network.h"
#include "native/network/parameters.h"
#include "native/training/evaluation.h"
#include "native/training/run.h"
#include "test/native/harness.h"
#include "test/native/kernels/support.h"
#include "test/native/reference/reference.h"

namespace layerwise::testing {

// ---- Specs ----

inline Value Dense(int64_t units, const std::string& activation, bool bias = true) {
  return Value::Object{
      {"type", "dense"}, {"units", units}, {"activation", activation}, {"bias", bias}};
}

// A dense layer with the weights of another one, transposed.
inline Value Tied(int64_t to, int64_t units, const std::string& activation, bool bias = true) {
  return Value::Object{{"type", "dense"},
                       {"units", units},
                       {"activation", activation},
                       {"bias", bias},
                       {"tiedTo", to}};
}

inline Value Activation(const std::string& name) {
  return Value::Object{{"type", "activation"}, {"activation", name}};
}

inline Value BatchNormalisation() { return Value::Object{{"type", "batchNorm"}}; }

inline Value BatchNormalisation(bool scale, bool shift, bool frozen) {
  return Value::Object{
      {"type", "batchNorm"}, {"scale", scale}, {"shift", shift}, {"frozen", frozen}};
}

inline Value Frozen(Value layer) {
  layer.Set("frozen", true);
  return layer;
}

inline Value Prelu(bool shared) { return Value::Object{{"type", "prelu"}, {"shared", shared}}; }

inline Value Ntk(Value dense) {
  dense.Set("parametrisation", "ntk");
  return dense;
}

inline Value Scaling() { return Value::Object{{"type", "scaling"}}; }

inline Value Maxout(int64_t units, int64_t pieces, bool bias = true) {
  return Value::Object{{"type", "maxout"}, {"units", units}, {"pieces", pieces}, {"bias", bias}};
}

inline Value EmbeddedColumn(int64_t input, int64_t levels, int64_t units) {
  return Value::Object{{"input", input}, {"levels", levels}, {"units", units}};
}

inline Value Embedding(Value::Array columns) {
  return Value::Object{{"type", "embedding"}, {"columns", std::move(columns)}};
}

// A layer with further members.
inline Value WithMembers(Value layer, Value::Object members) {
  for (auto& [name, value] : members) layer.Set(name, std::move(value));
  return layer;
}

inline Value Residual(Value::Array layers, bool projection = false) {
  return Value::Object{
      {"type", "residual"}, {"layers", std::move(layers)}, {"projection", projection}};
}

inline Value Spec(int64_t input_size, Value::Array layers, int64_t seed = 1) {
  return Value::Object{{"inputSize", input_size}, {"seed", seed}, {"layers", std::move(layers)}};
}

inline std::string DescribeLayers(const Value::Array& layers) {
  std::string text;
  for (const Value& layer : layers) {
    text += " > " + *layer.Find("type")->string_if();
    if (const Value* inner = layer.Find("layers")) {
      text += " (" + DescribeLayers(*inner->array_if()) + ")";
    }
    if (const Value* heads = layer.Find("heads")) {
      for (const auto& [name, inner] : *heads->object_if()) {
        text += " (" + name + DescribeLayers(*inner.array_if()) + ")";
      }
    }
    if (const Value* units = layer.Find("units")) text += " " + units->Describe();
    if (const Value* name = layer.Find("activation")) text += " " + name->Describe();
    if (const Value* bias = layer.Find("bias"); bias != nullptr && !*bias->bool_if()) {
      text += " without bias";
    }
  }
  return text;
}

inline std::string Describe(const Value& spec) {
  return std::to_string(static_cast<int64_t>(*spec.Find("inputSize")->number_if())) +
         DescribeLayers(*spec.Find("layers")->array_if());
}

// ---- Twins ----

inline std::vector<double> ReadAsDoubles(const ParameterBlock& block, const float* parameters) {
  std::vector<float> values(static_cast<size_t>(BlockSize(block)));
  ReadBlock(block, parameters, values);
  return {values.begin(), values.end()};
}

// The tensors of a layer as its twin has them. Tied weights are those of their owner's twin.
inline void CopyTensors(const Layer& layer, size_t index, const ParameterLayout& layout,
                        const float* parameters, reference::Layer& copy) {
  for (const ParameterBlock& block : layout.blocks()) {
    if (block.layer != index) continue;
    std::vector<double> values = ReadAsDoubles(block, parameters);
    if (block.is_table()) {
      const auto input = layer.index_inputs()[copy.tables.size()].input;
      copy.tables.push_back({block.first_row, input, {block.shape[0], block.shape[1]}});
      copy.tables.back().vectors.values = std::move(values);
      continue;
    }
    switch (block.role) {
      case ParameterRole::kWeights:
        copy.weights = reference::Matrix(block.shape[0], block.shape[1]);
        copy.weights.values = std::move(values);
        break;
      case ParameterRole::kScale:
        copy.weights = reference::Matrix(1, block.shape[0]);
        copy.weights.values = std::move(values);
        break;
      case ParameterRole::kBias:
      case ParameterRole::kShift:
        copy.bias = std::move(values);
        break;
      case ParameterRole::kRunningMean:
        copy.running.mean = std::move(values);
        break;
      case ParameterRole::kRunningVariance:
        copy.running.variance = std::move(values);
        break;
    }
  }
  // A layer that multiplies has biases of zero where it has none.
  const bool multiplies = layout.Find(index, ParameterRole::kWeights) != nullptr;
  const int64_t units = copy.weights.rows > 0 ? copy.weights.rows : layer.output_size;
  if (multiplies) copy.bias.resize(static_cast<size_t>(units), 0.0);
}

// Options of layers that their twins have to know.
inline void CopyOptions(const Layer& layer, reference::Layer& copy) {
  copy.frozen = layer.frozen;
  copy.inner_layers = layer.holds_heads() ? 0 : layer.inner_layers;
  if (const auto* dense = dynamic_cast<const DenseLayer*>(&layer)) {
    copy.tied_to = dense->tied_to;
    if (dense->is_ntk) copy.input_factor = 1 / std::sqrt(static_cast<double>(layer.input_size));
  }
  if (const auto* norm = dynamic_cast<const BatchNormLayer*>(&layer)) copy.epsilon = norm->epsilon;
  if (const auto* norm = dynamic_cast<const LayerNormLayer*>(&layer)) copy.epsilon = norm->epsilon;
  if (const auto* embedding = dynamic_cast<const EmbeddingLayer*>(&layer)) {
    copy.vector_penalty = {embedding->penalty.l1, embedding->penalty.l2};
  }
  if (const auto* maxout = dynamic_cast<const MaxoutLayer*>(&layer)) copy.pieces = maxout->pieces;
}

// The network in double precision, with these parameters.
inline reference::Network TwinOf(const NetworkSpec& spec, const ParameterLayout& layout,
                                 const float* parameters) {
  reference::Network twin;
  for (size_t l = 0; l < spec.layers.size(); ++l) {
    const Layer& layer = *spec.layers[l];
    reference::Layer& copy = twin.layers.emplace_back();
    copy.type = layer.type->info.name;
    CopyTensors(layer, l, layout, parameters, copy);
    CopyOptions(layer, copy);
    if (const Choice* activation = layer.activation()) {
      copy.activation = {ActivationOf(layer).info.name, activation->parameters};
    }
    if (const WeightRules* rules = layer.weight_rules()) {
      copy.weight_penalty = {rules->kernel_penalty.l1, rules->kernel_penalty.l2};
      copy.bias_penalty = {rules->bias_penalty.l1, rules->bias_penalty.l2};
    }
    if (const auto* penalty = dynamic_cast<const ContractivePenaltyLayer*>(&layer)) {
      twin.layers[l - 1].contraction = penalty->weight;
    }
  }
  return twin;
}

inline reference::Network TwinOf(const Network& network) {
  return TwinOf(network.spec(), network.layout(), network.Snapshot()->data());
}

// The twin of a loss with its default parameters.
inline reference::Function LossTwin(const std::string& name) {
  for (const LossRow& loss : LossesFor(SelectedInstructionSet())) {
    if (name == loss.info.name) return {name, DefaultParameters(loss.info)};
  }
  throw std::runtime_error("no loss " + name);
}

inline reference::Matrix ToMatrix(std::span<const float> values, int64_t rows, int64_t columns) {
  reference::Matrix m(rows, columns);
  m.values.assign(values.begin(), values.end());
  return m;
}

// Makes the inputs that have to be indices of levels some.
inline void DrawIndices(const NetworkSpec& spec, Generator& random, float* row) {
  for (const IndexInput& index : spec.layers.front()->index_inputs()) {
    row[index.input] = static_cast<float>(random.Integer(0, index.levels - 1));
  }
}

// Random values for everything, so that no parameter is special: weights of about the size that
// keeps activations alive, running variances above zero.
inline void Randomise(const ParameterLayout& layout, Generator& random, float* parameters) {
  for (const ParameterBlock& block : layout.blocks()) {
    std::vector<float> values(static_cast<size_t>(BlockSize(block)));
    const bool is_matrix = block.role == ParameterRole::kWeights;
    const double reach = is_matrix ? std::sqrt(3.0 / static_cast<double>(block.panels.depth)) : 0.5;
    const bool is_factor =
        block.role == ParameterRole::kScale || block.role == ParameterRole::kRunningVariance;
    random.Fill(values.data(), static_cast<int64_t>(values.size()), is_factor ? 0.5 : -reach,
                is_factor ? 1.5 : reach);
    WriteBlock(block, values, parameters);
  }
}

// A network whose parameters, running statistics included, are random.
inline std::shared_ptr<Network> RandomNetwork(const Value& spec, uint64_t seed = 3) {
  auto network = std::make_shared<Network>(spec);
  std::vector<float> parameters(static_cast<size_t>(network->layout().size()), 0.0f);
  Generator random(seed);
  Randomise(network->layout(), random, parameters.data());
  network->Publish(parameters.data());
  return network;
}

// 13 inputs, 5 outputs; dense layers, batch norm, activations of elements and of rows.
inline std::shared_ptr<Network> MixedNetwork() {
  return RandomNetwork(
      Spec(13, {Dense(37, "relu"), BatchNormalisation(), Activation("tanh"), Dense(20, "softmax"),
                Activation("leakyRelu"), Dense(5, "sigmoid", false)}));
}

// ---- Data and runs ----

// Random inputs with random targets of a kind; matrix targets lie in [0, 1], where every loss takes
// them.
inline std::shared_ptr<Dataset> RandomData(int64_t rows, int64_t columns, const std::string& target,
                                           int64_t target_columns, uint64_t seed) {
  Generator random(seed);
  auto data = std::make_shared<Dataset>(Value(Value::Object{{"rows", rows},
                                                            {"columns", columns},
                                                            {"inputType", "float32"},
                                                            {"target", target},
                                                            {"targetColumns", target_columns}}));
  std::vector<float> inputs(static_cast<size_t>(rows * columns));
  random.Fill(inputs.data(), static_cast<int64_t>(inputs.size()), 0, 1);
  data->WriteInputs(0, std::span<const float>(inputs));
  if (target == "classes") {
    std::vector<int32_t> classes(static_cast<size_t>(rows));
    for (int32_t& one : classes) one = static_cast<int32_t>(random.Integer(0, target_columns - 1));
    data->WriteTargets(0, std::span<const int32_t>(classes));
  }
  if (target == "matrix") {
    std::vector<float> targets(static_cast<size_t>(rows * target_columns));
    random.Fill(targets.data(), static_cast<int64_t>(targets.size()), 0, 1);
    data->WriteTargets(0, std::span<const float>(targets));
  }
  return data;
}

// Keeps what a run reports.
class RecordingSink : public EventSink {
 public:
  void OnProgress(const ProgressEvent& event) override { progress.push_back(event); }
  void OnEpoch(const EpochEvent& event) override { epochs.push_back(event); }
  void OnStatistics(const StatisticsEvent& event) override { statistics.push_back(event); }
  void OnSnapshot(std::shared_ptr<const RunSnapshot> snapshot) override {
    snapshots.push_back(std::move(snapshot));
  }

  std::vector<ProgressEvent> progress;
  std::vector<EpochEvent> epochs;
  std::vector<StatisticsEvent> statistics;
  std::vector<std::shared_ptr<const RunSnapshot>> snapshots;
};

// What a run gives, with what it told of its epochs.
struct RecordedHistory : RunHistory {
  std::vector<EpochEvent> epochs;
};

inline RecordedHistory Execute(Run& run, RecordingSink& sink) {
  const size_t before = sink.epochs.size();
  RecordedHistory history{run.Execute(sink), {}};
  history.epochs.assign(sink.epochs.begin() + static_cast<std::ptrdiff_t>(before),
                        sink.epochs.end());
  return history;
}

// Expects that training diverges at a layer in a batch, "epoch 1, batch 2" say.
inline void ExpectDivergence(const std::function<void()>& train, const std::string& layer,
                             const std::string& batch) {
  try {
    train();
  } catch (const Error& error) {
    EXPECT_TRUE(error.kind() == ErrorKind::kDivergence) << error.what();
    EXPECT_EQ(error.path(), layer);
    EXPECT_TRUE(error.received().find("in " + batch) != std::string::npos) << error.received();
    return;
  }
  EXPECT_TRUE(false) << "training did not diverge";
}

inline Value::Object RunOptions(int64_t epochs, int64_t batch_size, const Value& optimizer,
                                const std::string& loss) {
  return {{"epochs", epochs},
          {"batchSize", batch_size},
          {"optimizer", optimizer},
          {"loss", loss},
          {"threads", 1}};
}

// All parameters as they are, padding included.
inline std::vector<float> AllParameters(const Network& network) {
  const std::shared_ptr<const Parameters> snapshot = network.Snapshot();
  return {snapshot->data(), snapshot->data() + network.layout().size()};
}

inline std::vector<float> ParameterValues(const Network& network, const std::string& name) {
  std::vector<float> values(static_cast<size_t>(network.ParameterSize(name)));
  network.ReadParameter(name, values);
  return values;
}

// What an evaluation gives; the defaults suit small data.
inline EvaluationResult Evaluate(const std::shared_ptr<Network>& network,
                                 const std::shared_ptr<Dataset>& data, const std::string& loss,
                                 Value::Array metrics, int64_t batch_size = 16, int threads = 1) {
  Evaluation evaluation(network, data,
                        Value::Object{{"loss", loss},
                                      {"metrics", std::move(metrics)},
                                      {"batchSize", batch_size},
                                      {"threads", threads}});
  return evaluation.Execute(std::atomic<bool>(false));
}

}  // namespace layerwise::testing
