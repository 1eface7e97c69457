// Networks of several outputs: names, predictions, gradients and training runs against a naive
// network for each head, and the errors of their specs and options.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "native/core/error.h"
#include "native/network/network.h"
#include "native/plan/execution_plan.h"
#include "native/plan/predictor.h"
#include "native/training/evaluation.h"
#include "native/training/gradient_check.h"
#include "native/training/run.h"
#include "test/native/plan/gradients.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

Value Heads(Value::Object heads) {
  return Value::Object{{"type", "heads"}, {"heads", std::move(heads)}};
}

Value Stack(Value::Array layers) { return layers; }

Value Type(const std::string& type) { return Value::Object{{"type", type}}; }

// What becomes of an output: its loss, its weight, and whether its targets are classes.
struct Aim {
  std::string loss;
  double weight = 1;
  bool has_classes = false;
};

struct HeadsCase {
  Value::Array layers;
  std::vector<Aim> aims;
};

// Networks of 6 inputs with heads of every kind.
std::vector<HeadsCase> Cases() {
  const Value norm = BatchNormalisation();
  const Aim squares{"meanSquaredError", 1};
  const Aim classes{"crossEntropy", 0.5, true};
  const Aim yes{"binaryCrossEntropy", 2};
  return {
      // A class, numbers, and yes or no.
      {{Dense(17, "tanh"), Heads({{"digit", Stack({Dense(10, "softmax")})},
                                  {"place", Stack({Dense(2, "linear")})},
                                  {"urgent", Stack({Dense(1, "sigmoid")})}})},
       {classes, {"huber", 3}, yes}},
      // One head alone, with a weight.
      {{Dense(9, "tanh"), Heads({{"only", Stack({Dense(3, "linear")})}})},
       {{"meanSquaredError", 0.25}}},
      // Right on the inputs; behind an activation that wants what came before it.
      {{Heads({{"a", Stack({Dense(3, "tanh")})}, {"b", Stack({Dense(4, "softmax")})}})},
       {squares, classes}},
      {{Dense(33, "gelu"),
        Heads({{"a", Stack({Dense(3, "sigmoid")})}, {"b", Stack({Dense(17, "softmax")})}})},
       {yes, {"klDivergence", 0.5}}},
      // Layers of their own, deep and wide.
      {{Dense(9, "tanh"),
        Heads({{"a", Stack({Dense(70, "tanh"), Dense(5, "gelu"), Dense(3, "linear")})},
               {"b", Stack({Dense(4, "tanh"), Dense(40, "softmax")})},
               {"c", Stack({Dense(16, "tanh"), Dense(16, "sigmoid")})}})},
       {squares, classes, yes}},
      // Activations and normalisations alone, first and last.
      {{Dense(6, "linear"), norm,
        Heads({{"a", Stack({Activation("tanh")})},
               {"b", Stack({Activation("softmax")})},
               {"c", Stack({norm, Activation("gelu"), Dense(3, "linear"), norm})},
               {"d", Stack({Activation("linear")})},
               {"e", Stack({Type("layerNorm"), Dense(2, "linear"), Activation("sigmoid")})}})},
       {squares, classes, squares, {"logCosh", 0.1}, yes}},
      // Residual blocks that begin, end and are a head.
      {{Dense(9, "tanh"),
        Heads(
            {{"a", Stack({Residual({Dense(5, "tanh"), Dense(9, "linear")}), Dense(2, "linear")})},
             {"b", Stack({Residual({Dense(9, "linear")})})},
             {"c", Stack({Dense(4, "tanh"), Residual({Dense(4, "tanh")}), Activation("softmax")})},
             {"d", Stack({Residual({Dense(17, "tanh")}, true), Dense(3, "sigmoid")})}})},
       {squares, squares, classes, yes}},
      // Behind a block, whose sum all of them read.
      {{Dense(9, "tanh"), Residual({Dense(5, "tanh"), Dense(9, "linear")}),
        Heads({{"a", Stack({Residual({Dense(9, "tanh")}), Dense(2, "linear")})},
               {"b", Stack({Dense(5, "softmax")})}})},
       {squares, classes}},
      // Other layers.
      {{Maxout(9, 2),
        Heads({{"a", Stack({Prelu(false), Dense(3, "linear")})},
               {"b", Stack({Maxout(4, 3), Type("layerNorm")})},
               {"c", Stack({Dense(5, "tanh"), Type("contractivePenalty"), Dense(3, "linear")})}})},
       {squares, squares, squares}},
      // Weights that are shared within a head, and frozen ones: a head, and all before the heads.
      {{Dense(9, "tanh"), Heads({{"a", Stack({Dense(5, "tanh"), Tied(0, 9, "linear")})},
                                 {"b", Stack({Frozen(Dense(4, "tanh")), Dense(3, "softmax")})}})},
       {squares, classes}},
      {{Frozen(Dense(9, "tanh")), Heads({{"a", Stack({Dense(5, "tanh"), Dense(2, "linear")})},
                                         {"b", Stack({Frozen(Dense(3, "softmax"))})}})},
       {squares, classes}},
  };
}

