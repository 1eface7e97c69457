#include "native/training/training_options.h"

#include <limits>
#include <string>

#include "native/core/error.h"
#include "native/core/thread_pool.h"
#include "native/kernels/instruction_set.h"
#include "native/kernels/optimizers.h"
#include "native/training/lbfgs.h"
#include "native/training/schedules.h"

namespace layerwise {
namespace {

double ReadPositive(const ValueReader& options, const char* name, double absent = 0) {
  if (!options.Has(name)) return absent;
  const ValueReader reader = options.Member(name);
  if (reader.Number() > 0) return reader.Number();
  throw Error(ErrorKind::kArgument, reader.path(), "a number above 0", reader.value().Describe(),
              "Leave it out for no bound.");
}

bool IsFullBatch(const ValueReader& options) {
  return ChosenName(options.Member("optimizer")) == LbfgsInfo().name;
}

// L-BFGS chooses its own steps from all rows at once.
void RefuseBesideLbfgs(const ValueReader& options, const TrainingOptions& read) {
  const auto refuse = [&](const char* name) {
    throw Error(
        ErrorKind::kArgument, name, std::string("no such option beside ") + LbfgsInfo().name,
        options.Member(name).value().Describe(), "Leave it out, or take another optimizer.");
  };
  if (Schedules()[read.schedule.row].info.name != std::string("constant")) refuse("schedule");
  if (read.accumulate_batches > 1) refuse("accumulateBatches");
  if (read.clipping.enabled()) refuse("gradientClipping");
  if (read.Averages()) refuse("averaging");
  if (read.SkipsBatches() || read.RollsBack()) refuse("onNonFinite");
}

}  // namespace

uint32_t ReadSeed(const ValueReader& options) {
  constexpr int64_t kMaxSeed = std::numeric_limits<uint32_t>::max();
  return static_cast<uint32_t>(options.IntegerOr("seed", 0, kMaxSeed, 0));
}

int ReadThreads(const ValueReader& options) {
  if (!options.Has("threads")) return DefaultThreads();
  return static_cast<int>(options.Member("threads").Integer(1, kMaxThreads));
}

Choice ReadOptimizer(const ValueReader& options) {
  return ReadChoice(options.Member("optimizer"), OptimizersFor(SelectedInstructionSet()));
}

Choice ReadAnyOptimizer(const ValueReader& options) {
  if (!IsFullBatch(options)) return ReadOptimizer(options);
  return {0, ReadParameters(options.Member("optimizer"), LbfgsInfo())};
}

Choice ReadSchedule(const ValueReader& options) {
  const Value constant("constant");
  return ReadChoice(
      options.Has("schedule") ? options.Member("schedule") : ValueReader(constant, "schedule"),
      Schedules());
}

GradientClipping ReadClipping(const ValueReader& options) {
  if (!options.Has("gradientClipping")) return {};
  const ValueReader clipping = options.Member("gradientClipping");
  clipping.AllowOnly({"norm", "value"});
  return {ReadPositive(clipping, "norm"), ReadPositive(clipping, "value")};
}

double ReadSplit(const ValueReader& options) {
  if (!options.Has("validation")) return 0;
  const ValueReader validation = options.Member("validation");
  if (!validation.Has("split")) return 0;
  const double split = validation.Member("split").Number();
  if (split > 0 && split < 1) return split;
  throw Error(ErrorKind::kArgument, "validation.split", "a share above 0 and below 1",
              validation.Member("split").value().Describe(), "For example 0.1.");
}

double ReadProgressSeconds(const ValueReader& options) {
  return static_cast<double>(options.IntegerOr("progressIntervalMs", 0, kMaxCount, 100)) / 1000.0;
}

double ReadAverageDecay(const ValueReader& options) {
  if (!options.Has("averaging")) return -1;
  const ValueReader averaging = options.Member("averaging");
  averaging.AllowOnly({"decay"});
  const ValueReader decay = averaging.Member("decay");
  if (decay.Number() >= 0 && decay.Number() < 1) return decay.Number();
  throw Error(ErrorKind::kArgument, decay.path(), "a share of at least 0 and below 1",
              decay.value().Describe(), "For example 0.999.");
}

EarlyStoppingOptions ReadEarlyStopping(const ValueReader& options) {
  EarlyStoppingOptions read;
  if (!options.Has("earlyStopping")) return read;
  read.enabled = true;
  const ValueReader stopping = options.Member("earlyStopping");
  stopping.AllowOnly({"monitor", "patience", "minDelta", "restoreBest"});
  read.patience = stopping.IntegerOr("patience", 1, kMaxCount, read.patience);
  read.restore_best = stopping.BoolOr("restoreBest", read.restore_best);
  if (!stopping.Has("minDelta")) return read;
  const ValueReader delta = stopping.Member("minDelta");
  read.min_delta = delta.Number();
  if (read.min_delta >= 0) return read;
  throw Error(ErrorKind::kArgument, delta.path(), "a number of at least 0",
              delta.value().Describe(), "Default: 0.");
}

double ReadTimeLimit(const ValueReader& options) {
  return ReadPositive(options, "timeLimit", std::numeric_limits<double>::infinity());
}

TrainingOptions ReadTrainingOptions(const ValueReader& options) {
  TrainingOptions read = ReadOptions<TrainingOptions>(options);
  read.full_batch = IsFullBatch(options);
  if (read.full_batch) RefuseBesideLbfgs(options, read);
  return read;
}

ManualOptions ReadManualOptions(const ValueReader& options) {
  return ReadOptions<ManualOptions>(options);
}

}  // namespace layerwise
