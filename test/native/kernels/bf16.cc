// Conversions to bfloat16 and the products of pairs against naive ones of the rounded numbers, with
// the processor's own instructions and without them.
#include "native/kernels/bf16.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "test/native/kernels/support.h"

namespace layerwise::testing {
namespace {

constexpr int64_t kDepths[] = {0, 1, 2, 3, 16, 33, 64};  // in words
constexpr int64_t kMostRowsOfATile = 32;                 // of any set

// What this instruction set runs with and without the processor's own instructions.
std::span<const Bf16Kernels* const> Implementations() {
  return AvailableBf16Kernels(SelectedInstructionSet());
}

const char* NameOf(const Bf16Kernels& kernels) { return kernels.name; }

float LowHalf(uint32_t word) { return std::bit_cast<float>(word << 16); }
float HighHalf(uint32_t word) { return std::bit_cast<float>(word & 0xFFFF0000U); }
float Rounded(float x) { return static_cast<float>(RoundToBfloat16(static_cast<double>(x))); }
uint32_t Joined(float low, float high) {
  return (std::bit_cast<uint32_t>(low) >> 16) | (std::bit_cast<uint32_t>(high) & 0xFFFF0000U);
}

constexpr uint32_t kGuardWord = 0xDEADBEEFU;

// ---- Conversions ----

// The words that a function writes to an odd address, with what it must leave alone around them.
class GuardedWords {
 public:
  GuardedWords(int64_t count, int64_t misalignment)
      : words_(static_cast<size_t>(count + misalignment + kGuards), kGuardWord),
        misalignment_(misalignment),
        count_(count) {}
  uint32_t* data() { return words_.data() + misalignment_; }
  uint32_t operator[](int64_t i) const { return words_[static_cast<size_t>(misalignment_ + i)]; }
  bool GuardsAreIntact() const {
    const auto is_guard = [](uint32_t word) { return word == kGuardWord; };
    const auto first = words_.begin() + misalignment_;
    return std::all_of(words_.begin(), first, is_guard) &&
           std::all_of(first + count_, words_.end(), is_guard);
  }

 private:
  static constexpr int64_t kGuards = 32;
  std::vector<uint32_t> words_;
  int64_t misalignment_;
  int64_t count_;
};

// A matrix of whole vectors and its copy as pairs. Nothing behind the last row may be read: there
// is nothing.
struct Conversion {
  Conversion(int64_t row_count, int64_t column_count, Generator& random)
      : rows(row_count),
        columns(column_count),
        stride(columns + random.Integer(0, 3)),
        misalignment(random.Integer(0, 3)),
        storage(
            static_cast<size_t>(misalignment + (rows == 0 ? 0 : (rows - 1) * stride + columns))) {
    for (float& x : storage) {
      x = random.Integer(0, 2) == 0 ? random.AnyMagnitude(-100, 100) : random.Float(-2, 2);
    }
  }
  const float* from() const { return storage.data() + misalignment; }
  float At(int64_t i, int64_t j) const { return from()[i * stride + j]; }

