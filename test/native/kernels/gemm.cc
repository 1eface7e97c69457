// The matrix kernels against a naive product in double precision, at every tile and odd address.
#include "native/kernels/gemm.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "native/kernels/panels.h"
#include "test/native/kernels/support.h"

namespace layerwise::testing {
namespace {

constexpr int64_t kDepths[] = {0, 1, 2, 3, 5, 16, 17, 64, 129};
constexpr int64_t kMostRowsOfATile = 16;  // of any set

const GemmKernels& Kernels() { return GemmKernelsFor(SelectedInstructionSet()); }

// A product with everything that may be odd about it.
struct Case {
  int vectors = 1;
  int64_t rows = 1;
  int64_t depth = 1;
  bool rows_contiguous = false;
  int64_t misalignment = 0;
  int64_t odd_stride = 0;  // beyond the least
  int last_lanes = 0;
  bool has_start = false;
};

std::string Describe(const Case& c) {
  return std::to_string(c.vectors) + " vectors, " + std::to_string(c.rows) + " rows, depth " +
         std::to_string(c.depth) + (c.rows_contiguous ? ", rows contiguous" : "") +
         ", misaligned by " + std::to_string(c.misalignment) + ", last lanes " +
         std::to_string(c.last_lanes);
}

// The memory of one product: exactly as much as may be read, and guards around what may be written.
class Product {
 public:
  Product(const Case& c, Generator& random)
      : case_(c),
        width_(c.vectors * Kernels().lanes),
        a_stride_((c.rows_contiguous ? c.rows : c.depth) + 2 + c.odd_stride),
        b_stride_(width_ + c.odd_stride),
        c_stride_(width_ + c.odd_stride),
        a_(Size((c.rows_contiguous ? c.depth : c.rows) * a_stride_ + c.misalignment)),
        b_(Size(c.depth * b_stride_ + c.misalignment)),
        start_(Size(width_ + c.misalignment)),
        c_(c.rows * c_stride_, c.misalignment) {
    random.Fill(a_.data(), static_cast<int64_t>(a_.size()), -1, 1);
    random.Fill(b_.data(), static_cast<int64_t>(b_.size()), -1, 1);
    random.Fill(start_.data(), static_cast<int64_t>(start_.size()), -1, 1);
  }

  // Rows [first, first + rows) of the product.
  GemmPanel Panel(int64_t first, int64_t rows) {
    GemmPanel g;
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
    g.last_lanes = case_.last_lanes;
    return g;
  }
  void Compute(int64_t first, int64_t rows) {
    Kernels().panel[case_.vectors - 1](Panel(first, rows));
  }

  int64_t StoredColumns() const {
    return case_.last_lanes == 0 ? width_ : width_ - Kernels().lanes + case_.last_lanes;
  }

  void CheckAgainstReference() {
    const GemmPanel g = Panel(0, case_.rows);
    for (int64_t i = 0; i < case_.rows; ++i) {
      for (int64_t j = 0; j < c_stride_; ++j) {
        if (j >= StoredColumns()) {
          EXPECT_TRUE(IsGuard(g.c[i * c_stride_ + j])) << Describe(case_) << " wrote beside a row";
          continue;
        }
        double sum = g.start == nullptr ? 0 : static_cast<double>(g.start[j]);
        double magnitude = std::fabs(sum);
        for (int64_t k = 0; k < g.depth; ++k) {
          const double product =
              static_cast<double>(g.a[i * g.a_row_stride + k * g.a_depth_stride]) *
              static_cast<double>(g.b[k * b_stride_ + j]);
          sum += product;
          magnitude += std::fabs(product);
        }
        // Each step rounds at most twice.
        const double bound = 2.0 * static_cast<double>(g.depth) * 0x1p-24 * magnitude;
        EXPECT_NEAR(g.c[i * c_stride_ + j], sum, bound)
            << Describe(case_) << " at " << i << ", " << j;
      }
    }
    EXPECT_TRUE(c_.GuardsAreIntact()) << Describe(case_);
  }

  const GuardedFloats& c() const { return c_; }
  int64_t c_stride() const { return c_stride_; }
  const std::vector<float>& a() const { return a_; }
  const std::vector<float>& b() const { return b_; }

 private:
  static size_t Size(int64_t count) { return static_cast<size_t>(count); }

