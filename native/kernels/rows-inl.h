// Row copies, compiled once per instruction set.

namespace layerwise::LAYERWISE_TARGET {

// Rows are visited in random order, so the memory's own prefetching does not help: fetch ahead.
inline constexpr int64_t kRowsAhead = 4;

LAYERWISE_INLINE int64_t SourceRow(const RowCopy& copy, int64_t i) {
  return copy.rows == nullptr ? copy.first_row + i : static_cast<int64_t>(copy.rows[i]);
}

template <typename T>
LAYERWISE_INLINE void PrefetchRow(const RowCopy& copy, int64_t i, const T* from) {
  if (copy.rows == nullptr || i >= copy.count) return;
  const char* row = reinterpret_cast<const char*>(from + SourceRow(copy, i) * copy.columns);
  const int64_t bytes = copy.columns * static_cast<int64_t>(sizeof(T));
  for (int64_t byte = 0; byte < bytes; byte += 64) Prefetch(row + byte);
}

static void CopyFloats(const RowCopy& copy, const float* from) {
  const int64_t whole = copy.columns / kLanes * kLanes;
  const int rest = static_cast<int>(copy.columns - whole);
  for (int64_t i = 0; i < copy.count; ++i) {
    PrefetchRow(copy, i + kRowsAhead, from);
    const float* source = from + SourceRow(copy, i) * copy.columns;
    float* target = copy.to + i * copy.to_stride;
    for (int64_t j = 0; j < whole; j += kLanes) Store(Load(source + j), target + j);
    if (rest > 0) Store(LoadN(source + whole, rest), target + whole);
  }
}

static void CopyBytes(const RowCopy& copy, const uint8_t* from, float scale, float offset) {
  const int64_t whole = copy.columns / kLanes * kLanes;
  const Vec s = Set(scale);
  const Vec o = Set(offset);
  for (int64_t i = 0; i < copy.count; ++i) {
    PrefetchRow(copy, i + kRowsAhead, from);
    const uint8_t* source = from + SourceRow(copy, i) * copy.columns;
    float* target = copy.to + i * copy.to_stride;
    for (int64_t j = 0; j < whole; j += kLanes) {
      Store(MulAdd(LoadBytes(source + j), s, o), target + j);
    }
    if (whole == copy.columns) continue;
    uint8_t last[kLanes] = {};
    const int rest = static_cast<int>(copy.columns - whole);
    for (int lane = 0; lane < rest; ++lane) last[lane] = source[whole + lane];
    Store(Zero(), target + whole);
    StoreN(MulAdd(LoadBytes(last), s, o), target + whole, rest);
  }
}

static const RowKernels& RowTable() {
  static constexpr RowKernels kTable{&CopyFloats, &CopyBytes};
  return kTable;
}

}  // namespace layerwise::LAYERWISE_TARGET
