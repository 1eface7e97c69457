#include "native/core/random.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace layerwise {
namespace {

// The constants of the paper: two multipliers and the Weyl sequence of the key.
constexpr uint32_t kMultiplier0 = 0xD2511F53;
constexpr uint32_t kMultiplier1 = 0xCD9E8D57;
constexpr uint32_t kWeyl0 = 0x9E3779B9;
constexpr uint32_t kWeyl1 = 0xBB67AE85;
constexpr int kRounds = 10;

uint32_t Scale(uint32_t bits, uint32_t bound) {
  return static_cast<uint32_t>((uint64_t{bits} * bound) >> 32);
}

// The functions below use nothing but + - * / and sqrt, which IEEE 754 defines to the last bit: the
// mathematical libraries of different systems do not agree on log and cos.

// The natural logarithm of a normal number above zero, by 2 atanh((m - 1) / (m + 1)).
double Log(double x) {
  const uint64_t bits = std::bit_cast<uint64_t>(x);
  int exponent = static_cast<int>(bits >> 52) - 1023;
  double mantissa =
      std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFFULL) | 0x3FF0000000000000ULL);  // [1, 2)
  if (mantissa > std::numbers::sqrt2) {
    mantissa *= 0.5;
    ++exponent;
  }
  const double f = (mantissa - 1.0) / (mantissa + 1.0);  // at most 0.172 away from zero
  const double square = f * f;
  double sum = 0.0;
  for (int n = 23; n >= 1; n -= 2) sum = sum * square + 1.0 / n;
  return 2.0 * f * sum + exponent * std::numbers::ln2;
}

struct SinCos {
  double sin;
  double cos;
};

// Of an angle of at most pi / 4 in either direction, by the Taylor series.
SinCos SinCosNearZero(double x) {
  const double square = x * x;
  double sin = 1.0;
  double cos = 1.0;
  for (int n = 16; n >= 2; n -= 2) {
    sin = 1.0 - square / (n * (n + 1)) * sin;
    cos = 1.0 - square / (n * (n - 1)) * cos;
  }
  return {x * sin, cos};
}

// Of an angle given as a fraction of a turn in 32 bits.
SinCos SinCosOfTurn(uint32_t turn) {
  const uint32_t quarter = (turn + 0x20000000U) >> 30;  // the nearest multiple of pi / 2
  const int32_t rest = static_cast<int32_t>(turn - (quarter << 30));
  const SinCos r = SinCosNearZero(rest * (2.0 * std::numbers::pi / 4294967296.0));
  switch (quarter & 3U) {
    case 0:
      return r;
    case 1:
      return {r.cos, -r.sin};
    case 2:
      return {-r.sin, -r.cos};
    default:
      return {-r.cos, r.sin};
  }
}

}  // namespace

std::array<uint32_t, 4> Philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t product0 = uint64_t{kMultiplier0} * counter[0];
    const uint64_t product1 = uint64_t{kMultiplier1} * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<uint32_t>(product0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

RandomStream::RandomStream(uint32_t seed, StreamPurpose purpose, uint32_t id)
    : key_{seed, static_cast<uint32_t>(purpose)}, id_(id) {}

std::array<uint32_t, 4> RandomStream::Block(uint64_t block) const {
  return Philox4x32({static_cast<uint32_t>(block), static_cast<uint32_t>(block >> 32), id_, 0},
                    key_);
}

uint32_t RandomStream::Bits(uint64_t index) const { return Block(index / 4)[index % 4]; }

float RandomStream::Uniform(uint64_t index) const {
  return static_cast<float>(Bits(index) >> 8) * 0x1p-24f;
}

// An even index and the odd one after it are the two results of one Box-Muller transform.
float RandomStream::Normal(uint64_t index) const {
  const std::array<uint32_t, 4> bits = Block(index / 4);
  const size_t pair = index % 4 / 2 * 2;
  const double uniform = (bits[pair] + 1.0) * 0x1p-32;  // in (0, 1]: the logarithm is finite
  const double radius = std::sqrt(-2.0 * Log(uniform));
  const SinCos angle = SinCosOfTurn(bits[pair + 1]);
  return static_cast<float>(radius * (index % 2 == 0 ? angle.cos : angle.sin));
}

uint32_t RandomStream::Below(uint64_t index, uint32_t bound) const {
  return Scale(Bits(index), bound);
}

int64_t RandomStream::InStretch(int64_t index, int64_t count, int64_t size) const {
  const int64_t begin = size * index / count;
  const int64_t end = size * (index + 1) / count;
  return begin + Below(static_cast<uint64_t>(index), static_cast<uint32_t>(end - begin));
}

// Swap i draws number i. Several blocks are drawn before their numbers are used: the processor
// works on more than one of them at a time, as it does on swaps, which wait for memory.
void Permutation(const RandomStream& stream, std::vector<uint32_t>& out) {
  constexpr size_t kBlocks = 16;
  std::array<std::array<uint32_t, 4>, kBlocks> bits;
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<uint32_t>(i);
  for (size_t end = out.size(); end > 1;) {
    const size_t begin = (end - 1) / (4 * kBlocks) * (4 * kBlocks);
    // A loop whose length the compiler knows draws several at once; the last numbers take fewer.
    if (end - begin == 4 * kBlocks) {
      for (size_t block = 0; block < kBlocks; ++block) {
        bits[block] = stream.Block(begin / 4 + block);
      }
    } else {
      const size_t blocks = (end - begin + 3) / 4;
      for (size_t block = 0; block < blocks; ++block) bits[block] = stream.Block(begin / 4 + block);
    }
    for (size_t i = end; i-- > std::max<size_t>(begin, 1);) {
      const uint32_t number = bits[(i - begin) / 4][i % 4];
      std::swap(out[i], out[Scale(number, static_cast<uint32_t>(i + 1))]);
    }
    end = begin;
  }
}

}  // namespace layerwise
