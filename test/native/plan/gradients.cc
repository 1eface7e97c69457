// Numerical gradient checks over everything that is registered, and of layers in every place.
#include "test/native/plan/gradients.h"

#include <cstdint>
#include <string>
#include <vector>

#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

using gradients::CheckGradients;
using gradients::Problem;

std::vector<std::string> ActivationNames() {
  std::vector<std::string> names;
  for (const ActivationRow& row : Activations()) names.emplace_back(row.info.name);
  return names;
}

// The activations that an output layer may have under a loss.
std::vector<std::string> OutputsFor(const LossRow& loss) {
  if (loss.output != nullptr) return {loss.output};
  return ActivationNames();
}

std::vector<TargetKind> TargetsFor(const LossRow& loss) {
  if (loss.targets == LossTargets::kEither) return {TargetKind::kMatrix, TargetKind::kClasses};
  return {TargetKind::kMatrix};
}

TEST(GradientsOfEveryActivationUnderEveryLoss) {
  constexpr int64_t kWidths[] = {1, 7, 16, 17, 33};
  constexpr int64_t kRows[] = {1, 5, 32};
  size_t turn = 0;
  for (const LossRow& loss : LossesFor(SelectedInstructionSet())) {
    for (const TargetKind targets : TargetsFor(loss)) {
      const std::vector<std::string> outputs = OutputsFor(loss);
      for (const std::string& hidden : ActivationNames()) {
        for (const bool bias : {true, false}) {
          ++turn;
          const auto width = [&](size_t shift) { return kWidths[(turn + shift) % 5]; };
          // Every output is met, though not with every hidden activation.
          const std::string& output = outputs[(turn / 2) % outputs.size()];
          Problem problem;
          problem.spec =
              Spec(width(0), {Dense(width(1), hidden, bias), Dense(width(2), hidden, bias),
                              Dense(width(4), output, bias)});
          problem.loss = loss.info.name;
          problem.rows = kRows[turn % 3];
          problem.spare_rows = static_cast<int64_t>(turn % 4);
          problem.targets = targets;
          // The gradients of a row's outputs nearly cancel: an angle does not see their length, a
          // focal loss hardly sees any of them.
          if (problem.loss == "cosine" || problem.loss == "focal") problem.allowance = 10;
          CheckGradients(problem);
        }
      }
    }
  }
}

TEST(GradientsOfEveryWidthAndBatch) {
  constexpr int64_t kWidths[] = {1, 7, 16, 17, 33, 48, 97};
  for (size_t i = 0; i < std::size(kWidths); ++i) {
    for (const int64_t rows : {1, 5, 32}) {
      Problem problem;
      problem.spec = Spec(
          kWidths[i], {Dense(kWidths[(i + 3) % 7], "tanh"), Dense(kWidths[(i + 1) % 7], "sigmoid"),
                       Dense(kWidths[(i + 5) % 7], "softmax")});
      problem.loss = "crossEntropy";
      problem.rows = rows;
      problem.spare_rows = 32 - rows;
      problem.targets = TargetKind::kClasses;
      CheckGradients(problem);
    }
  }
}

// So many rows and columns that products are cut into blocks for the cache, in all three forms.
TEST(GradientsOfOperandsLargerThanTheCache) {
  for (const int threads : {1, 3}) {
    Problem problem;
    problem.spec = Spec(1000, {Dense(3, "tanh"), Dense(1000, "linear")});
    problem.loss = "meanSquaredError";
    problem.rows = 1100;
    problem.targets = TargetKind::kInput;
    problem.threads = threads;
    problem.numerically = false;
    CheckGradients(problem);
  }
}

TEST(GradientsOfActivationsAsLayers) {
  for (const std::string& name : ActivationNames()) {
    const std::vector<Value::Array> networks = {
        // Behind a linear layer, behind another activation, before everything, twice, and last.
        {Dense(9, "linear"), Activation(name), Dense(3, "linear")},
        {Dense(9, "tanh"), Activation(name), Dense(3, "linear")},
        {Activation(name), Dense(9, "tanh"), Dense(3, "linear")},
        {Dense(9, "linear"), Activation(name), Activation(name), Dense(3, "linear")},
        {Dense(9, "tanh"), Dense(3, "linear"), Activation(name)},
        {Dense(9, "tanh"), Dense(3, "sigmoid"), Activation(name)},
        {Dense(5, "softmax"), Activation(name), Activation("linear"), Dense(3, "linear")},
    };
    for (const Value::Array& layers : networks) {
      CheckGradients({Spec(6, layers), "meanSquaredError", 5, 2, TargetKind::kMatrix});
    }
  }
}