  Case case_;
  int64_t width_;
  int64_t a_stride_;
  int64_t b_stride_;
  int64_t c_stride_;
  std::vector<float> a_;
  std::vector<float> b_;
  std::vector<float> start_;
  GuardedFloats c_;
};

Case RandomCase(Generator& random) {
  Case c;
  c.vectors = static_cast<int>(random.Integer(1, 3));
  c.rows = random.Integer(1, 4 * kMostRowsOfATile);
  c.depth = random.Integer(1, 100);
  c.rows_contiguous = random.Integer(0, 1) == 1;
  c.misalignment = random.Integer(0, kMaxLanes - 1);
  c.odd_stride = random.Integer(0, 7);
  c.last_lanes = static_cast<int>(random.Integer(0, Kernels().lanes));
  c.has_start = random.Integer(0, 1) == 1;
  return c;
}

TEST(GemmEqualsTheNaiveProductAtEveryTile) {
  Generator random(1);
  for (int vectors = 1; vectors <= 3; ++vectors) {
    for (int64_t rows = 1; rows <= 2 * kMostRowsOfATile + 3; ++rows) {
      for (const int64_t depth : kDepths) {
        for (const bool rows_contiguous : {false, true}) {
          Case c;
          c.vectors = vectors;
          c.rows = rows;
          c.depth = depth;
          c.rows_contiguous = rows_contiguous;
          c.has_start = (rows + depth) % 2 == 0;
          c.misalignment = rows % 3;
          Product product(c, random);
          product.Compute(0, rows);
          product.CheckAgainstReference();
        }
      }
    }
  }
}

TEST(GemmEqualsTheNaiveProductAtOddStridesAndAddresses) {
  Generator random(2);
  for (int i = 0; i < 300; ++i) {
    const Case c = RandomCase(random);
    Product product(c, random);
    product.Compute(0, c.rows);
    product.CheckAgainstReference();
  }
}

TEST(GemmStoresAPartialLastVector) {
  Generator random(3);
  for (int vectors = 1; vectors <= 3; ++vectors) {
    for (int lanes = 1; lanes <= Kernels().lanes; ++lanes) {
      Case c;
      c.vectors = vectors;
      c.rows = 7;
      c.depth = 5;
      c.last_lanes = lanes;
      c.misalignment = 1;
      Product product(c, random);
      product.Compute(0, c.rows);
      product.CheckAgainstReference();
    }
  }
}

// What makes results independent of the number of threads.
TEST(GemmGivesTheSameBitsHoweverTheRowsAreCut) {
  Generator random(4);
  for (int i = 0; i < 200; ++i) {
    const Case c = RandomCase(random);
    const uint64_t seed = random.Bits();
    Generator first(seed);
    Generator second(seed);
    Product whole(c, first);
    whole.Compute(0, c.rows);
    Product pieces(c, second);
    for (int64_t row = 0; row < c.rows;) {
      const int64_t rows = random.Integer(1, c.rows - row);
      pieces.Compute(row, rows);
      row += rows;
    }
    int64_t differences = 0;
    for (int64_t at = 0; at < whole.c().count(); ++at) {
      if (!SameBits(whole.c()[at], pieces.c()[at])) ++differences;
    }
    EXPECT_EQ(differences, 0) << Describe(c);
  }
}

TEST(GemmGivesTheSameBitsInPanelsOfAnyWidth) {
  Generator random(5);
  const int64_t lanes = Kernels().lanes;
  for (const int64_t rows : {1, 5, 29}) {
    Case c;
    c.vectors = 3;
    c.rows = rows;
    c.depth = 77;
    Product product(c, random);
    product.Compute(0, rows);
    for (int vectors = 1; vectors <= 2; ++vectors) {
      for (int first = 0; first + vectors <= 3; ++first) {
        GemmPanel g = product.Panel(0, rows);
        GuardedFloats narrow(rows * 3 * lanes);
        g.b += first * lanes;
        g.c = narrow.data();
        g.c_stride = 3 * lanes;
        Kernels().panel[vectors - 1](g);
        int64_t differences = 0;
        for (int64_t i = 0; i < rows; ++i) {
          for (int64_t j = 0; j < vectors * lanes; ++j) {
            const float wide = product.c()[i * product.c_stride() + first * lanes + j];
            if (!SameBits(wide, narrow[i * 3 * lanes + j])) ++differences;
          }
        }
        EXPECT_EQ(differences, 0) << vectors << " of 3 vectors, " << rows << " rows";
      }
    }
  }
}

TEST(FewRowsGiveTheBitsOfEachPanelByItself) {
  const GemmKernels& kernels = Kernels();
  const int64_t width = 2 * kernels.lanes;
  Generator random(8);
  for (int64_t rows = 1; rows <= kFewRows; ++rows) {
    for (int64_t panels = 1; panels <= 9; ++panels) {
      for (const int64_t depth : kDepths) {
        const int64_t stride = panels * width + 3;
        std::vector<float> a(static_cast<size_t>(rows * depth + 1));
        std::vector<float> b(static_cast<size_t>(panels * depth * width + 1));
        std::vector<float> start(static_cast<size_t>(panels * width));
        random.Fill(a.data(), static_cast<int64_t>(a.size()), -1, 1);
        random.Fill(b.data(), static_cast<int64_t>(b.size()), -1, 1);
        random.Fill(start.data(), static_cast<int64_t>(start.size()), -1, 1);
        GuardedFloats together(rows * stride, 1);
        GuardedFloats apart(rows * stride, 1);
        GemmPanel g;
        g.rows = rows;
        g.depth = depth;
        g.a = a.data() + 1;
        g.a_row_stride = depth;
        g.b = b.data() + 1;
        g.b_stride = width;
        g.c = together.data();
        g.c_stride = stride;
        g.start = panels % 2 == 0 ? start.data() : nullptr;
        kernels.few_rows(g, panels);
        for (int64_t panel = 0; panel < panels; ++panel) {
          GemmPanel one = g;
          one.b = g.b + panel * depth * width;
          one.c = apart.data() + panel * width;
          if (g.start != nullptr) one.start = g.start + panel * width;
          kernels.panel[1](one);
        }
        for (int64_t i = 0; i < rows * stride; ++i) {
          EXPECT_TRUE(SameBits(together[i], apart[i])) << rows << " rows, " << panels << " panels";
        }
        EXPECT_TRUE(together.GuardsAreIntact());
      }
    }
  }
}

TEST(PackedGemmGivesTheBitsOfTheUnpackedOne) {
  const GemmKernels& kernels = Kernels();
  if (kernels.pack_tiles == nullptr) return;  // does not pay on this set
  Generator random(6);
  for (int round = 0; round < 300; ++round) {
    Case c = RandomCase(random);
    c.rows_contiguous = true;
    c.last_lanes = 0;
    c.odd_stride = kernels.lanes;  // packing reads whole vectors
    Product unpacked(c, random);
    unpacked.Compute(0, c.rows);
    unpacked.CheckAgainstReference();

    const GemmPanel from = unpacked.Panel(0, c.rows);
    GuardedFloats packed(c.rows * PackedRowStride(c.depth));
    kernels.pack_tiles(from.a, from.a_depth_stride, c.rows, c.depth, packed.data());
    EXPECT_TRUE(packed.GuardsAreIntact()) << Describe(c);

    std::vector<float> packed_panel(static_cast<size_t>(c.depth * c.vectors * kernels.lanes));
    kernels.pack_panel(from.b, from.b_stride, c.vectors, c.depth, packed_panel.data());
    GuardedFloats result(c.rows * unpacked.c_stride());
    GemmPanel g = from;
    g.a = packed.data();
    g.b = packed_panel.data();
    g.b_stride = c.vectors * kernels.lanes;
    g.c = result.data();
    g.upcoming[0] = result.data();
    kernels.packed_panel[c.vectors - 1](g);
    for (int64_t i = 0; i < c.rows * unpacked.c_stride(); ++i) {
      EXPECT_TRUE(SameBits(result[i], unpacked.c()[i])) << Describe(c) << " at " << i;
    }
    EXPECT_TRUE(result.GuardsAreIntact()) << Describe(c);
  }
}

TEST(TransposeTileTransposesAndFillsUpWithZeros) {
  const int lanes = Kernels().lanes;
  Generator random(6);
  for (int rows = 0; rows <= lanes; ++rows) {
    for (int columns = 0; columns <= lanes; ++columns) {
      const int64_t misalignment = random.Integer(0, 3);
      const int64_t from_stride = lanes + random.Integer(0, 5);
      const int64_t to_stride = lanes + random.Integer(0, 5);
      // Whole vectors are read of each row, and nothing after the last one.
      std::vector<float> from(
          static_cast<size_t>(misalignment + (rows == 0 ? 0 : (rows - 1) * from_stride + lanes)));
      random.Fill(from.data(), static_cast<int64_t>(from.size()), -1, 1);
      GuardedFloats to((lanes + 1) * to_stride, misalignment);
      const float* first = from.data() + misalignment;
      Kernels().transpose_tile(first, from_stride, rows, columns, to.data(), to_stride);
      for (int64_t j = 0; j < lanes + 1; ++j) {
        for (int64_t i = 0; i < to_stride; ++i) {
          const float value = to[j * to_stride + i];
          if (j >= columns || i >= lanes) {
            EXPECT_TRUE(IsGuard(value)) << rows << " x " << columns;
          } else {
            EXPECT_EQ(value, i < rows ? first[i * from_stride + j] : 0.0f)
                << rows << " x " << columns << " at " << i << ", " << j;
          }
        }
      }
      EXPECT_TRUE(to.GuardsAreIntact());
    }
  }
}

TEST(ColumnSumsEqualTheNaiveSums) {
  const int64_t lanes = Kernels().lanes;
  Generator random(7);
  for (int vectors = 1; vectors <= 3; ++vectors) {
    for (const int64_t rows : {0, 1, 2, 31, 200}) {
      for (const int64_t misalignment : kMisalignments) {
        const int64_t width = vectors * lanes;
        const int64_t stride = width + misalignment;
        std::vector<float> a(static_cast<size_t>(rows * stride + misalignment));
        random.Fill(a.data(), static_cast<int64_t>(a.size()), -1, 1);
        GuardedFloats out(width, misalignment);
        Kernels().column_sums(a.data() + misalignment, stride, rows, vectors, out.data());
        for (int64_t j = 0; j < width; ++j) {
          double sum = 0;
          for (int64_t i = 0; i < rows; ++i) {
            sum += static_cast<double>(a[static_cast<size_t>(misalignment + i * stride + j)]);
          }
          const double bound = static_cast<double>(rows * rows) * 0x1p-25;
          EXPECT_NEAR(out[j], sum, bound) << rows << " rows, column " << j;
        }
        EXPECT_TRUE(out.GuardsAreIntact());
      }
    }
  }
}

TEST(PanelsHoldEveryElementOnceAndNothingElse) {
  for (const int64_t lanes : {1, 4, 8, 16}) {
    for (const int64_t depth : {1, 2, 3, 17}) {
      for (int64_t columns = 1; columns <= 5 * lanes + 1; ++columns) {
        const PanelShape shape{depth, columns, lanes};
        std::vector<int> uses(static_cast<size_t>(shape.size()), 0);
        for (int64_t j = 0; j < columns; ++j) {
          for (int64_t k = 0; k < depth; ++k) {
            const int64_t index = shape.Index(k, j);
            ASSERT_TRUE(index >= 0 && index < shape.size()) << columns << " columns";
            ++uses[static_cast<size_t>(index)];
          }
        }
        int64_t used = 0;
        for (const int count : uses) {
          EXPECT_LE(count, 1);
          used += count;
        }
        EXPECT_EQ(used, depth * columns) << columns << " columns, " << lanes << " lanes";
      }
    }
  }
}

TEST(PanelsFollowEachOtherAndAreOneToThreeVectorsWide) {
  for (const int64_t lanes : {1, 4, 8, 16}) {
    for (int64_t columns = 1; columns <= 7 * lanes + 1; ++columns) {
      const PanelShape shape{3, columns, lanes};
      int64_t next = 0;
      for (int64_t p = 0; p < shape.panels(); ++p) {
        const Panel panel = shape.PanelAt(p);
        EXPECT_EQ(panel.first_column, next);
        EXPECT_TRUE(panel.vectors >= 1 && panel.vectors <= 3) << columns << " columns";
        EXPECT_TRUE(panel.vectors >= 2 || shape.panels() == 1) << "a narrow panel beside others";
        EXPECT_EQ(shape.Offset(panel), shape.depth * panel.first_column);
        for (int64_t j = next; j < next + shape.Width(panel); ++j) {
          EXPECT_EQ(shape.PanelOf(j).first_column, panel.first_column);
        }
        next += shape.Width(panel);
      }
      EXPECT_EQ(next, shape.padded_columns());
    }
  }
}

}  // namespace
}  // namespace layerwise::testing
