#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "daedalus/base/error.hpp"

namespace daedalus {

/// Builds a binary state: little-endian fixed-width numbers, strings with their length before them.
class StateWriter {
 public:
  template <std::integral T>
  void integer(T value) {
    const int64_t wide = static_cast<int64_t>(value);
    bytes_.append(reinterpret_cast<const char*>(&wide), sizeof wide);
  }
  void real(double value) { integer(std::bit_cast<int64_t>(value)); }
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

  const std::string& bytes() const { return bytes_; }

 private:
  static_assert(std::endian::native == std::endian::little);
  std::string bytes_;
};

/// Reads what StateWriter wrote, in the same order. Past the end every read gives zero and `ok`
/// turns false: check it once, at the end.
class StateReader {
 public:
  explicit StateReader(std::string_view bytes) : bytes_(bytes) {}

  template <std::integral T = int64_t>
  T integer() {
    int64_t wide = 0;
    if (!take(sizeof wide)) return 0;
    std::memcpy(&wide, bytes_.data() + at_ - sizeof wide, sizeof wide);
    return static_cast<T>(wide);
  }
  double real() { return std::bit_cast<double>(integer<int64_t>()); }
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

/// A state as a file: magic, format `version`, size, XXH3 of the content; zstd-compressed.
std::string seal_state(std::string_view content, uint32_t version);
/// The content back. Errors: malformed, if it is damaged, cut, or of another version.
Result<std::string> unseal_state(std::string_view sealed, uint32_t version);

}  // namespace daedalus
