#include "native/training/non_finite.h"

#include <cmath>
#include <string>

#include "native/core/error.h"
#include "native/core/option_reader.h"

namespace layerwise {
namespace {

NonFiniteAction ReadAction(const ValueReader& reader) {
  const std::string& name = reader.String();
  if (name == "stop") return NonFiniteAction::kStop;
  if (name == "skipBatch") return NonFiniteAction::kSkipBatch;
  if (name == "rollback") return NonFiniteAction::kRollback;
  throw Error(ErrorKind::kArgument, reader.path(), "one of stop, skipBatch, rollback",
              "\"" + name + "\"", "Choose a name from the list.");
}

// What is larger has no place in an integer.
bool CountsFrom1(double number) {
  return number >= 1 && number <= static_cast<double>(kMaxCount) && number == std::floor(number);
}

}  // namespace

NonFiniteOptions ReadNonFinite(const ValueReader& options) {
  NonFiniteOptions read;
  if (!options.Has("onNonFinite")) return read;
  const ValueReader given = options.Member("onNonFinite");
  given.AllowOnly({"action", "factor", "times"});
  read.action = ReadAction(given.Member("action"));
  read.times = given.IntegerOr("times", 1, kMaxCount, read.times);
  if (!given.Has("factor")) return read;
  const ValueReader factor = given.Member("factor");
  read.factor = factor.Number();
  if (read.factor > 0 && read.factor < 1) return read;
  throw Error(ErrorKind::kArgument, factor.path(), "a number above 0 and below 1",
              factor.value().Describe(), "For example 0.5.");
}

void Recoveries::Visit(StateArchive& archive) {
  const StateArchive::Section section(archive, "recoveries");
  int64_t number = count();
  archive.Count("count", number, kMaxRows);
  std::vector<double> numbers;
  for (const Recovery& one : all_) {
    numbers.push_back(static_cast<double>(one.epoch));
    numbers.push_back(static_cast<double>(one.batch));
  }
  archive.Numbers("places", numbers, 2 * static_cast<size_t>(number));
  if (!archive.is_loading()) return;
  all_.clear();
  for (size_t i = 0; i < numbers.size(); i += 2) {
    if (!CountsFrom1(numbers[i]) || !CountsFrom1(numbers[i + 1])) {
      throw Error(ErrorKind::kData, "state.recoveries.places", "epochs and batches",
                  "other numbers", "Save the state anew.");
    }
    all_.push_back({static_cast<int64_t>(numbers[i]), static_cast<int64_t>(numbers[i + 1])});
  }
}

}  // namespace layerwise