Value OptionsOf(const NetworkSpec& spec, const std::vector<Aim>& aims) {
  Value::Object outputs;
  for (size_t i = 0; i < aims.size(); ++i) {
    outputs.emplace_back(spec.outputs[i].name,
                         Value::Object{{"loss", aims[i].loss}, {"weight", aims[i].weight}});
  }
  return Value::Object{{"outputs", std::move(outputs)}};
}

// The layers before the heads and those of one head, as a network; `places` says which they are.
reference::Network TwinOfHead(const reference::Network& whole, const NetworkSpec& spec,
                              const OutputSpec& head, std::vector<size_t>& places) {
  const size_t trunk = spec.starts[spec.size() - 1];
  reference::Network twin;
  twin.round = whole.round;
  for (size_t l = 0; l < trunk; ++l) places.push_back(l);
  for (size_t l = head.begin; l < head.end; ++l) places.push_back(l);
  for (const size_t l : places) {
    twin.layers.push_back(whole.layers[l]);
    reference::Layer& layer = twin.layers.back();
    if (l >= head.begin && layer.tied_to >= 0) {
      layer.tied_to -= static_cast<int64_t>(head.begin - trunk);
    }
  }
  return twin;
}

// A plan with several outputs, its random numbers, and the twins of its heads.
class HeadsCheck {
 public:
  HeadsCheck(const HeadsCase& one, int64_t rows, Precision precision, TargetKind inputs_as_targets,
             uint64_t seed)
      : one_(one),
        rows_(rows),
        network_(Spec(6, one.layers)),
        options_(OptionsOf(network_.spec(), one.aims)),
        objective_(ReadObjective(ValueReader(options_, ""), network_.spec())),
        pool_(1),
        plan_(network_.spec(), network_.layout(), PlanFor(precision, inputs_as_targets)) {
    plan_.Allocate();
    Generator random(seed);
    inputs_ = reference::Matrix(rows, 6);
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < 6; ++j) {
        const float x = random.Float(0, 1);
        plan_.batch().inputs().Row(i)[j] = x;
        inputs_.At(i, j) = static_cast<double>(x);
      }
    }
    for (size_t g = 0; g < one.aims.size(); ++g) targets_.push_back(Targets(g, random));
    Randomise(network_.layout(), random, plan_.trained().values());
    plan_.Prepare(pool_, plan_.trained().values());
    whole_ = TwinOf(network_.spec(), network_.layout(), plan_.trained().values());
  }

  double DistanceFromKinks() const {
    double distance = std::numeric_limits<double>::infinity();
    for (const OutputSpec& head : network_.spec().outputs) {
      std::vector<size_t> places;
      const reference::Network twin = TwinOfHead(whole_, network_.spec(), head, places);
      distance =
          std::min(distance, reference::DistanceFromKinks(twin, reference::Forward(twin, inputs_)));
    }
    return distance;
  }

  void Run(double allowance) {
    plan_.ForwardTraining(pool_, rows_, {});
    plan_.Loss(pool_, rows_, true);
    plan_.Backward(pool_, rows_, plan_.trained().Keeping(1.0f, false));
    CheckLosses(allowance);
    const std::vector<std::vector<double>> exact = ExactGradients();
    double all = 0;
    for (const std::vector<double>& one : exact) all = std::max(all, gradients::Norm(one));
    const auto& blocks = network_.layout().blocks();
    for (size_t b = 0; b < blocks.size(); ++b) {
      if (!blocks[b].trainable()) continue;
      const std::vector<double> actual = ReadAsDoubles(blocks[b], plan_.trained().gradients());
      const bool is_cancelled = gradients::Norm(exact[b]) <= gradients::kCancelled * all;
      const double small = (is_cancelled ? 10.0 : gradients::kSmall) * all;
      const double size = allowance * std::max({gradients::Norm(exact[b]), small, 1e-5});
      EXPECT_LE(gradients::Distance(actual, exact[b]), gradients::kAgainstAnalytic * size)
          << blocks[b].name << " of " << Describe(Spec(6, one_.layers));
    }
  }

 private:
  PlanOptions PlanFor(Precision precision, TargetKind inputs_as_targets) const {
    PlanOptions options;
    options.to = network_.spec().layers.size();
    options.batch_rows = rows_ + 2;
    options.objective = &objective_;
    for (const Aim& aim : one_.aims) {
      options.targets.push_back(aim.has_classes ? TargetKind::kClasses : TargetKind::kMatrix);
    }
    if (inputs_as_targets == TargetKind::kInput) options.targets = {TargetKind::kInput};
    options.gradients = true;
    options.precision = precision;
    return options;
  }

  reference::Matrix Targets(size_t output, Generator& random) {
    const OutputSpec& head = network_.spec().outputs[output];
    if (plan_.batch().classes(output) != nullptr) {
      std::vector<int32_t> classes;
      for (int64_t i = 0; i < rows_; ++i) {
        classes.push_back(static_cast<int32_t>(random.Integer(0, head.columns - 1)));
        plan_.batch().classes(output)[i] = classes.back();
      }
      return reference::OneHot(classes, head.columns);
    }
    reference::Matrix targets(rows_, head.columns);
    const bool are_inputs =
        plan_.batch().targets(output).stride == plan_.batch().inputs().stride &&
        plan_.batch().targets(output).data == plan_.batch().inputs().data + head.first_column;
    for (int64_t i = 0; i < rows_; ++i) {
      for (int64_t j = 0; j < head.columns; ++j) {
        if (!are_inputs) plan_.batch().targets(output).Row(i)[j] = random.Float(0, 1);
        targets.At(i, j) = static_cast<double>(plan_.batch().targets(output).Row(i)[j]);
      }
    }
    return targets;
  }

  // Of the total and of each output, which knows nothing of its weight.
  void CheckLosses(double allowance) const {
    double total = 0;
    double penalties = 0;
    for (size_t g = 0; g < one_.aims.size(); ++g) {
      std::vector<size_t> places;
      const reference::Network twin =
          TwinOfHead(whole_, network_.spec(), network_.spec().outputs[g], places);
      reference::Network without = twin;
      for (reference::Layer& layer : without.layers) layer.contraction = 0;
      const reference::Function loss = LossTwin(one_.aims[g].loss);
      const double exact = reference::MeanLoss(without, loss, inputs_, targets_[g]);
      EXPECT_NEAR(MeanOf(plan_.batch().row_losses(g)), exact,
                  2e-6 * allowance * (1 + std::fabs(exact)))
          << network_.spec().outputs[g].name;
      total += one_.aims[g].weight * exact;
      penalties += reference::MeanLoss(twin, loss, inputs_, targets_[g]) - exact;
    }
    total += penalties;
    EXPECT_NEAR(MeanOf(plan_.batch().row_losses()), total,
                4e-6 * allowance * (1 + std::fabs(total)))
        << Describe(Spec(6, one_.layers));
  }

  double MeanOf(const double* losses) const {
    double sum = 0;
    for (int64_t i = 0; i < rows_; ++i) sum += losses[i];
    return sum / static_cast<double>(rows_);
  }

  // By the blocks of parameters: what each head gives, times its weight, added up.
  std::vector<std::vector<double>> ExactGradients() const {
    const auto& blocks = network_.layout().blocks();
    std::vector<std::vector<double>> sums;
    for (const ParameterBlock& block : blocks) {
      sums.emplace_back(static_cast<size_t>(BlockSize(block)), 0.0);
    }
    for (size_t g = 0; g < one_.aims.size(); ++g) {
      std::vector<size_t> places;
      reference::Network twin =
          TwinOfHead(whole_, network_.spec(), network_.spec().outputs[g], places);
      // What layers cost does not know the weight of the output.
      for (reference::Layer& layer : twin.layers) layer.contraction /= one_.aims[g].weight;
      const std::vector<reference::LayerGradients> found =
          reference::Gradients(twin, LossTwin(one_.aims[g].loss), inputs_, targets_[g]);
      for (size_t b = 0; b < blocks.size(); ++b) {
        const auto at = std::find(places.begin(), places.end(), blocks[b].layer);
        if (at == places.end()) continue;
        ParameterBlock moved = blocks[b];
        moved.layer = static_cast<size_t>(at - places.begin());
        const std::vector<double>& own = gradients::TwinGradient(found, twin.layers, moved);
        for (size_t i = 0; i < own.size(); ++i) sums[b][i] += one_.aims[g].weight * own[i];
      }
    }
    return sums;
  }

  HeadsCase one_;
  int64_t rows_;
  Network network_;
  Value options_;
  Objective objective_;
  ThreadPool pool_;
  ExecutionPlan plan_;
  reference::Network whole_;
  reference::Matrix inputs_;
  std::vector<reference::Matrix> targets_;
};

