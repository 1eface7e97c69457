// What the kernel tests share: random numbers of their own, memory that notices stray writes, and
// comparisons in units of the last place.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "native/kernels/instruction_set.h"
#include "native/kernels/row_info.h"
#include "test/native/harness.h"
#include "test/native/reference/reference.h"

namespace layerwise::testing {

// SplitMix64 (Steele, Lea and Flood 2014): the same numbers on every system, and not the library's
// own.
class Generator {
 public:
  explicit Generator(uint64_t seed) : state_(seed) {}

  uint64_t Bits() {
    state_ += 0x9E3779B97F4A7C15ULL;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  double Uniform(double low, double high) {
    return low + (high - low) * static_cast<double>(Bits() >> 11) * 0x1p-53;
  }
  float Float(double low, double high) { return static_cast<float>(Uniform(low, high)); }
  // In [low, high].
  int64_t Integer(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Bits() % static_cast<uint64_t>(high - low + 1));
  }
  // Of any magnitude between 2^-low and 2^high, of either sign.
  float AnyMagnitude(int low, int high) {
    const double magnitude = std::exp2(Uniform(low, high));
    return static_cast<float>(Bits() % 2 == 0 ? magnitude : -magnitude);
  }
  void Fill(float* to, int64_t count, double low, double high) {
    for (int64_t i = 0; i < count; ++i) to[i] = Float(low, high);
  }

 private:
  uint64_t state_;
};

// A NaN that no computation makes: to notice writes where nothing may be written, and to make the
// result of a read from there visible.
inline float GuardValue() { return std::bit_cast<float>(0x7FC0BEEFU); }
inline bool IsGuard(float value) { return std::bit_cast<uint32_t>(value) == 0x7FC0BEEFU; }
inline bool SameBits(float a, float b) {
  return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b);
}

// `count` guard values that start so many elements after an aligned address, between further
// guards.
class GuardedFloats {
 public:
  explicit GuardedFloats(int64_t count, int64_t misalignment = 0)
      : storage_(static_cast<size_t>(count + 2 * kGuards + misalignment), GuardValue()),
        first_(kGuards + misalignment),
        count_(count) {}

  float* data() { return storage_.data() + first_; }
  const float* data() const { return storage_.data() + first_; }
  float& operator[](int64_t i) { return data()[i]; }
  float operator[](int64_t i) const { return data()[i]; }
  int64_t count() const { return count_; }

  bool GuardsAreIntact() const {
    const auto end = storage_.begin() + first_ + count_;
    return std::all_of(storage_.begin(), storage_.begin() + first_, IsGuard) &&
           std::all_of(end, storage_.end(), IsGuard);
  }

 private:
  static constexpr int64_t kGuards = 64;
  std::vector<float> storage_;
  int64_t first_;
  int64_t count_;
};

// The widest vector of any set has 16 lanes.
inline constexpr int64_t kMaxLanes = 16;
inline constexpr int64_t kMisalignments[] = {0, 1, 3};

inline int64_t RoundUp(int64_t count, int64_t step) { return (count + step - 1) / step * step; }

// The distance from a float to the exact value, in units of the last place of the exact value (of a
// normal number at least).
inline double UlpError(float actual, double exact) {
  if (static_cast<double>(actual) == exact || (std::isnan(actual) && std::isnan(exact))) return 0;
  const double magnitude =
      std::max(std::fabs(exact), static_cast<double>(std::numeric_limits<float>::min()));
  const double ulp = std::exp2(std::floor(std::log2(magnitude)) - 23.0);
  const double error = std::fabs(static_cast<double>(actual) - exact) / ulp;
  return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
}

// |actual - exact| relative to |exact|, or to `floor` where that is larger.
inline double RelativeError(double actual, double exact, double floor) {
  if (actual == exact) return 0;
  const double error = std::fabs(actual - exact) / std::max(std::fabs(exact), floor);
  return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
}

// To the eight significant bits of bfloat16, ties to even, by arithmetic alone.
inline double RoundToBfloat16(double x) {
  if (x == 0 || !std::isfinite(x)) return x;
  constexpr int kLeastExponent = -126;  // below it numbers are denormal
  const double ulp = std::exp2(std::max(std::ilogb(x), kLeastExponent) - 7);
  const double rounded = std::nearbyint(x / ulp) * ulp;
  if (std::fabs(rounded) < 0x1p128) return rounded;
  return std::copysign(std::numeric_limits<double>::infinity(), x);
}

inline std::vector<double> DefaultParameters(const RowInfo& info) {
  std::vector<double> parameters;
  for (const ParameterInfo& parameter : info.parameters) parameters.push_back(parameter.fallback);
  return parameters;
}

inline std::vector<float> ToFloats(const std::vector<double>& values) {
  std::vector<float> floats;
  for (const double value : values) floats.push_back(static_cast<float>(value));
  return floats;
}

}  // namespace layerwise::testing