// The loss takes the logits in the place of the activation and writes the outputs over them: no
// step before may need what it finds there.
TEST(GradientsThroughAnActivationRightBeforeAFusedLoss) {
  for (const LossRow& loss : LossesFor(SelectedInstructionSet())) {
    if (loss.output == nullptr) continue;
    for (const std::string& name : ActivationNames()) {
      const std::vector<Value::Array> networks = {
          {Dense(9, "tanh"), Dense(4, name), Activation(loss.output)},
          {Dense(4, "linear"), Activation(name), Activation(loss.output)},
          {Dense(4, "tanh"), Activation(name), Activation("linear"), Activation(loss.output)},
          {Dense(4, "linear"), BatchNormalisation(), Activation(name), Activation(loss.output)},
      };
      for (const Value::Array& layers : networks) {
        CheckGradients({Spec(6, layers), loss.info.name, 5, 0, TargetKind::kMatrix});
      }
    }
  }
}

TEST(GradientsOfBatchNormalisation) {
  for (const std::string& name : ActivationNames()) {
    const std::vector<Value::Array> networks = {
        {Dense(17, "linear"), BatchNormalisation(), Activation(name), Dense(3, "linear")},
        {Dense(17, name), BatchNormalisation(), Dense(3, "linear")},
        {BatchNormalisation(), Dense(17, name), Dense(3, "linear")},
        {Dense(17, name), Dense(3, "linear"), BatchNormalisation()},
        {Dense(3, "linear"), BatchNormalisation(), Activation(name)},
        {Dense(17, "tanh"), Activation(name), BatchNormalisation(), BatchNormalisation(),
         Dense(3, "linear")},
        {BatchNormalisation(), Activation(name)},
    };
    for (const Value::Array& layers : networks) {
      for (const int64_t rows : {5, 32}) {
        const bool narrow = layers.size() == 2;
        // Columns that hardly vary are blown up, and their rounding errors with them.
        CheckGradients({Spec(narrow ? 70 : 6, layers), "meanSquaredError", rows, rows == 5 ? 3 : 0,
                        TargetKind::kMatrix, 10});
      }
    }
  }
  CheckGradients({Spec(6, {Dense(80, "linear"), BatchNormalisation(), Activation("relu"),
                           Dense(4, "linear"), BatchNormalisation(), Activation("softmax")}),
                  "crossEntropy", 32, 0, TargetKind::kClasses});
}

TEST(GradientsOfBatchNormalisationOfEveryKind) {
  for (const bool scale : {true, false}) {
    for (const bool shift : {true, false}) {
      for (const bool frozen : {true, false}) {
        const Value norm = BatchNormalisation(scale, shift, frozen);
        const std::vector<Value::Array> networks = {
            // Folded into a dense layer, alone, behind another, first, and last.
            {Dense(70, "linear"), norm, Activation("relu"), Dense(3, "linear")},
            {Dense(17, "linear", false), norm, Activation("gelu"), norm, Dense(3, "tanh")},
            {norm, Dense(9, "tanh"), BatchNormalisation(), Dense(3, "linear")},
            {Dense(9, "tanh"), Dense(3, "linear"), norm},
        };
        for (const Value::Array& layers : networks) {
          for (const int64_t rows : {5, 32}) {
            CheckGradients({Spec(6, layers), "meanSquaredError", rows, rows == 5 ? 3 : 0,
                            TargetKind::kMatrix, 10});
          }
        }
      }
    }
  }
}

// What is frozen passes gradients on; what lies before everything that learns needs none.
TEST(GradientsAroundFrozenLayers) {
  const auto layer_norm = Value(Value::Object{{"type", "layerNorm"}});
  const std::vector<Value::Array> networks = {
      {Dense(9, "tanh"), Frozen(Dense(33, "tanh")), Dense(3, "linear")},
      {Frozen(Dense(9, "tanh")), Dense(7, "tanh"), Frozen(Dense(3, "linear"))},
      {Frozen(Dense(9, "tanh")), Frozen(BatchNormalisation()), Dense(3, "linear")},
      {Dense(9, "tanh"), Frozen(Prelu(true)), Frozen(Prelu(false)), Dense(3, "linear")},
      {Dense(9, "tanh"), Frozen(layer_norm), Frozen(Maxout(7, 2)), Dense(3, "linear")},
  };
  for (const Value::Array& layers : networks) {
    CheckGradients({Spec(6, layers), "meanSquaredError", 5, 2, TargetKind::kMatrix, 10});
  }
}