  int64_t rows;
  int64_t columns;
  int64_t stride;
  int64_t misalignment;
  std::vector<float> storage;
};

TEST(ColumnsArePairedAndRounded) {
  for (const Bf16Kernels* kernels : Implementations()) {
    Generator random(1);
    for (int64_t vectors = 1; vectors <= 5; ++vectors) {
      for (int64_t rows = 0; rows <= 3; ++rows) {
        const Conversion c(rows, vectors * kernels->lanes, random);
        const int64_t pairs = c.columns / 2;
        const int64_t to_stride = pairs + random.Integer(0, 3);
        GuardedWords to(rows * to_stride, random.Integer(0, 3));
        kernels->pair_columns(c.from(), c.stride, rows, c.columns, to.data(), to_stride);
        for (int64_t i = 0; i < rows; ++i) {
          for (int64_t j = 0; j < to_stride; ++j) {
            const uint32_t word = to[i * to_stride + j];
            const uint32_t expected =
                j < pairs ? Joined(Rounded(c.At(i, 2 * j)), Rounded(c.At(i, 2 * j + 1)))
                          : kGuardWord;
            EXPECT_EQ(word, expected) << c.columns << " columns, " << NameOf(*kernels);
          }
        }
        EXPECT_TRUE(to.GuardsAreIntact()) << c.columns << " columns, " << NameOf(*kernels);
      }
    }
  }
}

TEST(RowsArePairedAndRounded) {
  for (const Bf16Kernels* kernels : Implementations()) {
    Generator random(2);
    for (int64_t vectors = 1; vectors <= 3; ++vectors) {
      for (int64_t rows = 0; rows <= 5; ++rows) {
        const Conversion c(rows, vectors * kernels->lanes, random);
        const int64_t pairs = (rows + 1) / 2;
        const int64_t to_stride = c.columns + random.Integer(0, 3);
        GuardedWords to(pairs * to_stride, random.Integer(0, 3));
        kernels->pair_rows(c.from(), c.stride, rows, c.columns, to.data(), to_stride);
        for (int64_t i = 0; i < pairs; ++i) {
          for (int64_t j = 0; j < to_stride; ++j) {
            const float second = 2 * i + 1 < rows && j < c.columns ? c.At(2 * i + 1, j) : 0.0f;
            const uint32_t expected =
                j < c.columns ? Joined(Rounded(c.At(2 * i, j)), Rounded(second)) : kGuardWord;
            EXPECT_EQ(to[i * to_stride + j], expected) << rows << " rows, " << NameOf(*kernels);
          }
        }
        EXPECT_TRUE(to.GuardsAreIntact()) << rows << " rows, " << NameOf(*kernels);
      }
    }
  }
}

// A NaN stays one. The processor's own instructions take denormal numbers for zeros of their sign.
bool IsRightlyRounded(float x, float rounded, bool flushes) {
  if (std::isnan(x)) return std::isnan(rounded) && std::signbit(rounded) == std::signbit(x);
  if (flushes && std::fabs(x) < std::numeric_limits<float>::min()) {
    return SameBits(rounded, std::copysign(0.0f, x));
  }
  return SameBits(rounded, Rounded(x));
}

// All upper halves with the lower ones around the ties: infinities, NaNs and denormals are among
// them.
TEST(EveryNumberIsRoundedToTheNearestTiesToEven) {
  constexpr uint32_t kLowerHalves[] = {0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF};
  constexpr int64_t kUpperHalves = 1 << 16;
  for (const Bf16Kernels* kernels : Implementations()) {
    for (const uint32_t lower : kLowerHalves) {
      std::vector<float> from;
      for (uint32_t upper = 0; upper < kUpperHalves; ++upper) {
        from.push_back(std::bit_cast<float>(upper << 16 | lower));
      }
      std::vector<uint32_t> neighbours(kUpperHalves / 2);
      kernels->pair_columns(from.data(), kUpperHalves, 1, kUpperHalves, neighbours.data(),
                            kUpperHalves / 2);
      std::vector<uint32_t> rows(kUpperHalves / 2);
      kernels->pair_rows(from.data(), kUpperHalves / 2, 2, kUpperHalves / 2, rows.data(),
                         kUpperHalves / 2);
      int64_t wrong = 0;
      for (size_t i = 0; i < kUpperHalves / 2; ++i) {
        const auto is_right = [&](float x, float rounded) {
          return IsRightlyRounded(x, rounded, kernels->native);
        };
        if (!is_right(from[2 * i], LowHalf(neighbours[i]))) ++wrong;
        if (!is_right(from[2 * i + 1], HighHalf(neighbours[i]))) ++wrong;
        if (!is_right(from[i], LowHalf(rows[i]))) ++wrong;
        if (!is_right(from[kUpperHalves / 2 + i], HighHalf(rows[i]))) ++wrong;
      }
      EXPECT_EQ(wrong, 0) << "lower half " << lower << ", " << NameOf(*kernels);
    }
  }
}

// ---- Products ----

struct Case {
  int vectors = 1;
  int64_t rows = 1;
  int64_t depth = 1;
  bool rows_contiguous = false;
  int64_t misalignment = 0;
  int64_t odd_stride = 0;  // beyond the least
  bool has_start = false;
};

std::string Describe(const Case& c) {
  return std::to_string(c.vectors) + " vectors, " + std::to_string(c.rows) + " rows, depth " +
         std::to_string(c.depth) + (c.rows_contiguous ? ", rows contiguous" : "") +
         ", misaligned by " + std::to_string(c.misalignment);
}

Case RandomCase(Generator& random) {
  Case c;
  c.vectors = static_cast<int>(random.Integer(1, 3));
  c.rows = random.Integer(1, 4 * kMostRowsOfATile);
  c.depth = random.Integer(1, 70);
  c.rows_contiguous = random.Integer(0, 1) == 1;
  c.misalignment = random.Integer(0, kMaxLanes - 1);
  c.odd_stride = random.Integer(0, 7);
  c.has_start = random.Integer(0, 1) == 1;
  return c;
}

// The memory of one product: exactly as much as may be read, and guards around what may be written.
class Product {
 public:
  Product(const Bf16Kernels& kernels, const Case& c, Generator& random)
      : kernels_(kernels),
        case_(c),
        width_(c.vectors * kernels.lanes),
        a_stride_((c.rows_contiguous ? c.rows : c.depth) + c.odd_stride),
        b_stride_(width_ + c.odd_stride),
        c_stride_(width_ + c.odd_stride),
        a_(RandomWords(c.rows_contiguous ? c.depth : c.rows, a_stride_, random)),
        b_(RandomWords(c.depth, b_stride_, random)),
        start_(static_cast<size_t>(width_ + c.misalignment)),
        c_(c.rows * c_stride_, c.misalignment) {
    random.Fill(start_.data(), static_cast<int64_t>(start_.size()), -1, 1);
  }