void CheckHeads(const HeadsCase& one, int64_t rows, double allowance,
                Precision precision = Precision::kFloat32,
                TargetKind inputs_as_targets = TargetKind::kNone) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    HeadsCheck check(one, rows, precision, inputs_as_targets, seed);
    if (check.DistanceFromKinks() < gradients::kFarFromKinks) continue;
    check.Run(allowance);
    return;
  }
  EXPECT_TRUE(false) << "no inputs far from kinks";
}

TEST(GradientsOfSeveralOutputs) {
  for (const HeadsCase& one : Cases()) {
    for (const int64_t rows : {1, 5, 32}) {
      // A batch of one row has no variance.
      const bool is_normalised =
          Describe(Spec(6, one.layers)).find("batchNorm") != std::string::npos || rows == 1;
      CheckHeads(one, rows == 1 ? 2 : rows, is_normalised ? 30 : 10);
    }
  }
}

TEST(Bfloat16GradientsOfSeveralOutputsAreClose) {
  for (const HeadsCase& one : Cases()) CheckHeads(one, 32, 4000, Precision::kBf16);
}

// Each head learns the inputs at its own columns.
TEST(GradientsOfHeadsWhoseTargetsAreInputs) {
  const std::vector<HeadsCase> cases = {
      {{Dense(4, "tanh"), Heads({{"numbers", Stack({Dense(2, "linear")})},
                                 {"colour", Stack({Dense(3, "softmax")})},
                                 {"flag", Stack({Dense(1, "sigmoid")})}})},
       {{"meanSquaredError", 0.5}, {"crossEntropy", 0.25}, {"binaryCrossEntropy", 0.25}}},
  };
  for (const HeadsCase& one : cases) {
    CheckHeads(one, 7, 10, Precision::kFloat32, TargetKind::kInput);
  }
}

