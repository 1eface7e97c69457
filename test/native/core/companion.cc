#include "native/core/companion.h"

#include <atomic>
#include <thread>

#include "test/native/harness.h"

namespace layerwise {
namespace {

// Each stays: its thread may be about to leave when a test ends.
Companion& NewCompanion(int processors) { return *new Companion(processors); }

// Offers the task until the companion has begun with it, as it does once it has a processor.
template <typename Function>
void OfferUntilTaken(Companion& companion, std::atomic<bool>& begun, Companion::Task task,
                     void* context, const Function& then) {
  while (true) {
    const Companion::Hold hold(companion);
    if (!hold) continue;
    companion.Offer(task, context);
    for (int i = 0; i < 1000 && !begun.load(); ++i) std::this_thread::yield();
    const bool is_done = companion.Collect();
    if (begun.load()) {
      then(is_done);
      return;
    }
  }
}

struct Sum {
  std::atomic<bool> begun{false};
  int a = 0;
  int b = 0;
  int result = 0;
};

TEST(WhatACompanionHasDoneIsVisible) {
  static Companion& companion = NewCompanion(2);
  for (int round = 0; round < 20; ++round) {
    Sum sum;
    sum.a = round;
    sum.b = 2;
    OfferUntilTaken(
        companion, sum.begun,
        [](void* context) noexcept {
          auto* task = static_cast<Sum*>(context);
          task->begun.store(true);
          task->result = task->a + task->b;
        },
        &sum,
        [&](bool is_done) {
          EXPECT_TRUE(Companion::OfThisThread() == &companion);
          if (!is_done) companion.WaitUntilIdle();
          EXPECT_EQ(sum.result, round + 2);
        });
    EXPECT_TRUE(Companion::OfThisThread() == nullptr);
  }
}

TEST(ACompanionIsForOneThreadAtATime) {
  static Companion& companion = NewCompanion(2);
  bool was_held = false;
  while (!was_held) {
    const Companion::Hold hold(companion);
    if (!hold) continue;
    was_held = true;
    std::thread([] {
      const Companion::Hold other(companion);
      EXPECT_FALSE(static_cast<bool>(other));
      EXPECT_TRUE(Companion::OfThisThread() == nullptr);
    }).join();
  }
}

TEST(TheFirstCallsOfASeriesAreServedAlone) {
  static Companion& companion = NewCompanion(2);
  for (int i = 0; i < Companion::kCallsBeforeStart; ++i) {
    const Companion::Hold hold(companion);
    EXPECT_FALSE(static_cast<bool>(hold));
  }
}

TEST(OnOneProcessorThereIsNoCompanion) {
  static Companion& companion = NewCompanion(1);
  for (int i = 0; i < 100; ++i) {
    const Companion::Hold hold(companion);
    EXPECT_FALSE(static_cast<bool>(hold));
  }
}

struct Gate {
  std::atomic<bool> begun{false};
  std::atomic<bool> opens{false};
  int passed = 0;
};

TEST(ALateCompanionIsNotWaitedFor) {
  static Companion& companion = NewCompanion(2);
  Gate gate;
  OfferUntilTaken(
      companion, gate.begun,
      [](void* context) noexcept {
        auto* late = static_cast<Gate*>(context);
        late->begun.store(true);
        while (!late->opens.load()) std::this_thread::yield();
        late->passed = 1;
      },
      &gate,
      [&](bool is_done) {
        EXPECT_FALSE(is_done);
        EXPECT_TRUE(companion.IsAtWork());
        // Another task would be offered to nobody.
        companion.Offer([](void*) noexcept {}, nullptr);
        EXPECT_FALSE(companion.Collect());
      });
  {
    const Companion::Hold hold(companion);
    EXPECT_FALSE(static_cast<bool>(hold));
  }
  gate.opens.store(true);
  companion.WaitUntilIdle();
  EXPECT_EQ(gate.passed, 1);
}

}  // namespace
}  // namespace layerwise
