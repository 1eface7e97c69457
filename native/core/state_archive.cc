#include "native/core/state_archive.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <utility>

#include "native/core/error.h"
#include "native/core/value.h"

namespace layerwise {
namespace {

constexpr const char* kRemedy =
    "Go on with the network, the data and the options that the state was saved with.";

size_t BytesOf(NumberType type) {
  return type == NumberType::kFloat32 ? sizeof(float) : sizeof(double);
}

std::string Describe(size_t count, NumberType type) {
  return std::to_string(count) + (type == NumberType::kFloat32 ? " float32" : " float64") +
         (count == 1 ? " number" : " numbers");
}

std::string PathOf(const std::string& name) { return "state." + name; }

}  // namespace

const StateArray* SavedState::Find(const std::string& name) const {
  const auto found = std::find_if(arrays_.begin(), arrays_.end(),
                                  [&](const StateArray& array) { return array.name == name; });
  return found == arrays_.end() ? nullptr : &*found;
}

size_t SavedState::bytes() const {
  std::set<const Arena*> memories{memory_.get()};
  for (const StateArray& array : arrays_) memories.insert(array.memory.get());
  memories.erase(nullptr);
  size_t bytes = 0;
  for (const Arena* memory : memories) bytes += memory->bytes();
  return bytes;
}

void SavedState::Write(const StateArray& array, const void* values) {
  const size_t bytes = array.count * BytesOf(array.type);
  if (bytes > 0) {
    std::memcpy(MemoryOf(array).At(Slot<std::byte>{array.offset, bytes}), values, bytes);
  }
}

void SavedState::Reserve(std::vector<StateArray> arrays) {
  ArenaLayout layout;
  for (StateArray& array : arrays) {
    if (array.memory != nullptr) continue;
    array.offset = array.type == NumberType::kFloat32 ? layout.Reserve<float>(array.count).offset
                                                      : layout.Reserve<double>(array.count).offset;
  }
  if (memory_ == nullptr || memory_->bytes() < layout.bytes()) {
    // What has grown once (the scores of a metric, say) grows again.
    if (memory_ != nullptr) layout.Reserve<std::byte>(layout.bytes() / 4);
    memory_.reset();
    memory_ = std::make_shared<Arena>(layout);
  }
  arrays_ = std::move(arrays);
}

void StateArchive::OrderedFloats(const std::string& name, std::span<float> values) {
  Array(name, values);
  if (!is_loading()) return;
  const auto found =
      std::find_if(values.begin(), values.end(), [](float value) { return std::isnan(value); });
  if (found == values.end()) return;
  throw Error(ErrorKind::kData, PathOf(FullName(name)), "numbers that have an order", "NaN",
              kRemedy);
}

void StateArchive::Number(const std::string& name, double& value) { One(name, value); }

void StateArchive::FiniteNumber(const std::string& name, double& value) {
  double read = value;
  One(name, read);
  if (!std::isfinite(read)) {
    throw Error(ErrorKind::kData, PathOf(FullName(name)), "a finite number", Value(read).Describe(),
                kRemedy);
  }
  value = read;
}

void StateArchive::Count(const std::string& name, int64_t& value, int64_t most) {
  auto read = static_cast<double>(value);
  One(name, read);
  if (!(read >= 0 && read <= static_cast<double>(most) && read == std::floor(read))) {
    throw Error(ErrorKind::kData, PathOf(FullName(name)),
                "an integer from 0 to " + std::to_string(most), Value(read).Describe(), kRemedy);
  }
  value = static_cast<int64_t>(read);
}

void StateArchive::Flag(const std::string& name, bool& value) {
  int64_t read = value ? 1 : 0;
  Count(name, read, 1);
  value = read == 1;
}

// ---- Saving ----

void StateSaver::Add(const std::string& name, NumberType type, const void* values, size_t count) {
  arrays_.push_back({FullName(name), type, count, 0, nullptr});
  values_.push_back(values);
}

void StateSaver::SharedFloats(const std::string& name, const std::shared_ptr<Arena>& memory,
                              Slot<float> values) {
  if (shared_ == Shared::kCopied) {
    StateArchive::SharedFloats(name, memory, values);
    return;
  }
  arrays_.push_back({FullName(name), NumberType::kFloat32, values.count, values.offset, memory});
  values_.push_back(nullptr);
}

void StateSaver::Save(const std::string& name, std::span<const float> values) {
  Add(name, NumberType::kFloat32, values.data(), values.size());
}

void StateSaver::Array(const std::string& name, std::span<float> values) {
  Add(name, NumberType::kFloat32, values.data(), values.size());
}

void StateSaver::Array(const std::string& name, std::span<double> values) {
  Add(name, NumberType::kFloat64, values.data(), values.size());
}

void StateSaver::One(const std::string& name, double& value) {
  Add(name, NumberType::kFloat64, &numbers_.emplace_back(value), 1);
}

void StateSaver::Numbers(const std::string& name, std::vector<double>& values, size_t) {
  Array(name, std::span(vectors_.emplace_back(values)));
}

void StateSaver::Nested(const std::string& name, SavedState& state) {
  const Section section(*this, name);
  for (const StateArray& array : state.arrays()) {
    Add(array.name, array.type, state.Read(array), array.count);
  }
}

void StateSaver::SaveTo(SavedState& state) const {
  state.Reserve(arrays_);
  for (size_t i = 0; i < values_.size(); ++i) {
    if (values_[i] != nullptr) state.Write(state.arrays()[i], values_[i]);
  }
}

// ---- Loading ----

template <typename T>
void StateLoader::Load(const std::string& name, NumberType type, std::span<T> values) {
  const std::string full_name = FullName(name);
  const StateArray* array = state_.Find(full_name);
  if (array == nullptr || array->type != type || array->count != values.size()) {
    throw Error(ErrorKind::kShape, PathOf(full_name), Describe(values.size(), type),
                array == nullptr ? "nothing" : Describe(array->count, array->type), kRemedy);
  }
  is_taken_[static_cast<size_t>(array - state_.arrays().data())] = true;
  const std::span<T> from = state_.Values<T>(*array);
  std::copy(from.begin(), from.end(), values.begin());
}

void StateLoader::Array(const std::string& name, std::span<float> values) {
  Load(name, NumberType::kFloat32, values);
}

void StateLoader::Array(const std::string& name, std::span<double> values) {
  Load(name, NumberType::kFloat64, values);
}

void StateLoader::One(const std::string& name, double& value) {
  Load(name, NumberType::kFloat64, std::span(&value, 1));
}

// Not before it is known that there are so many.
void StateLoader::Numbers(const std::string& name, std::vector<double>& values, size_t count) {
  const StateArray* array = state_.Find(FullName(name));
  values.assign(array == nullptr || array->count != count ? 0 : count, 0.0);
  if (count > 0 && values.empty()) values.resize(1);  // which the state has not
  Load(name, NumberType::kFloat64, std::span(values));
}

void StateLoader::Nested(const std::string& name, SavedState& state) {
  const std::string prefix = FullName(name) + ".";
  std::vector<StateArray> arrays;
  std::vector<const void*> values;
  for (size_t i = 0; i < state_.arrays().size(); ++i) {
    const StateArray& array = state_.arrays()[i];
    if (!array.name.starts_with(prefix)) continue;
    is_taken_[i] = true;
    arrays.push_back(array);
    arrays.back().name.erase(0, prefix.size());
    values.push_back(state_.Read(array));
  }
  state.Reserve(std::move(arrays));
  for (size_t i = 0; i < values.size(); ++i) state.Write(state.arrays()[i], values[i]);
}

// Loads are of what changes.
void StateLoader::Save(const std::string& name, std::span<const float>) {
  throw Error(ErrorKind::kState, PathOf(FullName(name)), "a state that is saved",
              "one that is loaded", kRemedy);
}

void StateLoader::RequireAllTaken() const {
  const auto left = std::find(is_taken_.begin(), is_taken_.end(), false);
  if (left == is_taken_.end()) return;
  const auto index = static_cast<size_t>(left - is_taken_.begin());
  throw Error(ErrorKind::kArgument, PathOf(state_.arrays()[index].name),
              "only what this training has use for", "an array that it does not know", kRemedy);
}

}  // namespace layerwise
