// What a training has to remember so that another process can go on with it: arrays of numbers with
// names. Whoever keeps some lists its members once, in a function that takes a StateArchive; the
// archive saves them or loads them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "native/core/arena.h"

namespace layerwise {

enum class NumberType { kFloat32, kFloat64 };

struct StateArray {
  std::string name;
  NumberType type = NumberType::kFloat32;
  size_t count = 0;
  size_t offset = 0;              // in bytes, into its memory
  std::shared_ptr<Arena> memory;  // that was taken over with it; null for that of the state
};

// Arrays in one piece of memory, but for those that were taken over with memory of their own.
class SavedState {
 public:
  const std::vector<StateArray>& arrays() const { return arrays_; }
  // Null where there is no array with such a name.
  const StateArray* Find(const std::string& name) const;
  template <typename T>
  std::span<T> Values(const StateArray& array) const {
    return {MemoryOf(array).At(Slot<T>{array.offset, array.count}), array.count};
  }
  // That of all arrays where none was taken over. It may be larger than they are.
  const std::shared_ptr<Arena>& memory() const { return memory_; }
  // Of all memory that it holds.
  size_t bytes() const;

  // Fills in one of the arrays, and gives its memory.
  void Write(const StateArray& array, const void* values);
  const void* Read(const StateArray& array) const {
    return MemoryOf(array).At(Slot<std::byte>{array.offset, 0});
  }

  // Makes room for other arrays, whose offsets follow from their sizes, in the memory that is there
  // if that is large enough; those with memory of their own have theirs already. Throws kMemory.
  void Reserve(std::vector<StateArray> arrays);

 private:
  const Arena& MemoryOf(const StateArray& array) const {
    return array.memory == nullptr ? *memory_ : *array.memory;
  }

  std::vector<StateArray> arrays_;
  std::shared_ptr<Arena> memory_;
};

class StateArchive {
 public:
  StateArchive() = default;
  StateArchive(const StateArchive&) = delete;
  StateArchive& operator=(const StateArchive&) = delete;
  virtual ~StateArchive() = default;

  // Whether members get the values of a state; otherwise they give them.
  virtual bool is_loading() const = 0;

  // All of these throw an Error, whose path begins with `state.`, when a state that is loaded has
  // no such array, or one of another size or with numbers that cannot be.
  void Floats(const std::string& name, std::span<float> values) { Array(name, values); }
  void Doubles(const std::string& name, std::span<double> values) { Array(name, values); }
  // Numbers in memory that is shared, which a saver may hold in place of a copy.
  virtual void SharedFloats(const std::string& name, const std::shared_ptr<Arena>& memory,
                            Slot<float> values) {
    Array(name, std::span(memory->At(values), values.count));
  }
  void OrderedFloats(const std::string& name, std::span<float> values);  // and none of NaN
  void Number(const std::string& name, double& value);                   // any number
  void FiniteNumber(const std::string& name, double& value);             // and none of infinity
  void Count(const std::string& name, int64_t& value, int64_t most);     // an integer of at least 0
  void Flag(const std::string& name, bool& value);
  // So many numbers, which may go away at once.
  virtual void Numbers(const std::string& name, std::vector<double>& values, size_t count) = 0;
  // A state within a state; it stays as it is until the one around it is saved.
  virtual void Nested(const std::string& name, SavedState& state) = 0;
  // For what is never changed, and so loaded into something new.
  virtual void Save(const std::string& name, std::span<const float> values) = 0;

  // While it lives, names begin with one more part: `optimizer.` say.
  class Section {
   public:
    Section(StateArchive& archive, const std::string& name)
        : archive_(archive), length_(archive.prefix_.size()) {
      archive.prefix_ += name + ".";
    }
    Section(const Section&) = delete;
    Section& operator=(const Section&) = delete;
    ~Section() { archive_.prefix_.resize(length_); }

   private:
    StateArchive& archive_;
    size_t length_;
  };

 protected:
  virtual void Array(const std::string& name, std::span<float> values) = 0;
  virtual void Array(const std::string& name, std::span<double> values) = 0;
  // A number that need not stay where it is.
  virtual void One(const std::string& name, double& value) = 0;
  std::string FullName(const std::string& name) const { return prefix_ + name; }

 private:
  std::string prefix_;
};

// What is saved has to stay as it is until SaveTo has copied it, but for single numbers.
class StateSaver final : public StateArchive {
 public:
  // What becomes of numbers in shared memory: the state holds it from then on, which costs nothing
  // and is for the end of a training, as what changes them later changes the state.
  enum class Shared { kCopied, kHeld };
  explicit StateSaver(Shared shared = Shared::kCopied) : shared_(shared) {}

  bool is_loading() const override { return false; }
  void Save(const std::string& name, std::span<const float> values) override;
  void Numbers(const std::string& name, std::vector<double>& values, size_t count) override;
  void Nested(const std::string& name, SavedState& state) override;
  void SharedFloats(const std::string& name, const std::shared_ptr<Arena>& memory,
                    Slot<float> values) override;
  // Replaces what is there, in its memory where that is large enough. Throws kMemory.
  void SaveTo(SavedState& state) const;

 private:
  void Array(const std::string& name, std::span<float> values) override;
  void Array(const std::string& name, std::span<double> values) override;
  void One(const std::string& name, double& value) override;
  void Add(const std::string& name, NumberType type, const void* values, size_t count);

  const Shared shared_;
  std::vector<StateArray> arrays_;
  std::vector<const void*> values_;  // of each array
  std::deque<double> numbers_;       // that were single
  std::deque<std::vector<double>> vectors_;
};

// Nothing that is loaded reaches beyond the state, whatever that holds.
class StateLoader final : public StateArchive {
 public:
  // The state outlives it.
  explicit StateLoader(const SavedState& state) : state_(state), is_taken_(state.arrays().size()) {}

  bool is_loading() const override { return true; }
  void Save(const std::string& name, std::span<const float> values) override;
  void Numbers(const std::string& name, std::vector<double>& values, size_t count) override;
  void Nested(const std::string& name, SavedState& state) override;
  // Throws when the state has arrays that nobody has asked for.
  void RequireAllTaken() const;

 private:
  void Array(const std::string& name, std::span<float> values) override;
  void Array(const std::string& name, std::span<double> values) override;
  void One(const std::string& name, double& value) override;
  template <typename T>
  void Load(const std::string& name, NumberType type, std::span<T> values);

  const SavedState& state_;
  std::vector<bool> is_taken_;
};

}  // namespace layerwise
