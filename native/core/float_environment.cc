#include "native/core/float_environment.h"

#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
#elif defined(_M_ARM64) && defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#endif

namespace layerwise {
namespace {

#if defined(__x86_64__) || defined(_M_X64)

constexpr uint64_t kFlushBits = 0x8040;  // MXCSR: results to zero (15), operands taken as zero (6)

uint64_t ReadControl() { return _mm_getcsr(); }
void WriteControl(uint64_t control) { _mm_setcsr(static_cast<unsigned>(control)); }

#elif defined(__aarch64__)

constexpr uint64_t kFlushBits = uint64_t{1} << 24;  // FPCR.FZ

uint64_t ReadControl() {
  uint64_t control = 0;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  return control;
}
void WriteControl(uint64_t control) { __asm__ volatile("msr fpcr, %0" : : "r"(control)); }

#elif defined(_M_ARM64) && defined(_MSC_VER) && !defined(__clang__)

constexpr uint64_t kFlushBits = uint64_t{1} << 24;  // FPCR.FZ

uint64_t ReadControl() { return static_cast<uint64_t>(_ReadStatusReg(ARM64_FPCR)); }
void WriteControl(uint64_t control) { _WriteStatusReg(ARM64_FPCR, static_cast<int64_t>(control)); }

#else

constexpr uint64_t kFlushBits = 0;

uint64_t ReadControl() { return 0; }
void WriteControl(uint64_t) {}

#endif

}  // namespace

FlushDenormals::FlushDenormals() : saved_(ReadControl()) { WriteControl(saved_ | kFlushBits); }

// Only our bits: exception flags and rounding belong to whoever changed them meanwhile.
FlushDenormals::~FlushDenormals() {
  WriteControl((ReadControl() & ~kFlushBits) | (saved_ & kFlushBits));
}

}  // namespace layerwise
