#include "native/core/state_archive.h"

#include <memory>
#include <span>

#include "native/core/arena.h"
#include "test/native/harness.h"

namespace layerwise {
namespace {

// Numbers in memory that is shared, beside one that is not.
struct Member {
  Member() {
    ArenaLayout layout;
    layout.Reserve<float>(5);  // so that the numbers do not begin the memory
    slot = layout.Reserve<float>(3);
    memory = std::make_shared<Arena>(layout);
  }

  std::span<float> values() const { return {memory->At(slot), slot.count}; }

  void Visit(StateArchive& archive) {
    archive.SharedFloats("values", memory, slot);
    archive.Number("count", count);
  }

  Slot<float> slot;
  std::shared_ptr<Arena> memory;
  double count = 0;
};

SavedState Save(Member& member, StateSaver::Shared shared) {
  StateSaver saver(shared);
  member.Visit(saver);
  SavedState state;
  saver.SaveTo(state);
  return state;
}

void Fill(Member& member, float first) {
  for (float& value : member.values()) value = first++;
  member.count = 7;
}

TEST(SharedNumbersAreHeldInPlaceOfACopy) {
  Member member;
  Fill(member, 1);
  const SavedState state = Save(member, StateSaver::Shared::kHeld);
  EXPECT_TRUE(state.Read(*state.Find("values")) == member.values().data());
  EXPECT_EQ(state.bytes(), member.memory->bytes() + state.memory()->bytes());

  const std::weak_ptr<Arena> memory = member.memory;
  member.memory.reset();
  EXPECT_TRUE(!memory.expired());
  Member loaded;
  StateLoader loader(state);
  loaded.Visit(loader);
  loader.RequireAllTaken();
  EXPECT_EQ(loaded.values()[2], 3.0F);
  EXPECT_EQ(loaded.count, 7.0);
  EXPECT_TRUE(loaded.memory != memory.lock());
}

TEST(SharedNumbersAreCopiedForATrainingThatGoesOn) {
  Member member;
  Fill(member, 1);
  const SavedState state = Save(member, StateSaver::Shared::kCopied);
  Fill(member, 10);
  Member loaded;
  StateLoader loader(state);
  loaded.Visit(loader);
  EXPECT_EQ(loaded.values()[0], 1.0F);
  EXPECT_EQ(member.memory.use_count(), 1);
  EXPECT_EQ(state.bytes(), state.memory()->bytes());
}

// A checkpoint of a training that began warm copies what it holds.
TEST(HeldNumbersAreCopiedWithAStateAroundThem) {
  Member member;
  Fill(member, 1);
  SavedState held = Save(member, StateSaver::Shared::kHeld);
  StateSaver saver;
  saver.Nested("kept", held);
  SavedState around;
  saver.SaveTo(around);
  Fill(member, 10);
  const std::span<float> values = around.Values<float>(*around.Find("kept.values"));
  EXPECT_EQ(values[0], 1.0F);
  EXPECT_EQ(values.size(), 3);
}

}  // namespace
}  // namespace layerwise
