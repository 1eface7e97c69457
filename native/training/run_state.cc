#include "native/training/run_state.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <string>
#include <utility>

namespace layerwise {
namespace {

constexpr const char* kBestName = "best";  // the array of a state

}  // namespace

// ---- Numbers that are not finite ----

bool Run::State::CanGoBack(const Error& error) const {
  return options.RollsBack() && error.kind() == ErrorKind::kDivergence &&
         recoveries.count() < options.on_non_finite.times;
}

// Everything is as it was when the epoch began, but for the learning rate.
void Run::State::GoBack() {
  Recoveries all = recoveries;
  all.Add({position.current(), std::min(position.batch + 1, data.batches().count())});
  const double seconds = seconds_before;
  position.batch = 0;
  StateLoader loader(good);
  Visit(loader);
  recoveries = std::move(all);
  seconds_before = seconds;
  seconds_of_epoch_before = 0;
  LowerRate();
  session->Prepare();
  TellOfNonFinite();
}

void Run::State::TellOfNonFinite() {
  if (has_told_of_non_finite || recoveries.count() == 0) return;
  has_told_of_non_finite = true;
  sink->OnNonFinite({recoveries.all().front(), options.RollsBack()});
}

void Run::State::LowerRate() {
  if (!options.RollsBack()) return;
  const auto times = static_cast<double>(recoveries.count());
  learning_rate->set_share(std::pow(options.on_non_finite.factor, times));
}

void Run::State::KeepGoodState() {
  if (!options.RollsBack()) return;
  StateSaver saver;
  Visit(saver);
  saver.SaveTo(good);
}

// ---- States ----

// Whatever the state holds, the network stays as it was when it does not fit.
void Run::State::Restore() {
  const RunPosition at = from->position;
  if (at.batch > data.batches().count()) {
    throw Error(ErrorKind::kData, "state.batch",
                "at most the " + std::to_string(data.batches().count()) + " batches of an epoch",
                std::to_string(at.batch), "Go on with the data that the state was saved with.");
  }
  position = at;
  training_meter.Reset();
  StateLoader loader(from->state);
  Visit(loader);
  loader.RequireAllTaken();
  CheckParameters(session->layout(), session->parameters());
  CheckParameters(session->layout(), training->parameters());
  if (best != nullptr) CheckParameters(session->layout(), best->data());
  LowerRate();
  session->Prepare();
  network->Publish(training->parameters());
  has_told_of_non_finite = recoveries.count() > 0;
  from.reset();
}

void Run::State::Visit(StateArchive& archive) {
  training->Visit(archive, position);
  learning_rate->Visit(archive);
  if (options.early_stopping.enabled) {
    early_stopping.Visit(archive);
    VisitBest(archive);
  }
  archive.Flag("converged", converged);
  if (options.SkipsBatches() || options.RollsBack()) recoveries.Visit(archive);
  if (position.batch > 0) training_meter.Visit(archive);
  if (position.batch > 0 && options.RollsBack()) archive.Nested("rollback", good);
  archive.Count("rows", rows_trained, kMaxCount);
  VisitTimes(archive);
}

void Run::State::VisitBest(StateArchive& archive) {
  bool is_known = best != nullptr;
  archive.Flag("bestIsKnown", is_known);
  const auto size = static_cast<size_t>(session->layout().size());
  if (is_known && archive.is_loading()) {
    auto loaded = std::make_shared<Parameters>(session->layout());
    archive.Floats(kBestName, {loaded->data(), size});
    best = std::move(loaded);
  } else if (is_known) {
    archive.Save(kBestName, {best->data(), size});
  } else {
    best.reset();
  }
}

void Run::State::VisitTimes(StateArchive& archive) {
  double seconds = seconds_before + stop->Seconds();
  double of_epoch = position.batch > 0 ? observer->SecondsOfEpoch() : 0;
  archive.FiniteNumber("seconds", seconds);
  archive.FiniteNumber("secondsOfEpoch", of_epoch);
  if (!archive.is_loading()) return;
  seconds_before = seconds;
  seconds_of_epoch_before = of_epoch;
}

// None of parameters that are past help: the run ends when it finds them.
void Run::State::TakeSnapshot() {
  if (!observer->ParametersAreFinite()) return;
  if (auto snapshot = TrySave(false)) {
    sink->OnSnapshot(std::move(snapshot));
  } else if (lost.has_value()) {
    sink->OnLostSnapshot(*lost);
  }
}

void Run::State::KeepEnd(bool is_complete) {
  if (!options.snapshots.enabled || end_is_kept) return;
  end_is_kept = true;
  ended = TrySave(is_complete);
}

// Null where there is no memory for it: no reason for a training to end.
std::shared_ptr<const RunSnapshot> Run::State::TrySave(bool is_complete) {
  lost.reset();
  try {
    return Save(is_complete);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kMemory) throw;
    lost = error;
  } catch (const std::bad_alloc&) {
    lost = Error(ErrorKind::kMemory, "memory", "enough of it", "none", "");
  }
  snapshots.Skip();
  return nullptr;
}

std::shared_ptr<const RunSnapshot> Run::State::Save(bool is_complete) {
  RunSnapshot& snapshot = snapshots.Next();
  snapshot.position = position;
  snapshot.updates = training->updates();
  snapshot.complete = is_complete;
  snapshot.weights = is_complete && best != nullptr ? kBestName : training->parameters_name();
  StateSaver saver;
  Visit(saver);
  saver.SaveTo(snapshot.state);
  return snapshots.Take();
}

}  // namespace layerwise