  // Rows [first, first + rows) of the product.
  Bf16Panel Panel(int64_t first, int64_t rows) {
    Bf16Panel g;
    g.rows = rows;
    g.depth = case_.depth;
    g.a_row_stride = case_.rows_contiguous ? 1 : a_stride_;
    g.a_depth_stride = case_.rows_contiguous ? a_stride_ : 1;
    g.a = a_.data() + case_.misalignment + first * g.a_row_stride;
    g.b = b_.data() + case_.misalignment;
    g.b_stride = b_stride_;
    g.c = c_.data() + first * c_stride_;
    g.c_stride = c_stride_;
    g.start = case_.has_start ? start_.data() + case_.misalignment : nullptr;
    return g;
  }
  void Compute(int64_t first, int64_t rows) {
    kernels_.panel[case_.vectors - 1](Panel(first, rows));
  }

  // Against sums in double precision: the products of two rounded numbers are exact there.
  void CheckAgainstReference() {
    const Bf16Panel g = Panel(0, case_.rows);
    for (int64_t i = 0; i < case_.rows; ++i) {
      for (int64_t j = 0; j < c_stride_; ++j) {
        const float actual = g.c[i * c_stride_ + j];
        if (j >= width_) {
          EXPECT_TRUE(IsGuard(actual)) << Describe(case_) << " wrote beside a row";
          continue;
        }
        const Sum exact = ExactSum(g, i, j);
        EXPECT_NEAR(actual, exact.value, Bound(exact)) << Where(i, j);
      }
    }
    EXPECT_TRUE(c_.GuardsAreIntact()) << Describe(case_) << ", " << NameOf(kernels_);
  }

  const GuardedFloats& c() const { return c_; }

 private:
  struct Sum {
    double value = 0;
    double magnitude = 0;  // of what is added, without signs
  };

  std::vector<uint32_t> RandomWords(int64_t lines, int64_t stride, Generator& random) const {
    std::vector<uint32_t> words;
    for (int64_t i = 0; i < lines * stride + case_.misalignment; ++i) {
      words.push_back(Joined(Rounded(random.Float(-1, 1)), Rounded(random.Float(-1, 1))));
    }
    return words;
  }

  Sum ExactSum(const Bf16Panel& g, int64_t i, int64_t j) const {
    Sum sum;
    const auto add = [&sum](double term) {
      sum.value += term;
      sum.magnitude += std::fabs(term);
    };
    if (g.start != nullptr) add(static_cast<double>(g.start[j]));
    for (int64_t k = 0; k < g.depth; ++k) {
      const uint32_t a = g.a[i * g.a_row_stride + k * g.a_depth_stride];
      const uint32_t b = g.b[k * g.b_stride + j];
      add(static_cast<double>(LowHalf(a)) * static_cast<double>(LowHalf(b)));
      add(static_cast<double>(HighHalf(a)) * static_cast<double>(HighHalf(b)));
    }
    return sum;
  }