std::shared_ptr<Network> RandomNetwork(const Value& spec) {
  auto network = std::make_shared<Network>(spec);
  std::vector<float> parameters(static_cast<size_t>(network->layout().size()), 0.0f);
  Generator random(3);
  Randomise(network->layout(), random, parameters.data());
  network->Publish(parameters.data());
  return network;
}

TEST(PredictionsOfSeveralOutputsLieBesideEachOther) {
  for (const HeadsCase& one : Cases()) {
    const std::shared_ptr<Network> network = RandomNetwork(Spec(6, one.layers));
    const NetworkSpec& spec = network->spec();
    const reference::Network whole = TwinOf(*network);
    for (const int64_t rows : {1, 9, 200}) {
      for (const int threads : {1, 3}) {
        std::vector<float> inputs(static_cast<size_t>(rows * 6));
        Generator(4).Fill(inputs.data(), rows * 6, -2, 2);
        std::vector<float> outputs(static_cast<size_t>(rows * network->output_size()));
        Predictor predictor(network, 0, static_cast<int64_t>(one.layers.size()), threads);
        EXPECT_EQ(predictor.output_size(), network->output_size());
        predictor.Predict(inputs, rows, outputs);
        for (const OutputSpec& head : spec.outputs) {
          std::vector<size_t> places;
          const reference::Network twin = TwinOfHead(whole, spec, head, places);
          const reference::Matrix exact =
              reference::Forward(twin, ToMatrix(inputs, rows, 6), reference::Mode::kPrediction)
                  .outputs;
          for (int64_t i = 0; i < rows; ++i) {
            for (int64_t j = 0; j < head.columns; ++j) {
              const int64_t at = i * network->output_size() + head.first_column + j;
              EXPECT_NEAR(outputs[static_cast<size_t>(at)], exact.At(i, j),
                          2e-5 * (1 + std::fabs(exact.At(i, j))))
                  << head.name << " of " << Describe(Spec(6, one.layers));
            }
          }
        }
      }
    }
  }
}