TEST(GradientsOfScaledInputsAndDividedProducts) {
  const std::vector<Value::Array> networks = {
      {Scaling(), Dense(3, "linear")},
      {Dense(17, "tanh"), Scaling(), Dense(3, "linear")},
      {Scaling(), BatchNormalisation(), Dense(9, "tanh"), Scaling()},
      {Frozen(Scaling()), Scaling(), Dense(3, "linear")},
      {Ntk(Dense(3, "linear"))},
      {Scaling(), Ntk(Dense(33, "selu")), Ntk(Dense(9, "mish", false)), Ntk(Dense(3, "linear"))},
      {Ntk(Dense(9, "linear")), BatchNormalisation(), Activation("tanh"), Ntk(Dense(3, "linear"))},
      {Residual({Ntk(Dense(6, "tanh")), Ntk(Dense(6, "linear"))}), Ntk(Dense(3, "linear"))},
      {Dense(9, "tanh"), Ntk(Tied(0, 6, "tanh")), Dense(3, "linear")},
      {Ntk(Dense(9, "tanh")), Ntk(Tied(0, 6, "tanh")), Dense(3, "linear")},
  };
  for (const Value::Array& layers : networks) {
    CheckGradients({Spec(6, layers), "meanSquaredError", 5, 2, TargetKind::kMatrix, 10});
  }
}

TEST(GradientsOfEmbeddings) {
  const std::vector<Value::Array> networks = {
      {Embedding({EmbeddedColumn(0, 3, 2)}), Dense(3, "linear")},
      {Embedding({EmbeddedColumn(4, 2, 17), EmbeddedColumn(1, 40, 1)}), Dense(9, "tanh"),
       Dense(3, "linear")},
      // Nothing but indices, and vectors longer than what is added up at once.
      {Embedding({EmbeddedColumn(2, 4, 70), EmbeddedColumn(0, 1, 3), EmbeddedColumn(1, 9, 33),
                  EmbeddedColumn(3, 2, 16), EmbeddedColumn(4, 2, 1), EmbeddedColumn(5, 3, 2)}),
       Dense(3, "linear")},
      {Frozen(Embedding({EmbeddedColumn(0, 3, 2)})), Dense(3, "linear")},
      {WithMembers(Embedding({EmbeddedColumn(0, 3, 2), EmbeddedColumn(2, 5, 8)}),
                   {{"penalty", Value::Object{{"l2", 0.3}}}}),
       Dense(3, "linear")},
      {Embedding({EmbeddedColumn(0, 3, 2)}), Activation("tanh"), Residual({Dense(7, "tanh")}),
       Dense(3, "linear")},
  };
  for (const Value::Array& layers : networks) {
    for (const int64_t rows : {2, 5, 150}) {
      for (const int threads : {1, 3}) {
        Problem problem{Spec(6, layers), "meanSquaredError", rows, 2};
        problem.threads = threads;
        CheckGradients(problem);
      }
    }
  }
  // A layer behind it that measures whole columns.
  CheckGradients(
      {Spec(6, {Embedding({EmbeddedColumn(1, 9, 33)}), BatchNormalisation(), Dense(3, "linear")}),
       "meanSquaredError", 150, 2, TargetKind::kMatrix, 10});
}

TEST(GradientsOfLearnedSlopes) {
  for (const bool shared : {true, false}) {
    const std::vector<Value::Array> networks = {
        {Dense(70, "linear"), Prelu(shared), Dense(3, "linear")},
        {Prelu(shared), Dense(17, "tanh"), Prelu(shared), Activation("sigmoid")},
        {Dense(17, "linear"), BatchNormalisation(), Prelu(shared), Prelu(shared), Dense(3, "tanh")},
        {Dense(1, "linear"), Prelu(shared)},
    };
    for (const Value::Array& layers : networks) {
      CheckGradients({Spec(6, layers), "meanSquaredError", 5, 2, TargetKind::kMatrix, 10});
    }
  }
}

