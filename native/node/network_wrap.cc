#include "native/node/network_wrap.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "native/core/error.h"
#include "native/core/finite.h"
#include "native/core/thread_pool.h"
#include "native/node/arguments.h"
#include "native/node/dataset_wrap.h"
#include "native/node/forward_jobs.h"
#include "native/node/many_runs_job.h"
#include "native/node/row_predictor.h"
#include "native/node/run_state.h"
#include "native/node/training_job.h"
#include "native/node/trial_jobs.h"
#include "native/node/value_conversion.h"
#include "native/training/evaluation.h"
#include "native/training/row_stream.h"
#include "native/training/run.h"

namespace layerwise {
namespace {

constexpr int64_t kNoSeries = -1;  // of a prediction that waits for no other

using SharedDataset = std::shared_ptr<const Dataset>;

SharedDataset DatasetArgument(const Napi::Value& value, const char* path) {
  return Wrapped<DatasetWrap>(value, path).dataset();
}

layerwise::Value OptionsArgument(const Napi::Value& value) {
  return IsNullish(value) ? layerwise::Value::Object() : FromJs(value, "options");
}

int64_t RowsArgument(const Napi::CallbackInfo& info) {
  return IntegerArgument(info[1], "rows", 0, kMaxRows);
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
SharedDataset ReadValidationDataset(const Napi::Value& options) {
  if (!IsPlainObject(options)) return nullptr;
  const Napi::Value validation = GetMember(options.As<Napi::Object>(), "validation");
  if (!IsPlainObject(validation)) return nullptr;
  const Napi::Value dataset = GetMember(validation.As<Napi::Object>(), "dataset");
  return IsNullish(dataset) ? nullptr : DatasetArgument(dataset, "validation.dataset");
}

// Empty where none was given.
Napi::Function FunctionArgument(const Napi::Value& value, const char* path) {
  if (IsNullish(value)) return {};
  if (value.IsFunction()) return value.As<Napi::Function>();
  throw Error(ErrorKind::kArgument, path, "a function", TypeNameOf(value),
              "Give a function, or nothing.");
}

// { block, rows, blockRows, batchRows }: the second block of a stream, whose first one is `data`.
// Null where none was given.
std::shared_ptr<RowStream> StreamArgument(const Napi::Value& value, const SharedDataset& data) {
  if (!IsPlainObject(value)) return nullptr;
  const auto stream = value.As<Napi::Object>();
  const auto read = [&](const char* name) {
    return IntegerArgument(GetMember(stream, name), name, 1, kMaxRows);
  };
  return std::make_shared<RowStream>(
      data, DatasetArgument(GetMember(stream, "block"), "stream.block"),
      RowStream::Shape{read("rows"), read("blockRows"), read("batchRows")});
}

std::unique_ptr<JsLoss> LossArgument(const Napi::Value& value) {
  const Napi::Function function = FunctionArgument(value, "lossFunction");
  return function.IsEmpty() ? nullptr : std::make_unique<JsLoss>(function);
}

}  // namespace

Napi::Function NetworkWrap::Define(Napi::Env env) {
  return DefineClass(
      env, kClassName,
      {Getter<&NetworkWrap::InputSize>("inputSize"), Getter<&NetworkWrap::OutputSize>("outputSize"),
       Getter<&NetworkWrap::Bytes>("bytes"), Method<&NetworkWrap::Layers>("layers"),
       Method<&NetworkWrap::ListParameters>("parameters"),
       Method<&NetworkWrap::GetParameter>("getParameter"),
       Method<&NetworkWrap::GetParameters>("getParameters"),
       Method<&NetworkWrap::SetParameter>("setParameter"),
       Method<&NetworkWrap::MakeRowPredictor>("rowPredictor"),
       Method<&NetworkWrap::Predict>("predict"), Method<&NetworkWrap::Evaluate>("evaluate"),
       Method<&NetworkWrap::CheckGradients>("checkGradients"),
       Method<&NetworkWrap::TestLearningRates>("testLearningRates"),
       Method<&NetworkWrap::Fit>("fit")});
}

NetworkWrap::NetworkWrap(const Napi::CallbackInfo& info) try
    : Wrap(info),
      network_(std::make_shared<Network>(FromJs(info[0], "spec"))),
      predictors_(std::make_shared<IdlePredictors>(network_)),
      memory_(info.Env()) {
  // Once trained it holds its parameters twice.
  memory_.Report(2 * network_->bytes());
} catch (...) {
  throw ToJsError(info.Env(), std::current_exception());
}

int64_t NetworkWrap::LayerCount() const { return static_cast<int64_t>(network_->spec().size()); }

Napi::Value NetworkWrap::InputSize(const Napi::CallbackInfo& info) {
  return ToJs(info.Env(), network_->input_size());
}

Napi::Value NetworkWrap::OutputSize(const Napi::CallbackInfo& info) {
  return ToJs(info.Env(), network_->output_size());
}

Napi::Value NetworkWrap::Bytes(const Napi::CallbackInfo& info) {
  return ToJs(info.Env(), static_cast<int64_t>(network_->bytes()));
}

Napi::Value NetworkWrap::Layers(const Napi::CallbackInfo& info) {
  return ToJs(info.Env(), network_->DescribeLayers());
}

Napi::Value NetworkWrap::ListParameters(const Napi::CallbackInfo& info) {
  return ToJs(info.Env(), network_->DescribeParameters());
}

Napi::Value NetworkWrap::GetParameter(const Napi::CallbackInfo& info) {
  const std::string name = TextArgument(info[0], "name");
  const NewFloats made = MakeFloats(info.Env(), static_cast<size_t>(network_->ParameterSize(name)));
  if (IsNullish(info[1])) {
    network_->ReadParameter(name, made.values);
  } else {
    network_->ReadParameter(name, made.values, FloatsArgument(info[1], "from"));
  }
  return made.array;
}

Napi::Value NetworkWrap::GetParameters(const Napi::CallbackInfo& info) {
  const std::vector<ParameterBlock>& blocks = network_->layout().blocks();
  // One version of all of them: a run may publish the next epoch meanwhile.
  const std::shared_ptr<const Parameters> snapshot = network_->Snapshot();
  const Napi::Array all = Napi::Array::New(info.Env(), blocks.size());
  for (size_t i = 0; i < blocks.size(); ++i) {
    const NewFloats made = MakeFloats(info.Env(), static_cast<size_t>(BlockSize(blocks[i])));
    ReadBlock(blocks[i], snapshot->data(), made.values);
    SetMember(all, static_cast<uint32_t>(i), made.array);
  }
  return all;
}

Napi::Value NetworkWrap::SetParameter(const Napi::CallbackInfo& info) {
  const std::string name = TextArgument(info[0], "name");
  network_->WriteParameter(name, FloatsArgument(info[1], name.c_str()));
  return {};
}

Napi::Value NetworkWrap::MakeRowPredictor(const Napi::CallbackInfo& info) {
  const int64_t layers = LayerCount();
  const int64_t from = IntegerArgumentOr(info[0], "from", 0, layers, 0);
  const int64_t to = IntegerArgumentOr(info[1], "to", 0, layers, layers);
  const layerwise::Value value = OptionsArgument(info[2]);
  const ValueReader options(value, "");
  options.AllowOnly({"precision"});
  const IdlePredictors::Kind kind{from, to, 1, ReadPrecision(options)};
  const RowSizes sizes = RowSizesOf(*network_, from, to);
  return RowPredictor::ToFunction(info.Env(),
                                  std::make_unique<RowPredictor>(predictors_, kind, sizes));
}

Napi::Value NetworkWrap::Predict(const Napi::CallbackInfo& info) {
  const int64_t rows = RowsArgument(info);
  const layerwise::Value value = OptionsArgument(info[2]);
  const ValueReader options(value, "");
  options.AllowOnly({"threads", "from", "to", "precision", "series"});
  const int64_t layers = LayerCount();
  const int64_t from = options.IntegerOr("from", 0, layers, 0);
  const int64_t to = options.IntegerOr("to", 0, layers, layers);
  const int64_t threads = options.IntegerOr("threads", 1, kMaxThreads, DefaultThreads());
  const IdlePredictors::Kind kind{from, to, static_cast<int>(threads), ReadPrecision(options)};
  const int64_t series = options.IntegerOr("series", 0, kMaxCount, kNoSeries);
  const RowSizes sizes = RowSizesOf(*network_, from, to);
  // From here on no JavaScript of the caller runs that could take the inputs away.
  const std::span<const float> inputs = FloatsArgument(info[0], "inputs");
  CheckInputs(inputs, rows, sizes.input);
  auto copy = std::make_unique_for_overwrite<float[]>(inputs.size());
  if (!CopyFinite(inputs, copy.get())) return {};
  const NewFloats outputs = MakeFloats(info.Env(), OutputCount(rows, sizes.output));
  auto job = std::make_unique<PredictionJob>(predictors_, kind, std::move(copy), inputs.size(),
                                             rows, Napi::Persistent(outputs.array), outputs.values);
  QueuedJob* const before = series == kNoSeries ? nullptr : job->Join(series_, series);
  return QueuedJob::Start(info.Env(), std::move(job), inputs.size_bytes(), before);
}

Napi::Value NetworkWrap::Evaluate(const Napi::CallbackInfo& info) {
  SharedDataset data = DatasetArgument(info[0], "data");
  const layerwise::Value options = FromJs(info[1], "options");
  std::unique_ptr<JsLoss> loss = LossArgument(info[2]);
  auto evaluation = std::make_unique<Evaluation>(network_, std::move(data), options, loss.get());
  if (loss != nullptr) {
    auto job = std::make_unique<EvaluationJob<Job>>(std::move(evaluation), std::move(loss));
    return Job::Start(info.Env(), std::move(job), 0);
  }
  auto job = std::make_unique<EvaluationJob<QueuedJob>>(std::move(evaluation));
  return QueuedJob::Start(info.Env(), std::move(job), 0);
}

template <class Trial>
Napi::Value NetworkWrap::Try(const Napi::CallbackInfo& info) {
  SharedDataset data = DatasetArgument(info[0], "data");
  const layerwise::Value options = FromJs(info[1], "options");
  auto trial = std::make_unique<Trial>(network_, std::move(data), options);
  return QueuedJob::Start(info.Env(), std::make_unique<TrialJob<Trial>>(std::move(trial)), 0);
}

Napi::Value NetworkWrap::CheckGradients(const Napi::CallbackInfo& info) {
  return Try<GradientCheck>(info);
}

Napi::Value NetworkWrap::TestLearningRates(const Napi::CallbackInfo& info) {
  return Try<LearningRateFinder>(info);
}

Napi::Value NetworkWrap::Fit(const Napi::CallbackInfo& info) {
  const SharedDataset data = DatasetArgument(info[0], "data");
  const SharedDataset validation = ReadValidationDataset(info[1]);
  const layerwise::Value options =
      FromJs(info[1], "options", validation != nullptr ? "validation" : nullptr);
  const Napi::Function listener = FunctionArgument(info[2], "onEvents");
  std::unique_ptr<JsLoss> loss = LossArgument(info[3]);
  std::shared_ptr<const RunSnapshot> from = RunStateArgument(info[4], "state");
  auto run = std::make_shared<Run>(network_, data, validation, options, loss.get(), std::move(from),
                                   StreamArgument(info[5], data));
  if (IsNullish(info[6])) {
    return TrainingJob::Start(info.Env(), std::move(run), std::move(loss), listener);
  }
  if (loss != nullptr) {
    throw Error(ErrorKind::kArgument, "loss", "a loss of the table", "a custom loss",
                "Train the networks one by one.");
  }
  return Wrapped<ManyRunsWrap>(info[6], "together").Add(info.Env(), std::move(run));
}

}  // namespace layerwise
