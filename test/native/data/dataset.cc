#include "native/data/dataset.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "native/core/error.h"
#include "test/native/harness.h"

namespace layerwise {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

using Floats = std::vector<float>;
using Doubles = std::vector<double>;
using Bytes = std::vector<uint8_t>;
using Integers = std::vector<int32_t>;

Value Shape(int64_t rows, int64_t columns, const char* target = "none", int64_t target_columns = 0,
            const char* type = "float32") {
  Value shape =
      Value::Object{{"rows", rows}, {"columns", columns}, {"inputType", type}, {"target", target}};
  if (target_columns > 0) shape.Set("targetColumns", target_columns);
  return shape;
}

Value With(Value shape, const char* name, Value value) {
  shape.Set(name, std::move(value));
  return shape;
}

TEST(DatasetsReadTheirShape) {
  const Dataset plain(Shape(3, 2));
  EXPECT_EQ(plain.rows(), 3);
  EXPECT_EQ(plain.columns(), 2);
  EXPECT_TRUE(plain.target_kind() == TargetKind::kNone);
  EXPECT_GE(plain.bytes(), size_t{24});
  EXPECT_TRUE(plain.byte_inputs() == nullptr);
  EXPECT_TRUE(plain.class_targets() == nullptr);
  const Dataset bytes(With(With(Shape(3, 2, "input", 0, "uint8"), "scale", 0.5), "offset", -1));
  EXPECT_EQ(bytes.target_columns(), 2);
  EXPECT_EQ(bytes.scale(), 0.5f);
  EXPECT_EQ(bytes.offset(), -1.0f);
  EXPECT_TRUE(bytes.float_inputs() == nullptr);
}

TEST(ShapesOfDatasetsAreChecked) {
  EXPECT_THROWS(Dataset(Value()), "an object");
  EXPECT_THROWS(Dataset(Value::Object{}), "rows");
  EXPECT_THROWS(Dataset(Shape(0, 2)), "rows");
  EXPECT_THROWS(Dataset(Shape(-1, 2)), "rows");
  EXPECT_THROWS(Dataset(Shape(2, 0)), "columns");
  EXPECT_THROWS(Dataset(With(Shape(1, 1), "rows", 1.5)), "rows");
  EXPECT_THROWS(Dataset(With(Shape(1, 1), "rows", "many")), "rows");
  EXPECT_THROWS(Dataset(With(Shape(1, 1), "rows", int64_t{1} << 40)), "rows");
  EXPECT_THROWS(Dataset(With(Shape(1, 1), "inputType", "int8")), "float32 or uint8");
  EXPECT_THROWS(Dataset(Shape(1, 1, "labels")), "one of none, input, classes, matrix");
  EXPECT_THROWS(Dataset(Shape(1, 1, "classes")), "targetColumns");
  EXPECT_THROWS(Dataset(Shape(1, 1, "matrix")), "targetColumns");
  EXPECT_THROWS(Dataset(With(Shape(1, 1), "targets", 3)), "targets");
  EXPECT_THROWS(Dataset(With(Shape(1, 1), "scale", 2)), "for bytes only");
  EXPECT_THROWS(Dataset(With(Shape(1, 1, "none", 0, "uint8"), "scale", 1e300)), "scale");
  EXPECT_THROWS(Dataset(With(Shape(1, 1, "none", 0, "uint8"), "scale", 3e38)), "stay finite");
  EXPECT_THROWS(Dataset(With(Shape(1, 1, "none", 0, "uint8"), "offset", kNaN)), "offset");
}

TEST(DatasetsLargerThanMemoryAreAnError) {
  constexpr int64_t kRows = std::numeric_limits<int32_t>::max();
  EXPECT_THROWS(Dataset(Shape(kRows, 1 << 24)), "memory: expected");
  EXPECT_THROWS(Dataset(Shape(kRows, 1 << 24, "matrix", 1 << 24)), "memory: expected");
}

TEST(InputsArriveInSlices) {
  Dataset data(Shape(3, 2));
  data.WriteInputs(0, Floats{1, 2});
  data.WriteInputs(1, Doubles{3, 4, 5, 6});
  data.WriteInputs(1, Floats{7, 8});  // again
  data.WriteInputs(3, Floats{});      // nothing, at the end
  data.Freeze();
  const float expected[] = {1, 2, 7, 8, 5, 6};
  for (int i = 0; i < 6; ++i) EXPECT_EQ(data.float_inputs()[i], expected[i]);
}

TEST(RowsBeginAtCacheLinesWhereThatTakesLittleMemory) {
  for (const auto& [columns, stride] : {std::pair{4, 4}, {14, 14}, {15, 16}, {28, 28}, {30, 32}}) {
    Dataset data(Shape(3, columns, "matrix", columns));
    EXPECT_EQ(data.input_stride(), stride);
    EXPECT_EQ(data.target_stride(), stride);
    Floats inputs(static_cast<size_t>(3 * columns));
    std::iota(inputs.begin(), inputs.end(), 1.0f);
    data.WriteInputs(0, inputs);
    data.WriteTargets(0, Doubles(inputs.begin(), inputs.end()));
    data.Freeze();
    for (int row = 0; row < 3; ++row) {
      for (int column = 0; column < stride; ++column) {
        const float expected =
            column < columns ? static_cast<float>(row * columns + column + 1) : 0;
        EXPECT_EQ(data.float_inputs()[row * stride + column], expected);
        EXPECT_EQ(data.float_targets()[row * stride + column], expected);
      }
    }
  }
}

TEST(RowsWithGapsAreEqualWhereTheirNumbersAre) {
  for (const float last : {1.0f, 2.0f}) {
    Dataset data(Shape(2, 15, "input"));
    Floats inputs(30, 1.0f);
    inputs.back() = last;
    data.WriteInputs(0, inputs);
    EXPECT_EQ(data.TargetsAreConstant(), last == 1.0f);
  }
}

TEST(RowsWithGapsAreCopiedAsTheyAre) {
  Dataset data(Shape(3, 15, "matrix", 31));
  data.WriteInputs(0, Floats(45, 1.0f));
  data.WriteInputs(2, Floats(15, 7.0f));
  data.WriteTargets(0, Floats(93, 2.0f));
  const std::unique_ptr<Dataset> copy = Dataset::InMemory(data, 2);
  std::vector<std::byte> buffer;
  const RowPlace places[] = {{0, 1}, {2, 0}};
  data.CopyRows(places, *copy, buffer);
  EXPECT_EQ(copy->float_inputs()[14], 7.0f);
  EXPECT_EQ(copy->float_inputs()[15], 0.0f);
  EXPECT_EQ(copy->float_inputs()[16], 1.0f);
  EXPECT_EQ(copy->float_targets()[32 + 30], 2.0f);
}

TEST(BytesStayBytes) {
  Dataset data(Shape(2, 2, "input", 0, "uint8"));
  data.WriteInputs(0, Bytes{0, 1, 254, 255});
  data.Freeze();
  EXPECT_EQ(data.byte_inputs()[3], 255);
}

TEST(SlicesMustBeWholeRowsInOrder) {
  Dataset data(Shape(3, 2));
  EXPECT_THROWS(data.WriteInputs(0, Floats{1, 2, 3}), "whole rows of 2 values, received 3 values");
  EXPECT_THROWS(data.WriteInputs(1, Floats{1, 2}), "rows from row 0 on, of 3");
  EXPECT_THROWS(data.WriteInputs(-1, Floats{1, 2}), "rows from row");
  EXPECT_THROWS(data.WriteInputs(0, Floats(8, 1.0f)), "4 rows from row 0 on");
  EXPECT_THROWS(data.WriteInputs(std::numeric_limits<int64_t>::max(), Floats{1, 2}), "rows from");
  data.WriteInputs(0, Floats(6, 1.0f));
  EXPECT_THROWS(data.WriteInputs(2, Floats(4, 1.0f)), "2 rows from row 2 on");
  EXPECT_THROWS(data.WriteInputs(4, Floats{}), "rows from");
}

TEST(TypesOfInputsMustFit) {
  Dataset floats(Shape(1, 1));
  Dataset bytes(Shape(1, 1, "none", 0, "uint8"));
  EXPECT_THROWS(floats.WriteInputs(0, Bytes{1}), "inputs: expected floating-point numbers");
  EXPECT_THROWS(bytes.WriteInputs(0, Floats{1}), "inputs: expected bytes");
  EXPECT_THROWS(bytes.WriteInputs(0, Doubles{1}), "inputs: expected bytes");
  EXPECT_THROWS(floats.WriteTargets(0, Floats{1}), "targets: expected no targets");
}

TEST(ValuesThatAreNotFiniteAreFoundWhereverTheyStand) {
  // The copy goes piece by piece; look around the ends of a piece too.
  for (const int64_t wrong : {0, 1, 2046, 2047, 2048, 4095, 4096, 4999}) {
    for (const float value : {kNaN, kInfinity, -kInfinity}) {
      Dataset data(Shape(1000, 5));
      Floats values(5000, 1.0f);
      values[static_cast<size_t>(wrong)] = value;
      const std::string path =
          "inputs[" + std::to_string(wrong / 5) + "][" + std::to_string(wrong % 5) + "]";
      EXPECT_THROWS(data.WriteInputs(0, values), path + ": expected a finite number");
    }
  }
  // In rows with gaps too, of which as many are copied at a time as fill a piece.
  for (const int64_t wrong : {0, 29, 30, 1919, 1920, 2999}) {
    Dataset data(Shape(100, 30));
    Floats values(3000, 1.0f);
    values[static_cast<size_t>(wrong)] = kNaN;
    const std::string path =
        "inputs[" + std::to_string(wrong / 30) + "][" + std::to_string(wrong % 30) + "]";
    EXPECT_THROWS(data.WriteInputs(0, values), path + ": expected a finite number");
  }
  Dataset data(Shape(2, 2));
  data.WriteInputs(0, Floats{1, 2});
  EXPECT_THROWS(data.WriteInputs(1, Doubles{1, kNaN}), "inputs[1][1]: expected a finite number");
  EXPECT_THROWS(data.WriteInputs(1, Doubles{-1e39, 1}),
                "inputs[1][0]: expected a number that single precision can hold, received -1e+39");
}

TEST(RowsOfAFailedSliceCountAsUnwritten) {
  Dataset data(Shape(3, 1));
  data.WriteInputs(0, Floats{1, 2, 3});
  EXPECT_THROWS(data.WriteInputs(1, Floats{4, kNaN}), "inputs[2][0]");
  EXPECT_THROWS(data.Freeze(), "all 3 rows written, received 1 rows");
  data.WriteInputs(1, Floats{4, 5});
  data.Freeze();
}

TEST(ClassesAreChecked) {
  Dataset data(Shape(3, 1, "classes", 4));
  EXPECT_THROWS(data.WriteTargets(0, Integers{0, 4}),
                "targets[1]: expected a class, an integer from 0 to 3, received 4");
  EXPECT_THROWS(data.WriteTargets(0, Integers{-1}), "targets[0]");
  EXPECT_THROWS(data.WriteTargets(0, Floats{0, 1, 1.5f}), "targets[2]");
  EXPECT_THROWS(data.WriteTargets(0, Floats{kNaN}), "received NaN");
  EXPECT_THROWS(data.WriteTargets(0, Doubles{1e300}), "received 1e+300");
  EXPECT_THROWS(data.WriteTargets(0, Doubles{-0.5}), "received -0.5");
  EXPECT_THROWS(data.WriteTargets(0, Doubles{2147483648.0}), "received 2147483648");
  EXPECT_THROWS(data.WriteTargets(0, Integers{0, 1, 2, 3}), "rows from row 0 on, of 3");
  data.WriteTargets(0, Integers{0, 3});
  data.WriteTargets(2, Doubles{2});
  data.WriteInputs(0, Floats{1, 2, 3});
  data.Freeze();
  EXPECT_EQ(data.class_targets()[1], 3);
  EXPECT_EQ(data.class_targets()[2], 2);
}

TEST(MatricesOfTargetsAreChecked) {
  Dataset data(Shape(2, 1, "matrix", 2));
  EXPECT_THROWS(data.WriteTargets(0, Floats{1}), "targets: expected whole rows of 2 values");
  EXPECT_THROWS(data.WriteTargets(0, Floats{1, 2, kNaN, 3}), "targets[1][0]");
  data.WriteTargets(0, Integers{1, 2});
  data.WriteTargets(1, Doubles{0.5, -0.5});
  EXPECT_EQ(data.float_targets()[3], -0.5f);
}

TEST(DataInUseCannotBeWritten) {
  Dataset data(Shape(1, 1, "classes", 2));
  EXPECT_THROWS(data.Freeze(), "all 1 rows written, received 0 rows");
  data.WriteInputs(0, Floats{1});
  EXPECT_THROWS(data.Freeze(), "received 0 rows");
  data.WriteTargets(0, Integers{1});
  data.Freeze();
  data.Freeze();
  EXPECT_THROWS(data.WriteInputs(0, Floats{1}), "inputs: expected data that no run has used yet");
  EXPECT_THROWS(data.WriteTargets(0, Integers{1}), "targets: expected data that no run has used");
}

}  // namespace
}  // namespace layerwise
