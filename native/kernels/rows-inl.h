// Row copies, compiled once per instruction set.

namespace layerwise::LAYERWISE_TARGET {

// Rows are visited in random order, so the memory's own prefetching does not help: about so many
// bytes are fetched ahead, where need be those of the next batch.
inline constexpr int64_t kBytesAhead = 4096;
inline constexpr int64_t kCacheLine = 64;

LAYERWISE_INLINE int64_t SourceRow(const RowCopy& copy, int64_t i) {
  return copy.rows == nullptr ? copy.first_row + i : static_cast<int64_t>(copy.rows[i]);
}

// Fetches each line that a row touches: those of its first bytes, then that of its last one. The
// two overlap only where rows do not begin at lines.
class LineFetcher {
 public:
  LineFetcher(int64_t bytes, int64_t stride_bytes)
      : last_(bytes - 1), end_(stride_bytes % kCacheLine == 0 ? bytes - kCacheLine : bytes) {}

  LAYERWISE_INLINE_MEMBER void Fetch(const char* row) const {
    for (int64_t byte = 0; byte < end_; byte += kCacheLine) Prefetch(row + byte);
    Prefetch(row + last_);
  }

 private:
  int64_t last_;
  int64_t end_;
};

// Fetches the row that is copied some rows after row i.
template <typename T>
class RowPrefetcher {
 public:
  RowPrefetcher(const RowCopy& copy, const T* from)
      : copy_(copy),
        from_(from),
        lines_(BytesOf(copy.columns), BytesOf(copy.from_stride)),
        ahead_(1 + kBytesAhead / BytesOf(copy.columns)),
        end_(copy.rows == nullptr ? 0 : copy.count + copy.upcoming) {}

  LAYERWISE_INLINE_MEMBER void After(int64_t i) const {
    if (i + ahead_ >= end_) return;
    const T* row = from_ + static_cast<int64_t>(copy_.rows[i + ahead_]) * copy_.from_stride;
    lines_.Fetch(reinterpret_cast<const char*>(row));
  }

 private:
  static int64_t BytesOf(int64_t count) { return count * static_cast<int64_t>(sizeof(T)); }

  const RowCopy& copy_;
  const T* from_;
  LineFetcher lines_;
  int64_t ahead_;
  int64_t end_;
};

static void CopyFloats(const RowCopy& copy, const float* from) {
  const int64_t padded = (copy.columns + kLanes - 1) / kLanes * kLanes;
  const int64_t whole = padded <= copy.from_stride ? padded : copy.columns / kLanes * kLanes;
  const int rest = static_cast<int>(copy.columns - whole);
  const RowPrefetcher<float> prefetcher(copy, from);
  for (int64_t i = 0; i < copy.count; ++i) {
    prefetcher.After(i);
    const float* source = from + SourceRow(copy, i) * copy.from_stride;
    float* target = copy.to + i * copy.to_stride;
    for (int64_t j = 0; j < whole; j += kLanes) Store(Load(source + j), target + j);
    if (rest > 0) Store(LoadN(source + whole, rest), target + whole);
  }
}

static void CopyBytes(const RowCopy& copy, const uint8_t* from, float scale, float offset) {
  const int64_t whole = copy.columns / kLanes * kLanes;
  const Vec s = Set(scale);
  const Vec o = Set(offset);
  const RowPrefetcher<uint8_t> prefetcher(copy, from);
  for (int64_t i = 0; i < copy.count; ++i) {
    prefetcher.After(i);
    const uint8_t* source = from + SourceRow(copy, i) * copy.from_stride;
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

static void FetchRows(const RowFetch& rows) {
  const char* from = static_cast<const char*>(rows.from);
  const LineFetcher lines(rows.row_bytes, rows.stride_bytes);
  for (int64_t i = 0; i < rows.count; ++i) {
    lines.Fetch(from + static_cast<int64_t>(rows.rows[i]) * rows.stride_bytes);
  }
}

static const RowKernels& RowTable() {
  static constexpr RowKernels kTable{&CopyFloats, &CopyBytes, &FetchRows};
  return kTable;
}

}  // namespace layerwise::LAYERWISE_TARGET
