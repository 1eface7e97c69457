#include "native/data/decimal_number.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace layerwise {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Every power of ten up to here is a double.
constexpr int kLargestExactPower = 22;
constexpr double kPowersOfTen[kLargestExactPower + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
// Whole numbers up to here are doubles.
constexpr uint64_t kLargestExactInteger = uint64_t{1} << 53;

bool IsDigit(uint8_t character) { return character >= '0' && character <= '9'; }

#ifdef __SIZEOF_INT128__
__extension__ using Wide = unsigned __int128;

// The largest power of five that a signed word holds: with it the steps below stay within a Wide.
constexpr int kLargestPowerOfFive = 27;

uint64_t PowerOfFive(int power) {
  uint64_t result = 1;
  while (power-- > 0) result *= 5;
  return result;
}

// digits / 10^power. The quotient has at least 62 bits, and its last one says whether something is
// left over: so the conversion to a double rounds once, and knows the ties.
double RoundedQuotient(uint64_t digits, int power) {
  const uint64_t divisor = PowerOfFive(power);
  const int shift = 63 + std::bit_width(divisor) - std::bit_width(digits);
  const Wide dividend = Wide{digits} << shift;
  const auto quotient = static_cast<uint64_t>(dividend / divisor);
  const bool is_exact = Wide{quotient} * divisor == dividend;
  return std::ldexp(static_cast<double>(quotient | (is_exact ? 0 : 1)), -shift - power);
}

// digits * 10^power, rounded likewise.
double RoundedProduct(uint64_t digits, int power) {
  const Wide product = Wide{digits} * PowerOfFive(power);
  const auto high = static_cast<uint64_t>(product >> 64);
  const int shift = std::bit_width(high);
  const auto kept = static_cast<uint64_t>(product >> shift);
  const bool is_exact = Wide{kept} << shift == product;
  return std::ldexp(static_cast<double>(kept | (is_exact ? 0 : 1)), shift + power);
}

double RoundedScaled(uint64_t digits, int power) {
  if (power < -kLargestPowerOfFive || power > kLargestPowerOfFive) return kNone;
  return power < 0 ? RoundedQuotient(digits, -power) : RoundedProduct(digits, power);
}
#else
double RoundedScaled(uint64_t, int) { return kNone; }
#endif

// digits * 10^power.
double Scaled(uint64_t digits, int power) {
  if (digits == 0) return 0;
  const bool is_exact = digits <= kLargestExactInteger && std::abs(power) <= kLargestExactPower;
  if (!is_exact) return RoundedScaled(digits, power);
  // Of two exact doubles, product and quotient are rounded once.
  const double scale = kPowersOfTen[std::abs(power)];
  const auto whole = static_cast<double>(digits);
  return power < 0 ? whole / scale : whole * scale;
}

// Byte by byte, with an exponent or without; behind the sign.
double ParseAny(std::span<const uint8_t> text) {
  constexpr int kMostDigits = 19;  // what fits a word
  uint64_t digits = 0;
  int significant = 0;
  int power = 0;
  bool has_digit = false;
  bool has_point = false;
  size_t at = 0;
  for (; at < text.size(); ++at) {
    if (IsDigit(text[at])) {
      has_digit = true;
      if (digits != 0 || text[at] != '0') ++significant;
      if (significant > kMostDigits) return kNone;
      digits = digits * 10 + (text[at] - '0');
      if (has_point && --power < -10000) return kNone;
    } else if (text[at] == '.' && !has_point) {
      has_point = true;
    } else {
      break;
    }
  }
  if (!has_digit) return kNone;
  if (at == text.size()) return Scaled(digits, power);
  if (text[at] != 'e' && text[at] != 'E') return kNone;
  ++at;
  const bool is_negative = at < text.size() && text[at] == '-';
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  if (at == text.size()) return kNone;
  int exponent = 0;
  for (; at < text.size(); ++at) {
    if (!IsDigit(text[at]) || exponent > 10000) return kNone;
    exponent = exponent * 10 + (text[at] - '0');
  }
  return Scaled(digits, power + (is_negative ? -exponent : exponent));
}

// Characters of a number side by side in words: the last one in the highest byte. Only there where
// the first byte of a word is its lowest.
constexpr int kBytesOfWord = 8;
constexpr uint64_t kZeros = 0x3030303030303030;

uint64_t LoadWord(const uint8_t* from) {
  uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// The highest bit of bytes that are a point; above the first of them others may have it, too.
uint64_t Points(uint64_t word) {
  const uint64_t difference = word ^ 0x2e2e2e2e2e2e2e2e;
  return (difference - 0x0101010101010101) & ~difference & 0x8080808080808080;
}

bool AreDigits(uint64_t word) {
  const uint64_t tens = word & 0xf0f0f0f0f0f0f0f0;
  const uint64_t carried = (word + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0;
  return (tens | (carried >> 4)) == 0x3333333333333333;
}

// Digits in pairs, fours, all eight.
uint64_t EightDigits(uint64_t word) {
  word = ((word & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8;
  word = ((word & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return ((word & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}

// The bit at which the first point begins.
int BitOf(uint64_t points) { return std::countr_zero(points) & ~7; }

// Takes the point out, so that the characters before it move up by one.
uint64_t WithoutPoint(uint64_t word, int bit) {
  const uint64_t before = (uint64_t{1} << bit) - 1;
  return (word & ~before & ~(uint64_t{0xff} << bit)) | ((word & before) << 8);
}

// One to eight characters, digits with a point or without. A NaN for all others.
double ParseShort(const uint8_t* text, int length) {
  uint64_t word = LoadWord(text) << (64 - 8 * length);
  int fraction = 0;
  if (const uint64_t points = Points(word); points != 0) {
    const int bit = BitOf(points);
    fraction = 7 - bit / 8;
    word = WithoutPoint(word, bit);
    if (--length == 0) return kNone;
  }
  if (length < kBytesOfWord) word |= kZeros >> (8 * length);
  if (!AreDigits(word)) return kNone;
  return static_cast<double>(EightDigits(word)) / kPowersOfTen[fraction];
}

// Nine to sixteen.
double ParseMedium(const uint8_t* text, int length) {
  uint64_t low = LoadWord(text);
  uint64_t high = LoadWord(text + kBytesOfWord);
  if (const int shift = 128 - 8 * length; shift > 0) {
    high = (high << shift) | (low >> (64 - shift));
    low <<= shift;
  }
  int fraction = 0;
  if (const uint64_t points = Points(low); points != 0) {
    const int bit = BitOf(points);
    fraction = 15 - bit / 8;
    low = WithoutPoint(low, bit);
    --length;
  } else if (const uint64_t others = Points(high); others != 0) {
    const int bit = BitOf(others);
    fraction = 7 - bit / 8;
    high = WithoutPoint(high, bit) | (low >> 56);
    low <<= 8;
    --length;
  }
  if (length < 2 * kBytesOfWord) low |= kZeros >> (8 * (length - kBytesOfWord));
  if (!AreDigits(low) || !AreDigits(high)) return kNone;
  const uint64_t digits = EightDigits(low) * 100'000'000 + EightDigits(high);
  if (digits > kLargestExactInteger) return Scaled(digits, -fraction);
  return static_cast<double>(digits) / kPowersOfTen[fraction];
}

double ParseUnsigned(std::span<const uint8_t> text, size_t readable) {
  const size_t length = text.size();
  if (length == 0) return kNone;
  if constexpr (std::endian::native == std::endian::little) {
    double number = kNone;
    if (length <= kBytesOfWord && readable >= kBytesOfWord) {
      number = ParseShort(text.data(), static_cast<int>(length));
    } else if (length <= 2 * kBytesOfWord && readable >= 2 * kBytesOfWord) {
      number = ParseMedium(text.data(), static_cast<int>(length));
    }
    if (!std::isnan(number)) return number;
    // Texts end here, mostly.
    if (!IsDigit(text[0]) && text[0] != '.') return kNone;
  }
  return ParseAny(text);
}

}  // namespace

double ParseDecimal(std::span<const uint8_t> text, size_t readable) {
  if (text.empty()) return kNone;
  const bool has_sign = (text[0] == '-') | (text[0] == '+');
  const bool is_negative = text[0] == '-';
  const auto first = static_cast<size_t>(has_sign);
  const double number = ParseUnsigned(text.subspan(first), readable - first);
  // Nobody can foresee the sign: no branch.
  const uint64_t sign = uint64_t{is_negative} << 63;
  return std::bit_cast<double>(std::bit_cast<uint64_t>(number) ^ sign);
}

}  // namespace layerwise
