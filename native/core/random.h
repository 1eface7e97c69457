// Counter-based random numbers: a value is a pure function of (seed, stream, index), so initial
// weights, shuffling and noise are the same at any number of threads and after resuming. Source:
// Salmon, Moraes, Dror, Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", Philox4x32-10.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace layerwise {

std::array<uint32_t, 4> Philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

// What a stream is for; keeps the streams of one seed apart.
enum class StreamPurpose : uint32_t {
  kInitializer = 1,
  kShuffle = 2,
  kSplit = 3,
  kNoise = 4,
  kInspection = 5
};

class RandomStream {
 public:
  // `id` tells apart the streams of one purpose: a parameter, an epoch.
  RandomStream(uint32_t seed, StreamPurpose purpose, uint32_t id);

  uint32_t Bits(uint64_t index) const;
  // In [0, 1), 24 bits.
  float Uniform(uint64_t index) const;
  // Mean 0, variance 1 (Box-Muller).
  float Normal(uint64_t index) const;
  // In [0, bound), without bias worth the name (64-bit multiply, 2^-32 at most); bound > 0.
  uint32_t Below(uint64_t index, uint32_t bound) const;
  // One of [0, size), drawn from the stretch `index` of as many equal ones; size at least count.
  int64_t InStretch(int64_t index, int64_t count, int64_t size) const;
  // Bits(4 * block) to Bits(4 * block + 3), at the cost of one of them.
  std::array<uint32_t, 4> Block(uint64_t block) const;

 private:
  std::array<uint32_t, 2> key_;
  uint32_t id_;
};

// A uniformly random permutation of 0..out.size()-1 (Fisher-Yates).
void Permutation(const RandomStream& stream, std::vector<uint32_t>& out);

}  // namespace layerwise
