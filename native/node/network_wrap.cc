#include "native/node/network_wrap.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "native/core/error.h"
#include "native/core/finite.h"
#include "native/core/thread_pool.h"
#include "native/node/arguments.h"
#include "native/node/dataset_wrap.h"
#include "native/node/forward_jobs.h"
#include "native/node/training_job.h"
#include "native/node/trial_jobs.h"
#include "native/node/value_conversion.h"
#include "native/node/wrap.h"
#include "native/training/evaluation.h"
#include "native/training/run.h"

namespace layerwise {
namespace {

constexpr int64_t kMaxRows = std::numeric_limits<int32_t>::max();
constexpr int64_t kMaxSeries = int64_t{1} << 53;
constexpr int64_t kNoSeries = -1;  // of a prediction that waits for no other

using SharedDataset = std::shared_ptr<const Dataset>;

SharedDataset DatasetArgument(napi_env env, napi_value value, const char* path) {
  return Unwrap<DatasetWrap>(env, value, path).dataset();
}

int64_t RowsArgument(const Call& call) {
  return IntegerArgument(call.env, call.arguments[1], "rows", 0, kMaxRows);
}

void CheckInputs(std::span<const float> inputs, int64_t rows, int64_t input_size) {
  if (static_cast<int64_t>(inputs.size()) == rows * input_size) return;
  throw Error(ErrorKind::kShape, "inputs",
              std::to_string(rows) + " rows of " + std::to_string(input_size) + " values",
              std::to_string(inputs.size()) + " values", "Give whole rows.");
}

size_t OutputCount(int64_t rows, int64_t output_size) {
  return static_cast<size_t>(rows * output_size);
}

// Data sets are no plain data: the member validation.dataset is read apart from the other options.
SharedDataset ReadValidationDataset(napi_env env, napi_value options) {
  if (!IsObject(env, options)) return nullptr;
  napi_value validation = nullptr;
  Check(napi_get_named_property(env, options, "validation", &validation));
  if (!IsObject(env, validation)) return nullptr;
  napi_value dataset = nullptr;
  Check(napi_get_named_property(env, validation, "dataset", &dataset));
  if (IsNullish(env, dataset)) return nullptr;
  return DatasetArgument(env, dataset, "validation.dataset");
}

napi_value FunctionArgument(napi_env env, napi_value value, const char* path) {
  if (IsNullish(env, value)) return nullptr;
  if (IsFunction(env, value)) return value;
  throw Error(ErrorKind::kArgument, path, "a function", TypeNameOf(env, value),
              "Give a function, or nothing.");
}

napi_value ListenerArgument(napi_env env, napi_value value) {
  return FunctionArgument(env, value, "onEvents");
}

std::unique_ptr<JsLoss> LossArgument(napi_env env, napi_value value) {
  napi_value function = FunctionArgument(env, value, "lossFunction");
  return function == nullptr ? nullptr : std::make_unique<JsLoss>(env, function);
}

}  // namespace

const napi_type_tag NetworkWrap::kTypeTag = MakeTypeTag(0x4c574e6574, &NetworkWrap::kTypeTag);

napi_value NetworkWrap::Define(napi_env env) {
  return DefineClass<NetworkWrap>(
      env, {Getter<NetworkWrap, &NetworkWrap::InputSize>("inputSize"),
            Getter<NetworkWrap, &NetworkWrap::OutputSize>("outputSize"),
            Getter<NetworkWrap, &NetworkWrap::Bytes>("bytes"),
            Method<NetworkWrap, &NetworkWrap::Layers>("layers"),
            Method<NetworkWrap, &NetworkWrap::ListParameters>("parameters"),
            Method<NetworkWrap, &NetworkWrap::GetParameter>("getParameter"),
            Method<NetworkWrap, &NetworkWrap::SetParameter>("setParameter"),
            Method<NetworkWrap, &NetworkWrap::PredictSync>("predictSync"),
            Method<NetworkWrap, &NetworkWrap::Predict>("predict"),
            Method<NetworkWrap, &NetworkWrap::Evaluate>("evaluate"),
            Method<NetworkWrap, &NetworkWrap::CheckGradients>("checkGradients"),
            Method<NetworkWrap, &NetworkWrap::TestLearningRates>("testLearningRates"),
            Method<NetworkWrap, &NetworkWrap::Fit>("fit")});
}

NetworkWrap::NetworkWrap(const Call& call)
    : network_(std::make_shared<Network>(FromJs(call.env, call.arguments[0], "spec"))),
      predictors_(std::make_shared<IdlePredictors>(network_)),
      memory_(call.env) {
  // Once trained it holds its parameters twice.
  memory_.Report(2 * network_->bytes());
}

int64_t NetworkWrap::LayerCount() const { return static_cast<int64_t>(network_->spec().size()); }

napi_value NetworkWrap::InputSize(const Call& call) {
  return ToJs(call.env, network_->input_size());
}

napi_value NetworkWrap::OutputSize(const Call& call) {
  return ToJs(call.env, network_->output_size());
}

napi_value NetworkWrap::Bytes(const Call& call) {
  return ToJs(call.env, static_cast<int64_t>(network_->bytes()));
}

napi_value NetworkWrap::Layers(const Call& call) {
  return ToJs(call.env, network_->DescribeLayers());
}

napi_value NetworkWrap::ListParameters(const Call& call) {
  return ToJs(call.env, network_->DescribeParameters());
}

napi_value NetworkWrap::GetParameter(const Call& call) {
  const std::string name = TextArgument(call.env, call.arguments[0], "name");
  const NewFloats made = MakeFloats(call.env, static_cast<size_t>(network_->ParameterSize(name)));
  network_->ReadParameter(name, made.values);
  return made.array;
}

napi_value NetworkWrap::SetParameter(const Call& call) {
  const std::string name = TextArgument(call.env, call.arguments[0], "name");
  network_->WriteParameter(name, FloatsArgument(call.env, call.arguments[1], name.c_str()));
  return nullptr;
}

napi_value NetworkWrap::PredictSync(const Call& call) {
  const int64_t rows = RowsArgument(call);
  const int64_t layers = LayerCount();
  const int64_t from = IntegerArgumentOr(call.env, call.arguments[2], "from", 0, layers, 0);
  const int64_t to = IntegerArgumentOr(call.env, call.arguments[3], "to", 0, layers, layers);
  const RowSizes sizes = RowSizesOf(*network_, from, to);
  const std::span<const float> inputs = FloatsArgument(call.env, call.arguments[0], "inputs");
  CheckInputs(inputs, rows, sizes.input);
  const NewFloats outputs = MakeFloats(call.env, OutputCount(rows, sizes.output));
  const IdlePredictors::Kind kind{from, to, 1, Precision::kFloat32};
  IdlePredictors::Loan predictor = predictors_->Take(kind);
  predictor->Predict(inputs, rows, outputs.values);
  IdlePredictors::Return(std::move(predictor));
  return outputs.array;
}

napi_value NetworkWrap::Predict(const Call& call) {
  const int64_t rows = RowsArgument(call);
  const Value value = IsNullish(call.env, call.arguments[2])
                          ? Value::Object()
                          : FromJs(call.env, call.arguments[2], "options");
  const ValueReader options(value, "");
  options.AllowOnly({"threads", "from", "to", "precision", "series"});
  const int64_t layers = LayerCount();
  const int64_t from = options.IntegerOr("from", 0, layers, 0);
  const int64_t to = options.IntegerOr("to", 0, layers, layers);
  const int64_t threads = options.IntegerOr("threads", 1, kMaxThreads, DefaultThreads());
  const IdlePredictors::Kind kind{from, to, static_cast<int>(threads), ReadPrecision(options)};
  const int64_t series = options.IntegerOr("series", 0, kMaxSeries, kNoSeries);
  const RowSizes sizes = RowSizesOf(*network_, from, to);
  // From here on no JavaScript of the caller runs that could take the inputs away.
  const std::span<const float> inputs = FloatsArgument(call.env, call.arguments[0], "inputs");
  CheckInputs(inputs, rows, sizes.input);
  auto copy = std::make_unique_for_overwrite<float[]>(inputs.size());
  if (!CopyFinite(inputs, copy.get())) return nullptr;
  const NewFloats outputs = MakeFloats(call.env, OutputCount(rows, sizes.output));
  auto job =
      std::make_unique<PredictionJob>(predictors_, kind, std::move(copy), inputs.size(), rows,
                                      Reference(call.env, outputs.array), outputs.values);
  QueuedJob* const before = series == kNoSeries ? nullptr : job->Join(series_, series);
  return QueuedJob::Start(call.env, std::move(job), inputs.size_bytes(), before);
}

napi_value NetworkWrap::Evaluate(const Call& call) {
  SharedDataset data = DatasetArgument(call.env, call.arguments[0], "data");
  const Value options = FromJs(call.env, call.arguments[1], "options");
  std::unique_ptr<JsLoss> loss = LossArgument(call.env, call.arguments[2]);
  auto evaluation = std::make_unique<Evaluation>(network_, std::move(data), options, loss.get());
  if (loss != nullptr) {
    auto job = std::make_unique<EvaluationJob<Job>>(std::move(evaluation), std::move(loss));
    return Job::Start(call.env, std::move(job), nullptr, 0);
  }
  auto job = std::make_unique<EvaluationJob<QueuedJob>>(std::move(evaluation));
  return QueuedJob::Start(call.env, std::move(job), 0);
}

template <class Trial>
napi_value NetworkWrap::Try(const Call& call) {
  SharedDataset data = DatasetArgument(call.env, call.arguments[0], "data");
  const Value options = FromJs(call.env, call.arguments[1], "options");
  auto trial = std::make_unique<Trial>(network_, std::move(data), options);
  return QueuedJob::Start(call.env, std::make_unique<TrialJob<Trial>>(std::move(trial)), 0);
}

napi_value NetworkWrap::CheckGradients(const Call& call) { return Try<GradientCheck>(call); }

napi_value NetworkWrap::TestLearningRates(const Call& call) { return Try<LearningRateTest>(call); }

napi_value NetworkWrap::Fit(const Call& call) {
  const SharedDataset data = DatasetArgument(call.env, call.arguments[0], "data");
  const SharedDataset validation = ReadValidationDataset(call.env, call.arguments[1]);
  const Value options = FromJs(call.env, call.arguments[1], "options",
                               validation != nullptr ? "validation" : nullptr);
  napi_value listener = ListenerArgument(call.env, call.arguments[2]);
  std::unique_ptr<JsLoss> loss = LossArgument(call.env, call.arguments[3]);
  auto run = std::make_shared<Run>(network_, data, validation, options, loss.get());
  return TrainingJob::Start(call.env, std::move(run), std::move(loss), listener);
}

}  // namespace layerwise
