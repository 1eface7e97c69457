#include "native/data/read_ahead.h"

// Stamps of files are read by a call of POSIX here; the tests of the package read files elsewhere.
#if !defined(_WIN32)

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "native/core/error.h"
#include "native/core/random.h"
#include "native/data/row_blocks.h"
#include "test/native/core/fake_root.h"
#include "test/native/harness.h"

namespace layerwise {
namespace {

template <typename T>
std::string BytesOf(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// A folder with a file of numbers behind a header of three bytes.
class NumberFile {
 public:
  template <typename T>
  explicit NumberFile(const std::vector<T>& values) {
    Write(BytesOf(values));
  }
  void Write(const std::string& bytes) { root_.Write("rows", "abc" + bytes); }

  Value Describe(const char* type) const {
    struct stat status = {};
    stat(path().c_str(), &status);
    return Value::Object {
      {"path", path()}, {"place", "inputs"}, {"bytes", static_cast<int64_t>(status.st_size)},
#if defined(__APPLE__)
          {"modifiedSeconds", static_cast<int64_t>(status.st_mtimespec.tv_sec)},
          {"modifiedNanoseconds", static_cast<int64_t>(status.st_mtimespec.tv_nsec)},
#else
          {"modifiedSeconds", static_cast<int64_t>(status.st_mtim.tv_sec)},
          {"modifiedNanoseconds", static_cast<int64_t>(status.st_mtim.tv_nsec)},
#endif
          {"start", 3}, {
        "type", type
      }
    };
  }
  std::string path() const { return root_.path() + "/rows"; }

 private:
  FakeRoot root_;
};

Value Shape(int64_t rows, int64_t columns, const char* type = "float32") {
  return Value::Object{{"rows", rows},        {"columns", columns},  {"inputType", type},
                       {"target", "classes"}, {"targetColumns", 10}, {"weights", true}};
}

Value InFile(Value shape, Value file, int64_t memory) {
  file.Set("memory", memory);
  shape.Set("file", std::move(file));
  return shape;
}

void WriteTargets(Dataset& data) {
  std::vector<int32_t> classes(static_cast<size_t>(data.rows()));
  std::vector<float> weights(classes.size());
  for (size_t i = 0; i < classes.size(); ++i) {
    classes[i] = static_cast<int32_t>(i * 7 % 10);
    weights[i] = static_cast<float>(i % 3);
  }
  data.WriteTargets(0, classes);
  data.WriteWeights(0, weights);
  data.Freeze();
}

std::vector<float> Counted(int64_t count) {
  std::vector<float> values(static_cast<size_t>(count));
  std::iota(values.begin(), values.end(), 0.5f);
  return values;
}

// Whether the rows that were staged are those of a selection, inputs and all.
bool IsRight(const ReadAhead::Staged& staged, const Dataset& memory, const RowSelection& wanted) {
  for (int64_t i = 0; i < wanted.count; ++i) {
    const int64_t from = wanted.At(i);
    const int64_t at = staged.rows.At(i);
    const auto bytes = static_cast<size_t>(memory.columns()) * sizeof(float);
    if (std::memcmp(staged.data.float_inputs() + at * memory.input_stride(),
                    memory.float_inputs() + from * memory.input_stride(), bytes) != 0 ||
        staged.data.class_targets()[at] != memory.class_targets()[from] ||
        staged.data.weights()[at] != memory.weights()[from]) {
      return false;
    }
  }
  return true;
}

struct Case {
  int64_t rows;
  int64_t columns;
  int64_t batch;
  int64_t memory;  // of the windows
};

TEST(RowsOfFilesComeInAnyOrderAsThoseInMemory) {
  const Case cases[] = {{1, 1, 1, 1},        {1000, 3, 7, 1},        {1000, 3, 7, 4096},
                        {5000, 40, 32, 1},   {5000, 40, 32, 300000}, {4097, 300, 64, 1 << 21},
                        {5000, 40, 5000, 1}, {1000, 30, 7, 1},       {1000, 30, 7, 9000}};
  for (const auto& [rows, columns, batch, window] : cases) {
    const std::vector<float> values = Counted(rows * columns);
    const NumberFile file(values);
    Dataset memory(Shape(rows, columns));
    memory.WriteInputs(0, values);
    WriteTargets(memory);
    Dataset data(InFile(Shape(rows, columns), file.Describe("float32"), window));
    WriteTargets(data);
    ReadAhead ahead;
    std::vector<uint32_t> order(static_cast<size_t>(rows));
    for (uint32_t epoch = 0; epoch < 3; ++epoch) {
      // Drawn anew in the same memory, as those of epochs are.
      Permutation(RandomStream(5, StreamPurpose::kShuffle, epoch), order);
      const RowSelection all{epoch == 2 ? nullptr : order.data(), 0, rows};
      for (int64_t at = 0; at < rows; at += batch) {
        const RowSelection rows_of_batch = all.Slice(at, std::min(batch, rows - at));
        ASSERT_TRUE(IsRight(ahead.Take(data, rows_of_batch), memory, rows_of_batch))
            << rows << " rows, batch " << batch << ", epoch " << epoch << ", at " << at;
        // Stopped half-way: the next epoch begins with others.
        if (epoch == 0 && at > rows / 2) break;
      }
    }
  }
}

TEST(OtherRowsThanThoseReadAheadAreReadThen) {
  const std::vector<float> values = Counted(3000);
  const NumberFile file(values);
  Dataset memory(Shape(1000, 3));
  memory.WriteInputs(0, values);
  WriteTargets(memory);
  Dataset data(InFile(Shape(1000, 3), file.Describe("float32"), 4000));
  WriteTargets(data);
  Dataset other(InFile(Shape(1000, 3), file.Describe("float32"), 9000));
  WriteTargets(other);
  ReadAhead ahead;
  std::vector<uint32_t> order(1000);
  Permutation(RandomStream(5, StreamPurpose::kShuffle, 0), order);
  const RowSelection all{order.data(), 0, 1000};
  for (const int64_t at : {0, 10, 500, 20, 30, 990, 0, 980, 990}) {
    const RowSelection batch = all.Slice(at, 10);
    EXPECT_TRUE(IsRight(ahead.Take(data, batch), memory, batch)) << "at " << at;
    EXPECT_TRUE(at % 20 != 0 || IsRight(ahead.Take(other, batch), memory, batch)) << "at " << at;
  }
}

TEST(WindowsKeepToTheMemoryThatTheyAreGiven) {
  constexpr int64_t kMemory = int64_t{1} << 16;
  const NumberFile file(Counted(20000));
  Dataset data(InFile(Shape(20000, 1), file.Describe("float32"), kMemory));
  WriteTargets(data);
  ReadAhead ahead;
  int64_t most_rows = 0;
  for (int64_t at = 0; at < 20000; at += 10) {
    const RowSelection batch = RowSelection{nullptr, 0, 20000}.Slice(at, 10);
    most_rows = std::max(most_rows, ahead.Take(data, batch).data.rows());
  }
  // Beside a row of 12 bytes 12 more are kept, to know it by.
  EXPECT_EQ(most_rows, kMemory / 2 / 24 / 10 * 10);
}

TEST(NumbersOfAnyTypeBecomeFloats) {
  const auto expect = [](const NumberFile& file, Value description, std::vector<float> expected) {
    Dataset data(InFile(Shape(2, 2), std::move(description), 1));
    WriteTargets(data);
    ReadAhead ahead;
    const uint32_t rows[] = {1, 0};
    const ReadAhead::Staged staged = ahead.Take(data, {rows, 0, 2});
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(staged.data.float_inputs()[staged.rows.At(static_cast<int64_t>(i / 2)) * 2 +
                                           static_cast<int64_t>(i % 2)],
                expected[i])
          << file.path() << " at " << i;
    }
  };
  const NumberFile doubles(std::vector<double>{1.5, -0.0, 0.1, 4});
  expect(doubles, doubles.Describe("float64"), {0.1f, 4, 1.5f, -0.0f});
  const NumberFile integers(std::vector<int32_t>{1, -2, 1 << 30, 4});
  expect(integers, integers.Describe("int32"), {1 << 30, 4, 1, -2});
  const NumberFile longs(std::vector<int64_t>{1, -2, 3, 4});
  expect(longs, longs.Describe("int64"), {3, 4, 1, -2});
  Value scaled = integers.Describe("int32");
  scaled.Set("scale", 0.1);
  scaled.Set("offset", 1);
  expect(integers, scaled,
         {static_cast<float>((1 << 30) * 0.1 + 1), static_cast<float>(4 * 0.1 + 1),
          static_cast<float>(1 * 0.1 + 1), static_cast<float>(-2 * 0.1 + 1)});
}

TEST(NumbersTooLargeForFloatsAreToldAsTheyStand) {
  const NumberFile file(std::vector<double>{1, 2, 3, -1e300});
  Dataset data(InFile(Shape(2, 2), file.Describe("float64"), 1));
  WriteTargets(data);
  ReadAhead ahead;
  EXPECT_THROWS(ahead.Take(data, {nullptr, 0, 2}),
                "inputs[1][1]: expected a number that single precision can hold, received -1e+300");
}

TEST(WhatIsWrongInAFileIsToldWhereItIsTaken) {
  std::vector<float> values = Counted(300);
  values[205] = std::numeric_limits<float>::quiet_NaN();
  NumberFile file(values);
  Dataset data(InFile(Shape(100, 3), file.Describe("float32"), 1));
  WriteTargets(data);
  ReadAhead ahead;
  const RowSelection all{nullptr, 0, 100};
  EXPECT_THROWS(ahead.Take(data, all), "inputs[68][1]: expected a finite number");
  EXPECT_EQ(ahead.Take(data, all.Slice(0, 4)).rows.count, 4);
  EXPECT_THROWS(ForEachBlock(data, [](const Dataset&, int64_t, int64_t) {}), "inputs[68][1]");

  file.Write("cut");
  try {
    for (int64_t at = 4; at < 100; at += 4) ahead.Take(data, all.Slice(at, 4));
    EXPECT_TRUE(false);
  } catch (const Error& error) {
    EXPECT_TRUE(error.kind() == ErrorKind::kFile);
    EXPECT_EQ(error.path(), file.path());
  }
}

TEST(FilesThatAreNotAsDescribedAreRefused) {
  NumberFile file(Counted(300));
  Value description = file.Describe("float32");
  EXPECT_THROWS(Dataset(InFile(Shape(101, 3), description, 1)), "101 rows");
  EXPECT_THROWS(Dataset(InFile(Shape(100, 3, "uint8"), description, 1)), "inputType");
  EXPECT_THROWS(Dataset(InFile(Shape(1, 1), file.Describe("int8"), 1)), "type");
  file.Write("another");
  EXPECT_THROWS(Dataset(InFile(Shape(100, 3), description, 1)), "received 10 bytes");
  description.Set("path", file.path() + "x");
  EXPECT_THROWS(Dataset(InFile(Shape(100, 3), description, 1)), "a file that can be opened");
  Dataset data(InFile(Shape(1, 1), file.Describe("float32"), 1));
  const float value[] = {1};
  EXPECT_THROWS(data.WriteInputs(0, value), "lie in a file");
}

}  // namespace
}  // namespace layerwise

#endif