TEST(RangesOfLayersEndBeforeOrWithTheHeads) {
  const std::shared_ptr<Network> network = RandomNetwork(
      Spec(4, {Dense(5, "tanh"),
               Heads({{"a", Stack({Dense(2, "tanh")})}, {"b", Stack({Dense(3, "softmax")})}})}));
  const std::vector<float> inputs(8, 0.5f);
  std::vector<float> whole(10);
  Predictor(network, 0, 2, 1).Predict(inputs, 2, whole);
  std::vector<float> between(10);
  Predictor(network, 0, 1, 1).Predict(inputs, 2, between);
  std::vector<float> outputs(10);
  Predictor heads(network, 1, 2, 1);
  EXPECT_EQ(heads.input_size(), 5);
  EXPECT_EQ(heads.output_size(), 5);
  heads.Predict(between, 2, outputs);
  for (size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_NEAR(outputs[i], static_cast<double>(whole[i]), 1e-6);
  }
}

TEST(ParametersOfHeadsAreNamedAfterThem) {
  const Network network(Spec(
      4, {Dense(5, "relu"),
          Heads({{"digit", Stack({Dense(3, "relu"), Dense(10, "softmax")})},
                 {"size", Stack({Residual({Dense(5, "linear", false)}), Dense(1, "linear")})}})}));
  const std::vector<std::string> expected = {
      "0.weight",         "0.bias",         "2.digit.0.weight",         "2.digit.0.bias",
      "2.digit.2.weight", "2.digit.2.bias", "2.size.0.layers.0.weight", "2.size.1.weight",
      "2.size.1.bias"};
  const auto& blocks = network.layout().blocks();
  EXPECT_EQ(blocks.size(), expected.size());
  for (size_t i = 0; i < blocks.size(); ++i) EXPECT_EQ(blocks[i].name, expected[i]);
  EXPECT_EQ(network.output_size(), 11);
}

// ---- Runs ----

// 40 rows of 6 numbers with a class, two numbers, and a yes or no.
std::shared_ptr<Dataset> ThreeTargets(bool weights) {
  constexpr int64_t kRows = 40;
  Generator random(9);
  auto data = std::make_shared<Dataset>(Value(Value::Object{
      {"rows", kRows},
      {"columns", 6},
      {"inputType", "float32"},
      {"weights", weights},
      {"targets", Value::Array{Value::Object{{"target", "classes"}, {"targetColumns", 3}},
                               Value::Object{{"target", "matrix"}, {"targetColumns", 2}},
                               Value::Object{{"target", "matrix"}, {"targetColumns", 1}}}}}));
  std::vector<float> inputs(kRows * 6);
  random.Fill(inputs.data(), kRows * 6, -1, 1);
  std::vector<int32_t> classes;
  std::vector<float> numbers;
  std::vector<float> answers;
  for (size_t i = 0; i < kRows; ++i) {
    const float* x = inputs.data() + i * 6;
    classes.push_back(x[0] > 0.3f ? 2 : (x[1] > 0 ? 1 : 0));
    numbers.push_back(x[2] + x[3]);
    numbers.push_back(x[4] * x[5]);
    answers.push_back(x[0] + x[5] > 0 ? 1.0f : 0.0f);
  }
  data->WriteInputs(0, std::span<const float>(inputs));
  data->WriteTargets(0, std::span<const int32_t>(classes), 0);
  data->WriteTargets(0, std::span<const float>(numbers), 1);
  data->WriteTargets(0, std::span<const float>(answers), 2);
  if (weights) {
    std::vector<float> all;
    for (size_t i = 0; i < kRows; ++i) all.push_back(i % 5 == 0 ? 0.0f : 1.25f);
    data->WriteWeights(0, std::span<const float>(all));
  }
  return data;
}