TEST(GradientsOfMaxout) {
  const std::vector<Value::Array> networks = {
      {Maxout(17, 2), Dense(3, "linear")},
      {Dense(9, "tanh"), Maxout(7, 3, false), Activation("tanh"), Maxout(3, 2)},
      {Maxout(5, 1), BatchNormalisation(), Maxout(1, 5)},
  };
  for (const Value::Array& layers : networks) {
    CheckGradients({Spec(6, layers), "meanSquaredError", 5, 2, TargetKind::kMatrix, 10});
  }
}

TEST(GradientsOfLayerNormalisation) {
  const auto norm = [](bool scale, bool shift) {
    return Value(Value::Object{{"type", "layerNorm"}, {"scale", scale}, {"shift", shift}});
  };
  for (const bool scale : {true, false}) {
    for (const bool shift : {true, false}) {
      for (const int64_t width : {3, 8, 17, 70}) {
        const std::vector<Value::Array> networks = {
            {Dense(width, "linear"), norm(scale, shift), Activation("relu"), Dense(3, "linear")},
            {Dense(width, "tanh"), norm(scale, shift), norm(true, true), Dense(3, "linear")},
            {norm(scale, shift), Dense(width, "tanh"), norm(scale, shift)},
        };
        for (const Value::Array& layers : networks) {
          CheckGradients({Spec(6, layers), "meanSquaredError", 5, 2, TargetKind::kMatrix, 10});
        }
      }
    }
  }
  CheckGradients({Spec(6, {Dense(80, "linear"), norm(true, true), Activation("gelu"),
                           Dense(4, "linear"), norm(true, true), Activation("softmax")}),
                  "crossEntropy", 32, 0, TargetKind::kClasses});
}

TEST(GradientsOfNetworksOfOneUnit) {
  for (const int64_t rows : {1, 5}) {
    for (const char* hidden : {"linear", "tanh", "softmax"}) {
      CheckGradients({Spec(1, {Dense(1, hidden), Dense(1, "sigmoid")}), "binaryCrossEntropy", rows,
                      0, TargetKind::kMatrix});
      CheckGradients({Spec(1, {Dense(1, hidden), Dense(1, "softmax")}), "crossEntropy", rows, 0,
                      TargetKind::kClasses});
      CheckGradients({Spec(1, {Dense(1, hidden), Dense(1, "linear")}), "meanSquaredError", rows, 0,
                      TargetKind::kMatrix});
    }
  }
}

TEST(GradientsWithTheInputsAsTargets) {
  for (const int64_t width : {1, 16, 33}) {
    CheckGradients({Spec(width, {Dense(9, "tanh"), Dense(2, "linear"), Dense(9, "tanh"),
                                 Dense(width, "linear")}),
                    "meanSquaredError", 5, 1, TargetKind::kInput});
    CheckGradients({Spec(width, {Dense(9, "leakyRelu"), Dense(width, "sigmoid")}),
                    "binaryCrossEntropy", 5, 0, TargetKind::kInput});
  }
}

// Products of numbers with eight significant bits: the bounds are a thousand times as wide.
TEST(GradientsInBfloat16AreCloseToTheExactOnes) {
  constexpr double kAllowance = 2000;
  for (const int64_t width : {1, 7, 16, 17, 33, 48}) {
    for (const int64_t rows : {1, 5, 32}) {
      Problem problem;
      problem.spec = Spec(width, {Dense(width + 1, "tanh"), Dense(2 * width + 3, "sigmoid", false),
                                  Activation("tanh"), Dense(5, "softmax")});
      problem.loss = "crossEntropy";
      problem.rows = rows;
      problem.spare_rows = 3;
      problem.targets = TargetKind::kClasses;
      problem.allowance = kAllowance;
      problem.precision = Precision::kBf16;
      CheckGradients(problem);
    }
  }
}

TEST(GradientsOfADeepNetwork) {
  Value::Array layers;
  for (int64_t l = 0; l < 12; ++l) layers.push_back(Dense(8 + l, "tanh"));
  layers.push_back(Dense(3, "softmax"));
  CheckGradients({Spec(5, layers), "crossEntropy", 7, 0, TargetKind::kClasses});
}

}  // namespace
}  // namespace layerwise::testing