  // A word makes two sums, each rounded by at most half a unit in the last place; its products fit
  // into single precision exactly.
  double Bound(const Sum& sum) const {
    return 2.0 * static_cast<double>(case_.depth) * 0x1p-24 * sum.magnitude;
  }

  std::string Where(int64_t i, int64_t j) const {
    return Describe(case_) + " at " + std::to_string(i) + ", " + std::to_string(j) + ", " +
           NameOf(kernels_);
  }

  const Bf16Kernels& kernels_;
  Case case_;
  int64_t width_;
  int64_t a_stride_;
  int64_t b_stride_;
  int64_t c_stride_;
  std::vector<uint32_t> a_;
  std::vector<uint32_t> b_;
  std::vector<float> start_;
  GuardedFloats c_;
};

int64_t Differences(const GuardedFloats& a, const GuardedFloats& b) {
  int64_t differences = 0;
  for (int64_t i = 0; i < a.count(); ++i) {
    if (!SameBits(a[i], b[i])) ++differences;
  }
  return differences;
}

TEST(ProductsOfPairsEqualTheNaiveOnesAtEveryTile) {
  for (const Bf16Kernels* kernels : Implementations()) {
    Generator random(3);
    for (int vectors = 1; vectors <= 3; ++vectors) {
      for (int64_t rows = 1; rows <= 2 * kMostRowsOfATile + 3; ++rows) {
        for (const int64_t depth : kDepths) {
          for (const bool rows_contiguous : {false, true}) {
            Case c;
            c.vectors = vectors;
            c.rows = rows;
            c.depth = depth;
            c.rows_contiguous = rows_contiguous;
            c.misalignment = rows % 3;
            c.has_start = (rows + depth) % 2 == 0;
            Product product(*kernels, c, random);
            product.Compute(0, rows);
            product.CheckAgainstReference();
          }
        }
      }
    }
  }
}

TEST(ProductsOfPairsEqualTheNaiveOnesAtOddStridesAndAddresses) {
  for (const Bf16Kernels* kernels : Implementations()) {
    Generator random(4);
    for (int turn = 0; turn < 100; ++turn) {
      const Case c = RandomCase(random);
      Product product(*kernels, c, random);
      product.Compute(0, c.rows);
      product.CheckAgainstReference();
    }
  }
}

TEST(ProductsOfPairsHaveTheSameBitsHoweverTheRowsAreCut) {
  for (const Bf16Kernels* kernels : Implementations()) {
    Generator random(5);
    for (int turn = 0; turn < 100; ++turn) {
      const Case c = RandomCase(random);
      const uint64_t seed = random.Bits();
      Generator first(seed);
      Generator second(seed);
      Product whole(*kernels, c, first);
      Product pieces(*kernels, c, second);
      whole.Compute(0, c.rows);
      for (int64_t row = 0; row < c.rows;) {
        const int64_t rows = random.Integer(1, c.rows - row);
        pieces.Compute(row, rows);
        row += rows;
      }
      EXPECT_EQ(Differences(whole.c(), pieces.c()), 0) << Describe(c) << ", " << NameOf(*kernels);
    }
  }
}

TEST(FewRowsOfPairsGiveTheBitsOfEachPanelByItself) {
  for (const Bf16Kernels* kernels : Implementations()) {
    const int64_t width = 2 * kernels->lanes;
    Generator random(8);
    const auto words = [&random](int64_t count) {
      std::vector<uint32_t> made(static_cast<size_t>(count));
      for (uint32_t& word : made) {
        word = Joined(Rounded(random.Float(-1, 1)), Rounded(random.Float(-1, 1)));
      }
      return made;
    };
    for (int64_t rows = 1; rows <= kFewRows; ++rows) {
      for (int64_t panels = 1; panels <= 9; ++panels) {
        for (const int64_t depth : kDepths) {
          const int64_t stride = panels * width + 3;
          const std::vector<uint32_t> a = words(rows * depth + 1);
          const std::vector<uint32_t> b = words(panels * depth * width + 1);
          std::vector<float> start(static_cast<size_t>(panels * width));
          random.Fill(start.data(), static_cast<int64_t>(start.size()), -1, 1);
          GuardedFloats together(rows * stride, 1);
          GuardedFloats apart(rows * stride, 1);
          Bf16Panel g;
          g.rows = rows;
          g.depth = depth;
          g.a = a.data() + 1;
          g.a_row_stride = depth;
          g.b = b.data() + 1;
          g.b_stride = width;
          g.c = together.data();
          g.c_stride = stride;
          g.start = panels % 2 == 0 ? start.data() : nullptr;
          kernels->few_rows(g, panels);
          for (int64_t panel = 0; panel < panels; ++panel) {
            Bf16Panel one = g;
            one.b = g.b + panel * depth * width;
            one.c = apart.data() + panel * width;
            if (g.start != nullptr) one.start = g.start + panel * width;
            kernels->panel[1](one);
          }
          EXPECT_EQ(Differences(together, apart), 0)
              << rows << " rows, " << panels << " panels, " << NameOf(*kernels);
          EXPECT_TRUE(together.GuardsAreIntact());
        }
      }
    }
  }
}

TEST(ProductsOfPairsOnlyFetchWhatIsUpcoming) {
  for (const Bf16Kernels* kernels : Implementations()) {
    Generator random(6);
    const std::vector<float> upcoming(64 * 3 * kMaxLanes);
    for (int turn = 0; turn < 20; ++turn) {
      Case c = RandomCase(random);
      c.rows_contiguous = true;
      const uint64_t seed = random.Bits();
      Generator first(seed);
      Generator second(seed);
      Product without(*kernels, c, first);
      Product with(*kernels, c, second);
      without.Compute(0, c.rows);
      Bf16Panel panel = with.Panel(0, c.rows);
      std::fill_n(panel.upcoming, kMaxUpcoming, upcoming.data());
      kernels->panel[c.vectors - 1](panel);
      EXPECT_EQ(Differences(without.c(), with.c()), 0) << Describe(c) << ", " << NameOf(*kernels);
    }
  }
}

// The same words on every set that this machine has: the order of the sums is one, and only the
// processor's own instructions may round differently.
TEST(EveryInstructionSetMultipliesPairsAlike) {
  constexpr int64_t kRows = 9;
  constexpr int64_t kDepth = 50;
  constexpr int64_t kColumns = kMaxLanes;  // whole vectors of every set
  Generator random(7);
  std::vector<uint32_t> a(kRows * kDepth);
  std::vector<uint32_t> b(kDepth * kColumns);
  const auto word = [&random] {
    return Joined(Rounded(random.Float(-1, 1)), Rounded(random.Float(-1, 1)));
  };
  std::generate(a.begin(), a.end(), word);
  std::generate(b.begin(), b.end(), word);

  std::vector<float> expected;
  const auto check = [&](const Bf16Kernels& kernels, InstructionSet set) {
    std::vector<float> c(kRows * kColumns);
    for (int64_t column = 0; column < kColumns; column += kernels.lanes) {
      Bf16Panel g;
      g.rows = kRows;
      g.depth = kDepth;
      g.a = a.data();
      g.a_row_stride = kDepth;
      g.b = b.data() + column;
      g.b_stride = kColumns;
      g.c = c.data() + column;
      g.c_stride = kColumns;
      kernels.panel[0](g);
    }
    if (expected.empty()) expected = c;
    // Twice the bound above, for terms below 1; without rounded products every set has the same
    // bits.
    const double bound = kernels.native ? 2.0 * (2.0 * kDepth) * 0x1p-24 * (2.0 * kDepth) : 0.0;
    for (size_t i = 0; i < c.size(); ++i) {
      EXPECT_NEAR(c[i], expected[i], bound) << InstructionSetName(set) << ", " << NameOf(kernels);
    }
  };
  for (const InstructionSet set : AvailableInstructionSets()) {
    const auto all = AvailableBf16Kernels(set);
    for (auto kernels = all.rbegin(); kernels != all.rend(); ++kernels) check(**kernels, set);
  }
}

}  // namespace
}  // namespace layerwise::testing