Value ThreeHeads() {
  return Spec(6,
              {Dense(33, "tanh"), Heads({{"kind", Stack({Dense(3, "softmax")})},
                                         {"place", Stack({Dense(9, "tanh"), Dense(2, "linear")})},
                                         {"urgent", Stack({Dense(1, "sigmoid")})}})});
}

Value::Object ThreeAims(const Value& class_weights = Value()) {
  Value kind = Value::Object{{"loss", "crossEntropy"}, {"metrics", Value::Array{"accuracy"}}};
  if (!class_weights.is_null()) kind.Set("classWeights", class_weights);
  return {{"kind", kind},
          {"place", Value::Object{{"loss", "huber"}, {"weight", 3}}},
          {"urgent", Value::Object{{"loss", "binaryCrossEntropy"},
                                   {"metrics", Value::Array{"accuracy", "meanSquaredError"}}}}};
}

Value::Object ThreeOptions(int64_t epochs, int threads) {
  return {{"epochs", epochs},       {"batchSize", 8},
          {"optimizer", "adam"},    {"threads", threads},
          {"outputs", ThreeAims()}, {"validation", Value::Object{{"split", 0.2}}}};
}

TEST(TrainingSeveralOutputsLowersAllTheirLosses) {
  auto network = std::make_shared<Network>(ThreeHeads());
  RecordingSink sink;
  Value::Object options = ThreeOptions(120, 1);
  Run run(network, ThreeTargets(true), nullptr, options);
  run.Execute(sink);
  const EvaluationResult& first = sink.epochs.front().training;
  const EvaluationResult& last = sink.epochs.back().training;
  EXPECT_EQ(first.output_losses.size(), 3U);
  EXPECT_EQ(first.metrics.size(), 3U);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_LE(last.output_losses[i], 0.6 * first.output_losses[i]) << i;
  }
  const EvaluationResult* const results[] = {&first, &last, &sink.epochs.back().validation};
  for (const EvaluationResult* result : results) {
    const double sum =
        result->output_losses[0] + 3 * result->output_losses[1] + result->output_losses[2];
    EXPECT_NEAR(result->loss, sum, 1e-6 * (1 + sum));
  }
  EXPECT_LE(0.9, last.metrics[0]);
}

TEST(TrainingSeveralOutputsGivesTheSameBitsWithAnyNumberOfThreads) {
  std::vector<float> one;
  for (const int threads : {1, 2, 5}) {
    for (const char* precision : {"float32", "bf16"}) {
      auto network = std::make_shared<Network>(ThreeHeads());
      RecordingSink sink;
      Value::Object options = ThreeOptions(3, threads);
      options.emplace_back("precision", precision);
      Run(network, ThreeTargets(false), nullptr, options).Execute(sink);
      if (std::string(precision) == "bf16") continue;
      if (threads == 1) one = AllParameters(*network);
      EXPECT_TRUE(AllParameters(*network) == one) << threads;
    }
  }
}

// They are weights of rows in the loss of their output alone.
TEST(ClassWeightsAreOfOneOutput) {
  const auto losses = [](const Value& class_weights) {
    auto network = std::make_shared<Network>(ThreeHeads());
    RecordingSink sink;
    Value::Object options = {{"epochs", 1},
                             {"batchSize", 40},
                             {"optimizer", Value::Object{{"type", "sgd"}, {"learningRate", 0.0}}},
                             {"threads", 1},
                             {"outputs", ThreeAims(class_weights)}};
    Run(network, ThreeTargets(true), nullptr, options).Execute(sink);
    return sink.epochs.front().training;
  };
  const EvaluationResult plain = losses(Value());
  const EvaluationResult doubled = losses(Value::Array{2, 2, 2});
  EXPECT_NEAR(doubled.output_losses[0], 2 * plain.output_losses[0], 1e-6);
  EXPECT_EQ(doubled.output_losses[1], plain.output_losses[1]);
  EXPECT_EQ(doubled.output_losses[2], plain.output_losses[2]);
  EXPECT_NEAR(doubled.loss, plain.loss + plain.output_losses[0], 1e-5);
  EXPECT_NEAR(losses("balanced").output_losses[1], plain.output_losses[1], 0);
}

