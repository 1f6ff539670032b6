#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daedalus/base/error.hpp"

namespace daedalus {

/// A number of a state is one byte, 8 more than it is, if it is below 248; else a byte that is one
/// less than how many bytes follow, then these, the lowest first.
inline constexpr uint64_t kLongestNumber = sizeof(uint64_t);
inline constexpr uint64_t kShortNumbers = 256 - kLongestNumber;

/// Builds a binary state: numbers, strings with their length before them.
class StateWriter {
 public:
  template <std::integral T>
  void integer(T value) {
    const auto wide = static_cast<int64_t>(value);
    // The sign as the lowest bit, so that small negative numbers are short, too.
    number((static_cast<uint64_t>(wide) << 1) ^ static_cast<uint64_t>(wide >> 63));
  }
  /// The first byte last: short decimals have zeros at the end.
  void real(double value) { number(__builtin_bswap64(std::bit_cast<uint64_t>(value))); }
  void boolean(bool value) { bytes_.push_back(value ? 1 : 0); }
  void text(std::string_view value) {
    integer(value.size());
    bytes_.append(value);
  }
  template <std::integral T>
  void optional_integer(const std::optional<T>& value) {
    boolean(value.has_value());
    if (value) integer(*value);
  }
  void optional_real(const std::optional<double>& value) {
    boolean(value.has_value());
    if (value) real(*value);
  }

  const std::string& bytes() const& { return bytes_; }
  std::string bytes() && { return std::move(bytes_); }

 private:
  static_assert(std::endian::native == std::endian::little);

  void number(uint64_t value) {
    if (value < kShortNumbers) {
      bytes_.push_back(static_cast<char>(kLongestNumber + value));
      return;
    }
    const auto size = static_cast<size_t>(64 - std::countl_zero(value) + 7) / 8;
    char sized[1 + sizeof value];
    sized[0] = static_cast<char>(size - 1);
    std::memcpy(sized + 1, &value, sizeof value);
    bytes_.append(sized, 1 + size);
  }

  std::string bytes_;
};

/// Reads what StateWriter wrote, in the same order. Past the end every read gives zero and `ok`
/// turns false: check it once, at the end.
class StateReader {
 public:
  explicit StateReader(std::string_view bytes) : bytes_(bytes) {}

  template <std::integral T = int64_t>
  T integer() {
    const uint64_t folded = number();
    return static_cast<T>(static_cast<int64_t>((folded >> 1) ^ (0 - (folded & 1))));
  }
  double real() { return std::bit_cast<double>(__builtin_bswap64(number())); }
  bool boolean() { return take(1) && bytes_[at_ - 1] != 0; }
  std::string text() {
    const auto size = integer<size_t>();
    if (!take(size)) return {};
    return std::string(bytes_.substr(at_ - size, size));
  }
  template <std::integral T = int64_t>
  std::optional<T> optional_integer() {
    if (!boolean()) return std::nullopt;
    return integer<T>();
  }
  std::optional<double> optional_real() {
    if (!boolean()) return std::nullopt;
    return real();
  }
  /// How many items follow; never more than the bytes left, so that a damaged count cannot
  /// make a reader reserve the machine's memory.
  size_t count() {
    const auto items = integer<size_t>();
    if (items > bytes_.size() - at_) {
      ok_ = false;
      return 0;
    }
    return items;
  }

  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && at_ == bytes_.size(); }

 private:
  uint64_t number() {
    if (!take(1)) return 0;
    const auto first = static_cast<uint8_t>(bytes_[at_ - 1]);
    if (first >= kLongestNumber) return first - kLongestNumber;
    const size_t size = first + 1u;
    if (!take(size)) return 0;
    uint64_t value = 0;
    std::memcpy(&value, bytes_.data() + at_ - size, size);
    return value;
  }
  bool take(size_t size) {
    if (!ok_ || size > bytes_.size() - at_) {
      ok_ = false;
      return false;
    }
    at_ += size;
    return true;
  }

  std::string_view bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

/// A state with what tells whether it is whole: magic, format `version`, size, XXH3 of the content.
std::string seal_state(std::string content, uint32_t version);
/// The content in `sealed`. Errors: malformed, if it is damaged, cut, or of another version.
Result<std::string_view> unseal_state(std::string_view sealed, uint32_t version);

/// For states that are kept: zstd, at one of its fast levels.
std::string compress_state(std::string_view content);
/// Errors: malformed.
Result<std::string> decompress_state(std::string_view compressed);

}  // namespace daedalus
