// What an objective is: what follows from the losses, the outputs and the kind of targets.
#include "native/plan/objective.h"

#include <string>

#include "native/network/network.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

Objective ObjectiveFor(const Network& network, const Value& options) {
  return ReadObjective(ValueReader(options, ""), network.spec());
}

OutputObjective OnlyOutput(const std::string& activation, int64_t units, const std::string& loss) {
  const Network network(Spec(3, {Dense(4, "relu"), Dense(units, activation)}));
  return ObjectiveFor(network, Value::Object{{"loss", loss}}).outputs.front();
}

struct TaskCase {
  const char* activation;
  int64_t units;
  const char* loss;
  TargetKind targets;
  MetricTask task;
};

constexpr TaskCase kTasks[] = {
    {"softmax", 3, "crossEntropy", TargetKind::kClasses, MetricTask::kOneOfSeveral},
    {"softmax", 3, "crossEntropy", TargetKind::kMatrix, MetricTask::kOneOfSeveral},
    {"softmax", 3, "meanSquaredError", TargetKind::kInput, MetricTask::kNumbers},
    {"sigmoid", 1, "binaryCrossEntropy", TargetKind::kMatrix, MetricTask::kYesOrNo},
    {"sigmoid", 1, "meanSquaredError", TargetKind::kMatrix, MetricTask::kYesOrNo},
    {"sigmoid", 4, "binaryCrossEntropy", TargetKind::kMatrix, MetricTask::kLabels},
    {"sigmoid", 4, "meanSquaredError", TargetKind::kMatrix, MetricTask::kOneOfSeveral},
    {"sigmoid", 4, "binaryCrossEntropy", TargetKind::kInput, MetricTask::kNumbers},
    {"linear", 1, "meanSquaredError", TargetKind::kMatrix, MetricTask::kNumbers},
    {"linear", 2, "huber", TargetKind::kMatrix, MetricTask::kNumbers},
};

TEST(TargetsAndOutputsTogetherSayWhatMetricsMeasure) {
  for (const TaskCase& one : kTasks) {
    const OutputObjective objective = OnlyOutput(one.activation, one.units, one.loss);
    EXPECT_TRUE(objective.TaskFor(one.targets) == one.task)
        << one.activation << " " << one.units << " " << one.loss;
  }
}

TEST(ALossThatIsFusedWithAnActivationTakesItFromTheLastLayer) {
  EXPECT_TRUE(OnlyOutput("softmax", 3, "crossEntropy").fuses_activation());
  EXPECT_TRUE(OnlyOutput("sigmoid", 3, "binaryCrossEntropy").fuses_activation());
  EXPECT_FALSE(OnlyOutput("sigmoid", 3, "meanSquaredError").fuses_activation());
  EXPECT_TRUE(OnlyOutput("sigmoid", 3, "binaryCrossEntropy").has_independent_outputs());
  EXPECT_FALSE(OnlyOutput("sigmoid", 3, "meanSquaredError").has_independent_outputs());
  EXPECT_FALSE(OnlyOutput("softmax", 3, "crossEntropy").has_independent_outputs());
}

class NoLoss : public CustomLoss {
 public:
  double Compute(const LossBatch&) override { return 0; }
};

TEST(ACustomLossLeavesTheActivationToTheLayer) {
  const Network network(Spec(3, {Dense(2, "sigmoid")}));
  NoLoss custom;
  const Value options = Value::Object{};
  const Objective objective = ReadObjective(ValueReader(options, ""), network.spec(), &custom);
  EXPECT_TRUE(objective.outputs.front().is_custom());
  EXPECT_FALSE(objective.outputs.front().fuses_activation());
  EXPECT_TRUE(objective.outputs.front().has_independent_outputs());
}

TEST(EachHeadHasAnObjectiveOfItsOwn) {
  const Value heads = Value::Object{
      {"type", "heads"},
      {"heads", Value::Object{{"kind", Value::Array{Dense(3, "softmax")}},
                              {"size", Value::Array{Dense(5, "relu"), Dense(1, "linear")}}}}};
  const Network network(Spec(4, {Dense(6, "relu"), heads}));
  const Value options = Value::Object{
      {"outputs",
       Value::Object{
           {"kind", Value::Object{{"loss", "crossEntropy"}, {"metrics", Value::Array{"accuracy"}}}},
           {"size", Value::Object{{"loss", "meanSquaredError"}, {"weight", 0.5}}}}}};
  const Objective objective = ObjectiveFor(network, options);
  EXPECT_TRUE(objective.has_heads());
  EXPECT_EQ(objective.metric_names.front(), "kind.accuracy");
  const OutputObjective& kind = objective.outputs[0];
  const OutputObjective& size = objective.outputs[1];
  EXPECT_EQ(kind.first_column, 0);
  EXPECT_EQ(kind.columns, 3);
  EXPECT_EQ(size.first_column, 3);
  EXPECT_EQ(size.columns, 1);
  EXPECT_EQ(size.path, "outputs.size.");
  EXPECT_NEAR(static_cast<double>(size.weight), 0.5, 0);
  EXPECT_TRUE(kind.activation == "softmax" && size.activation == "linear");
  EXPECT_EQ(network.spec().layers[size.layer]->path, "layers[1].heads.size[1]");
}

}  // namespace
}  // namespace layerwise::testing
