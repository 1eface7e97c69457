// Trainings whose rows come while they go on.
#include "native/training/row_stream.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "native/network/network.h"
#include "native/training/run.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

constexpr int64_t kRows = 103;
constexpr int64_t kBatch = 5;
constexpr int64_t kBlock = 20;
constexpr int64_t kColumns = 3;
constexpr int64_t kOutputs = 2;

Value SmallNetwork() { return Spec(kColumns, {Dense(4, "tanh"), Dense(kOutputs, "linear")}); }

std::span<const float> FloatsAt(const float* all, const WantedRows& rows, int64_t columns) {
  return {all + rows.row * columns, static_cast<size_t>(rows.count * columns)};
}

// A training on a stream of the rows of a data set.
class Streamed {
 public:
  explicit Streamed(const Value& options, std::shared_ptr<const RunSnapshot> from = nullptr)
      : source_(RandomData(kRows, kColumns, "matrix", kOutputs, 7)),
        blocks_{EmptyBlock(), EmptyBlock()},
        network_(std::make_shared<Network>(SmallNetwork())),
        run_(network_, blocks_[0], nullptr, options, nullptr, std::move(from),
             std::make_shared<RowStream>(blocks_[0], blocks_[1],
                                         RowStream::Shape{kRows, kBlock, kBatch})) {}

  Run& run() { return run_; }
  std::vector<float> parameters() const { return AllParameters(*network_); }

  void Fill(const WantedRows& wanted) {
    Dataset& block = *blocks_[wanted.block];
    block.WriteInputs(0, FloatsAt(source_->float_inputs(), wanted, kColumns));
    block.WriteTargets(0, FloatsAt(source_->float_targets(), wanted, kOutputs));
    run_.RowsFilled();
  }

 private:
  static std::shared_ptr<Dataset> EmptyBlock() {
    const Value shape = Value::Object{{"rows", kBlock + kBatch - 1},
                                      {"columns", kColumns},
                                      {"inputType", "float32"},
                                      {"target", "matrix"},
                                      {"targetColumns", kOutputs}};
    return std::make_shared<Dataset>(shape);
  }

  std::shared_ptr<Dataset> source_;
  std::shared_ptr<Dataset> blocks_[2];
  std::shared_ptr<Network> network_;
  Run run_;
};

class FillingSink : public RecordingSink {
 public:
  explicit FillingSink(Streamed& streamed) : streamed_(streamed) {}
  void OnRowsWanted(const WantedRows& rows) override {
    wanted.push_back(rows);
    streamed_.Fill(rows);
  }
  void OnProgress(const ProgressEvent&) override {
    if (++batches_ == stop_after) streamed_.run().Stop();
  }

  std::vector<WantedRows> wanted;
  size_t stop_after = 0;

 private:
  Streamed& streamed_;
  size_t batches_ = 0;
};

Value Options(bool shuffles) {
  Value options = RunOptions(3, kBatch, Value::Object{{"type", "adam"}}, "meanSquaredError");
  options.Set("shuffle", shuffles);
  options.Set("seed", 11);
  options.Set("progressIntervalMs", 0);
  options.Set("snapshots", Value::Object{});
  return options;
}

TEST(RowStreamTrainsAsOnTheSameRowsInMemory) {
  Streamed streamed(Options(false));
  FillingSink sink(streamed);
  Execute(streamed.run(), sink);

  const auto network = std::make_shared<Network>(SmallNetwork());
  Run run(network, RandomData(kRows, kColumns, "matrix", kOutputs, 7), nullptr, Options(false));
  RecordingSink told;
  Execute(run, told);
  EXPECT_TRUE(streamed.parameters() == AllParameters(*network));
}

TEST(RowStreamAsksForWholeBlocksOneAfterTheOther) {
  Streamed streamed(Options(true));
  FillingSink sink(streamed);
  Execute(streamed.run(), sink);
  // The last block has the 3 rows too that are less than a batch.
  ASSERT_EQ(sink.wanted.size(), size_t{15});
  for (size_t i = 0; i < sink.wanted.size(); ++i) {
    EXPECT_EQ(sink.wanted[i].epoch, static_cast<int64_t>(i / 5 + 1));
    EXPECT_EQ(sink.wanted[i].row, static_cast<int64_t>(i % 5) * kBlock);
    EXPECT_EQ(sink.wanted[i].count, i % 5 == 4 ? 23 : kBlock);
    EXPECT_EQ(sink.wanted[i].block, i % 2);
  }
}

TEST(RowStreamGoesOnFromAnyBatchWithTheSameBits) {
  Streamed whole(Options(true));
  FillingSink sink(whole);
  Execute(whole.run(), sink);

  for (const size_t batches :
       {size_t{1}, size_t{4}, size_t{9}, size_t{19}, size_t{20}, size_t{41}}) {
    Streamed first(Options(true));
    FillingSink stopping(first);
    stopping.stop_after = batches;
    const RecordedHistory history = Execute(first.run(), stopping);
    Streamed second(Options(true), history.state);
    FillingSink rest(second);
    Execute(second.run(), rest);
    EXPECT_TRUE(second.parameters() == whole.parameters());
  }
}

TEST(RowStreamEndsWhereNoRowsCome) {
  class FailingSink : public RecordingSink {
   public:
    explicit FailingSink(Run& run) : run_(run) {}
    void OnRowsWanted(const WantedRows&) override { run_.RowsFailed(); }

   private:
    Run& run_;
  };
  Streamed streamed(Options(true));
  FailingSink sink(streamed.run());
  EXPECT_THROWS(streamed.run().Execute(sink), "data.rows");
}

TEST(RowStreamStopsWhileItWaits) {
  class StoppingSink : public RecordingSink {
   public:
    explicit StoppingSink(Run& run) : run_(run) {}
    void OnRowsWanted(const WantedRows&) override { run_.Stop(); }

   private:
    Run& run_;
  };
  Streamed streamed(Options(true));
  StoppingSink sink(streamed.run());
  EXPECT_TRUE(streamed.run().Execute(sink).stopped);
}

}  // namespace
}  // namespace layerwise::testing
