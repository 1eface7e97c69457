#include "native/node/run_state.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "native/core/error.h"
#include "native/core/option_reader.h"
#include "native/node/arguments.h"
#include "native/node/boundary.h"
#include "native/node/value_conversion.h"

namespace layerwise {
namespace {

// Far above what any run has.
constexpr uint32_t kMostArrays = 100'000;
// Runs that are under way, and their last states: memory that is in use again and again.
constexpr size_t kMostShown = 2;

Napi::Object ObjectArgument(const Napi::Value& value, const std::string& path) {
  if (IsPlainObject(value)) return value.As<Napi::Object>();
  throw Error(ErrorKind::kArgument, path, "an object", TypeNameOf(value), "Give a state of a run.");
}

struct NamedValues {
  std::vector<StateArray> arrays;
  std::vector<Napi::Value> values;  // of each array
};

// Getters of the caller run here, and nothing of him later.
NamedValues ReadMembers(const Napi::Object& tensors, const std::string& path) {
  const Napi::Array keys = OwnKeys(tensors);
  if (keys.Length() > kMostArrays) {
    throw Error(ErrorKind::kArgument, path, "the tensors of a state", "too many of them",
                "Give a state as it was made.");
  }
  NamedValues read;
  for (uint32_t i = 0; i < keys.Length(); ++i) {
    const auto key = GetMember(keys, i).As<Napi::String>();
    StateArray& array = read.arrays.emplace_back();
    array.name = TextOf(key, path);
    read.values.push_back(GetMember(tensors, key));
  }
  return read;
}

TypedArrayMemory NumbersArgument(const Napi::Value& value, const std::string& path) {
  constexpr napi_typedarray_type kTypes[] = {napi_float32_array, napi_float64_array};
  return TypedArrayArgument(value, path.c_str(), kTypes, "a Float32Array or a Float64Array");
}

void FreeMemory(napi_env, void*, void* hint) {
  const std::unique_ptr<std::shared_ptr<Arena>> memory(static_cast<std::shared_ptr<Arena>*>(hint));
}

// Null where the engine has no such buffers.
napi_value ExternalBuffer(Napi::Env env, const std::shared_ptr<Arena>& memory) {
  auto kept = std::make_unique<std::shared_ptr<Arena>>(memory);
  napi_value buffer = nullptr;
  const napi_status status = napi_create_external_arraybuffer(
      env, memory->At(Slot<std::byte>{}), memory->bytes(), &FreeMemory, kept.get(), &buffer);
  if (status == napi_no_external_buffers_allowed) return nullptr;
  Check(env, status);
  static_cast<void>(kept.release());  // FreeMemory deletes it
  return buffer;
}

napi_value CopiedBuffer(Napi::Env env, const Arena& memory) {
  const NewFloats made = MakeFloats(env, memory.bytes() / sizeof(float));
  std::memcpy(made.values.data(), memory.At(Slot<std::byte>{}), memory.bytes());
  napi_value buffer = nullptr;
  Check(env,
        napi_get_typedarray_info(env, made.array, nullptr, nullptr, nullptr, &buffer, nullptr));
  return buffer;
}

}  // namespace

std::shared_ptr<SavedState> StateArgument(const Napi::Value& value, const char* path) {
  const std::string tensors_path = std::string(path) + ".tensors";
  const Napi::Object state = ObjectArgument(value, path);
  NamedValues read =
      ReadMembers(ObjectArgument(GetMember(state, "tensors"), tensors_path), tensors_path);
  std::vector<const void*> from;
  for (size_t i = 0; i < read.arrays.size(); ++i) {
    StateArray& array = read.arrays[i];
    const TypedArrayMemory numbers =
        NumbersArgument(read.values[i], tensors_path + "." + array.name);
    array.type = numbers.type == napi_float32_array ? NumberType::kFloat32 : NumberType::kFloat64;
    array.count = numbers.length;
    from.push_back(numbers.data);
  }
  auto saved = std::make_shared<SavedState>();
  saved->Reserve(std::move(read.arrays));
  for (size_t i = 0; i < from.size(); ++i) saved->Write(saved->arrays()[i], from[i]);
  return saved;
}

std::shared_ptr<const RunSnapshot> RunStateArgument(const Napi::Value& value, const char* path) {
  if (IsNullish(value)) return nullptr;
  const Napi::Object state = ObjectArgument(value, path);
  auto snapshot = std::make_shared<RunSnapshot>();
  snapshot->position.epoch =
      IntegerArgument(GetMember(state, "epoch"), "state.epoch", 0, kMaxCount);
  snapshot->position.batch =
      IntegerArgument(GetMember(state, "batch"), "state.batch", 0, kMaxCount);
  snapshot->state = std::move(*StateArgument(state, path));
  return snapshot;
}

Napi::Object StatesInJs::ToJs(Napi::Env env, const RunSnapshot& snapshot) {
  const Napi::Object shown = Napi::Object::New(env);
  SetMember(shown, "epoch", layerwise::ToJs(env, snapshot.position.epoch));
  SetMember(shown, "batch", layerwise::ToJs(env, snapshot.position.batch));
  SetMember(shown, "updates", layerwise::ToJs(env, snapshot.updates));
  SetMember(shown, "complete", layerwise::ToJs(env, snapshot.complete));
  SetMember(shown, "weights", layerwise::ToJs(env, snapshot.weights));
  SetMember(shown, "tensors", TensorsInJs(env, snapshot.state));
  return shown;
}

Napi::Object StatesInJs::TensorsInJs(Napi::Env env, const SavedState& state) {
  const napi_value buffer = BufferOf(env, state);
  const Napi::Object tensors = Napi::Object::New(env);
  for (const StateArray& array : state.arrays()) {
    const Napi::HandleScope scope(env);
    const bool is_float32 = array.type == NumberType::kFloat32;
    napi_value view = nullptr;
    Check(env, napi_create_typedarray(env, is_float32 ? napi_float32_array : napi_float64_array,
                                      array.count, buffer, array.offset, &view));
    SetMember(tensors, array.name.c_str(), Napi::Value(env, view));
  }
  return tensors;
}

napi_value StatesInJs::BufferOf(Napi::Env env, const SavedState& state) {
  const std::shared_ptr<Arena>& memory = state.memory();
  const auto known = std::find_if(shown_.begin(), shown_.end(),
                                  [&](const Shown& shown) { return shown.memory == memory; });
  if (known != shown_.end()) return known->buffer->Value();
  napi_value buffer = ExternalBuffer(env, memory);
  if (buffer == nullptr) return CopiedBuffer(env, *memory);
  if (shown_.size() == kMostShown) shown_.erase(shown_.begin());
  shown_.push_back({memory, std::make_unique<Napi::ObjectReference>(
                                Napi::Persistent(Napi::Object(env, buffer)))});
  return buffer;
}

}  // namespace layerwise