TEST(StatisticsOfSeveralOutputsAreOfEveryLayer) {
  auto network = std::make_shared<Network>(ThreeHeads());
  RecordingSink sink;
  Value::Object options = ThreeOptions(1, 1);
  options.emplace_back("statistics", Value::Object{{"everyEpochs", 1}});
  Run(network, ThreeTargets(false), nullptr, options).Execute(sink);
  std::vector<std::string> paths;
  for (const LayerStatistics& layer : sink.statistics.front().layers) {
    paths.push_back(layer.path + (layer.is_output ? " gives an output" : ""));
    EXPECT_TRUE(layer.gradients.has_value() && layer.gradients->norm > 0) << layer.path;
    EXPECT_TRUE(layer.output_gradients.has_value()) << layer.path;
  }
  EXPECT_TRUE(paths == (std::vector<std::string>{
                           "layers[0]", "layers[1].heads.kind[0] gives an output",
                           "layers[1].heads.place[0]", "layers[1].heads.place[1] gives an output",
                           "layers[1].heads.urgent[0] gives an output"}));
}

// ---- Errors ----

TEST(WrongHeadsAreRefused) {
  struct Wrong {
    Value::Array layers;
    const char* path;
  };
  const Value head = Stack({Dense(2, "linear")});
  const Wrong all[] = {
      {{Heads({})}, "layers[0]"},
      {{Value(Value::Object{{"type", "heads"}})}, "layers[0].heads"},
      {{Heads({{"a", Stack({})}})}, "layers[0].heads.a"},
      {{Heads({{"a.b", head}})}, "layers[0].heads"},
      {{Heads({{"", head}})}, "layers[0].heads"},
      {{Heads({{"a", Stack({Dense(0, "relu")})}})}, "layers[0].heads.a[0].units"},
      {{Heads({{"a", head}}), Dense(3, "relu")}, "layers[0]"},
      {{Residual({Heads({{"a", head}})})}, "layers[0].layers[0]"},
      {{Heads({{"a", Stack({Heads({{"b", head}})})}})}, "layers[0].heads.a[0]"},
      {{Dense(4, "relu"), Heads({{"a", Stack({Tied(0, 4, "relu")})}})},
       "layers[1].heads.a[0].tiedTo"},
  };
  for (const Wrong& wrong : all) EXPECT_THROWS(Network(Spec(4, wrong.layers)), wrong.path);
}

TEST(WrongOptionsOfOutputsAreRefused) {
  auto network = std::make_shared<Network>(ThreeHeads());
  const std::shared_ptr<Dataset> data = ThreeTargets(false);
  const auto refused = [&](const Value& outputs, const char* path, const char* name = "outputs") {
    Value::Object options = {{name, outputs}};
    EXPECT_THROWS(Evaluation(network, data, options), path);
  };
  const auto with = [](const char* output, const Value& own) {
    Value outputs = ThreeAims();
    outputs.Set(output, own);
    return outputs;
  };
  refused("crossEntropy", "loss", "loss");
  refused(Value::Object{}, "outputs.kind");
  refused(with("kind", Value::Object{{"loss", "binaryCrossEntropy"}}), "outputs.kind.loss");
  refused(with("kind", Value::Object{{"weight", 1}}), "outputs.kind.loss");
  refused(with("place", Value::Object{{"loss", "huber"}, {"weight", -1}}), "outputs.place.weight");
  refused(with("place", Value::Object{{"loss", "huber"}, {"share", 1}}), "outputs.place.share");
  refused(with("place", Value::Object{{"loss", "huber"}, {"metrics", Value::Array{"f1"}}}),
          "outputs.place.metrics[0]");
  refused(with("kind", Value::Object{{"loss", "klDivergence"}}), "targets.kind");
  const Value of_one = Value::Object{{"loss", "meanSquaredError"}};
  EXPECT_THROWS(Evaluation(network, RandomData(5, 6, "matrix", 6, 1),
                           Value::Object{{"outputs", ThreeAims()}}),
                "targets");
  EXPECT_THROWS(Evaluation(std::make_shared<Network>(Spec(6, {Dense(6, "linear")})), data,
                           Value::Object{{"loss", "huber"}, {"outputs", of_one}}),
                "outputs");
}

}  // namespace
}  // namespace layerwise::testing
