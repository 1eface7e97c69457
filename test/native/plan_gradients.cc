// Numerical gradient checks over everything that is registered. The gradients of a compiled plan
// are compared with those of the naive network in double precision, and both with central
// differences.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "native/plan/execution_plan.h"
#include "native/plan/objective.h"
#include "test/native/plan_support.h"

namespace layerwise::testing {
namespace {

// Differences in the norm over a parameter, relative to the norm of its gradient; where that is
// small beside the whole gradient, relative to kSmall times the whole.
constexpr double kAgainstAnalytic = 1e-5;
constexpr double kAgainstNumeric = 1e-4;
constexpr double kSmall = 1e-2;
// A gradient below this share of the whole is zero but for rounding, as that of a bias whose effect
// a batch normalisation takes away. What cancels in it may be larger than the gradient itself.
constexpr double kCancelled = 1e-6;

// Rectifiers bend at zero, others elsewhere: inputs must stay this far away from there, farther
// than rounding or a difference quotient moves them.
constexpr double kFarFromKinks = 5e-5;
constexpr double kDifference = 1e-6;

// Elements of a parameter that are differentiated numerically.
constexpr int64_t kElements = 12;

struct Problem {
  Value spec;
  std::string loss;
  int64_t rows = 5;
  int64_t spare_rows = 0;  // of the plan, beyond this batch
  TargetKind targets = TargetKind::kMatrix;
  double allowance = 1;  // a factor on the bounds
  Precision precision = Precision::kFloat32;
};

std::string DescribeProblem(const Problem& problem) {
  return Describe(problem.spec) + ", " + problem.loss + ", " + std::to_string(problem.rows) +
         " rows";
}

// The parameters of a layer in the naive network that a block stands for.
std::vector<double>& TwinBlock(std::vector<reference::Layer>& layers, const ParameterBlock& block) {
  reference::Layer& layer = layers[block.layer];
  const bool is_weight =
      block.role == ParameterRole::kWeights || block.role == ParameterRole::kScale;
  return is_weight ? layer.weights.values : layer.bias;
}

const std::vector<double>& TwinGradient(const std::vector<reference::LayerGradients>& gradients,
                                        const ParameterBlock& block) {
  const reference::LayerGradients& layer = gradients[block.layer];
  const bool is_weight =
      block.role == ParameterRole::kWeights || block.role == ParameterRole::kScale;
  return is_weight ? layer.weights.values : layer.bias;
}

double Norm(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum);
}

double Distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

// One problem with its plan, its random numbers and its twin.
class Check {
 public:
  Check(const Problem& problem, uint64_t seed)
      : problem_(problem),
        network_(problem.spec),
        objective_(ReadObjective(
            ValueReader(objective_options_ = Value::Object{{"loss", problem.loss}}, "options"),
            network_.spec())),
        pool_(1),
        plan_(network_.spec(), network_.layout(), Options()) {
    plan_.Allocate();
    Generator random(seed);
    FillInputs(random);
    FillTargets(random);
    Randomise(network_.layout(), random, plan_.parameters());
    plan_.Prepare(pool_, plan_.parameters());
    twin_ = TwinOf(network_.spec(), network_.layout(), plan_.parameters());
  }

  // The least distance of an activation's input from a kink. Exact hits do not count: they come
  // from an activation of that value before this one, and stay there.
  double DistanceFromKinks() const {
    return reference::DistanceFromKinks(twin_, reference::Forward(twin_, inputs_));
  }

  void Run() {
    plan_.ForwardTraining(pool_, problem_.rows);
    plan_.Loss(pool_, problem_.rows, true);
    plan_.Backward(pool_, problem_.rows, {});
    CheckLoss();
    const std::vector<reference::LayerGradients> exact =
        reference::Gradients(twin_, LossTwin(problem_.loss), inputs_, target_values_);
    double all = 0;
    for (const ParameterBlock& block : network_.layout().blocks()) {
      if (block.trainable()) all = std::max(all, Norm(TwinGradient(exact, block)));
    }
    for (const ParameterBlock& block : network_.layout().blocks()) {
      if (block.trainable()) CheckBlock(block, TwinGradient(exact, block), all);
    }
  }

 private:
  PlanOptions Options() const {
    PlanOptions options;
    options.to = network_.spec().layers.size();
    options.batch_rows = problem_.rows + problem_.spare_rows;
    options.objective = &objective_;
    options.targets = problem_.targets;
    options.gradients = true;
    options.precision = problem_.precision;
    return options;
  }

  void FillInputs(Generator& random) {
    const int64_t columns = network_.input_size();
    inputs_ = reference::Matrix(problem_.rows, columns);
    const bool are_shares = problem_.targets == TargetKind::kInput;
    for (int64_t i = 0; i < problem_.rows; ++i) {
      for (int64_t j = 0; j < columns; ++j) {
        const float x = random.Float(are_shares ? 0 : -1.5, are_shares ? 1 : 1.5);
        plan_.inputs().Row(i)[j] = x;
        inputs_.At(i, j) = static_cast<double>(x);
      }
    }
    // Rows beyond the batch, as an earlier batch leaves them, must not matter.
    for (int64_t i = problem_.rows; i < problem_.rows + problem_.spare_rows; ++i) {
      std::fill_n(plan_.inputs().Row(i), columns, std::numeric_limits<float>::quiet_NaN());
    }
  }

  void FillTargets(Generator& random) {
    const int64_t columns = network_.output_size();
    if (problem_.targets == TargetKind::kInput) {
      target_values_ = inputs_;
      return;
    }
    if (problem_.targets == TargetKind::kClasses) {
      std::vector<int32_t> classes;
      for (int64_t i = 0; i < problem_.rows; ++i) {
        classes.push_back(static_cast<int32_t>(random.Integer(0, columns - 1)));
        plan_.classes()[i] = classes.back();
      }
      target_values_ = reference::OneHot(classes, columns);
      return;
    }
    target_values_ = reference::Matrix(problem_.rows, columns);
    const bool is_hinge = problem_.loss == "hinge";
    for (int64_t i = 0; i < problem_.rows; ++i) {
      for (int64_t j = 0; j < columns; ++j) {
        // What lies between its two targets says nothing to a hinge.
        const float t = is_hinge ? static_cast<float>(random.Integer(0, 1)) : random.Float(0, 1);
        plan_.targets().Row(i)[j] = t;
        target_values_.At(i, j) = static_cast<double>(t);
      }
    }
  }

  double TwinLoss() const {
    return reference::MeanLoss(twin_, LossTwin(problem_.loss), inputs_, target_values_);
  }

  void CheckLoss() const {
    double sum = 0;
    for (int64_t i = 0; i < problem_.rows; ++i) sum += plan_.row_losses()[i];
    const double exact = TwinLoss();
    EXPECT_NEAR(sum / static_cast<double>(problem_.rows), exact,
                2e-6 * problem_.allowance * (1.0 + std::fabs(exact)))
        << DescribeProblem(problem_);
  }

  void CheckBlock(const ParameterBlock& block, const std::vector<double>& exact, double all) {
    const bool is_cancelled = Norm(exact) <= kCancelled * all;
    const double size =
        problem_.allowance * std::max({Norm(exact), (is_cancelled ? 10.0 : kSmall) * all, 1e-5});
    const std::vector<double> actual = ReadAsDoubles(block, plan_.gradients());
    EXPECT_LE(Distance(actual, exact), kAgainstAnalytic * size)
        << block.name << " of " << DescribeProblem(problem_);

    std::vector<double>& values = TwinBlock(twin_.layers, block);
    const int64_t count = static_cast<int64_t>(values.size());
    const int64_t step = std::max<int64_t>(1, count / kElements);
    std::vector<double> some_actual;
    std::vector<double> some_numeric;
    for (int64_t i = count - 1; i >= 0; i -= step) {
      some_actual.push_back(actual[static_cast<size_t>(i)]);
      some_numeric.push_back(DifferenceQuotient(values[static_cast<size_t>(i)]));
    }
    EXPECT_LE(Distance(some_actual, some_numeric), kAgainstNumeric * size)
        << block.name << " of " << DescribeProblem(problem_) << ", numerically";
  }

  double DifferenceQuotient(double& value) const {
    const double kept = value;
    value = kept + kDifference;
    const double above = TwinLoss();
    value = kept - kDifference;
    const double below = TwinLoss();
    value = kept;
    return (above - below) / (2.0 * kDifference);
  }

  Problem problem_;
  Network network_;
  Value objective_options_;
  Objective objective_;
  ThreadPool pool_;
  ExecutionPlan plan_;
  reference::Network twin_;
  reference::Matrix inputs_;
  reference::Matrix target_values_;
};

void CheckGradients(const Problem& problem) {
  constexpr uint64_t kAttempts = 200;
  for (uint64_t seed = 1; seed <= kAttempts; ++seed) {
    Check check(problem, seed);
    if (check.DistanceFromKinks() < kFarFromKinks) continue;
    check.Run();
    return;
  }
  EXPECT_TRUE(false) << "no inputs far from kinks for " << DescribeProblem(problem);
}

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
