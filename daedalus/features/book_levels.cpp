#include <algorithm>

#include "daedalus/features/book_tracker.hpp"

namespace daedalus {
namespace {

/// Turns doubles into mantissas at a book's scale.
struct MantissaReader {
  int scale = 0;

  std::optional<int64_t> read(double value) const {
    const auto mantissa = mantissa_of_double(value, scale);
    if (mantissa && std::abs(*mantissa) < kPowersOfTen[18]) return mantissa;
    const auto decimal = shortest_decimal(value);
    return decimal ? mantissa_at(*decimal, scale) : std::nullopt;
  }

  /// All of them without a branch; false if one is not exactly a short mantissa at the scale, and
  /// has to be read alone.
  bool read_all(std::span<const double> values, int64_t* out) const {
    const auto power = static_cast<double>(kPowersOfTen[scale]);
    const auto limit = static_cast<double>(int64_t{1} << 52);
    bool are_exact = true;
    for (size_t i = 0; i < values.size(); ++i) {
      const double scaled = values[i] * power;
      const auto mantissa = static_cast<int64_t>(scaled < limit ? scaled + 0.5 : 0);
      are_exact &= static_cast<double>(mantissa) / power == values[i];
      out[i] = mantissa;
    }
    return are_exact;
  }
};

/// A row's levels as they were read, and the decimals of the first value that did not fit.
struct Reading {
  std::optional<double> unfit_price;
  std::optional<double> unfit_size;

  bool is_complete() const { return !unfit_price && !unfit_size; }
};

/// Value by value: for what is not short, or not usable.
Reading read_side_slowly(const LevelsInput& input, const MantissaReader& prices,
                         const MantissaReader& sizes, std::vector<BookLevel>& out) {
  out.clear();
  for (size_t i = 0; i < input.prices.size(); ++i) {
    const auto price = prices.read(input.prices[i]);
    if (!price || *price <= 0) return {.unfit_price = input.prices[i], .unfit_size = {}};
    const auto size = sizes.read(input.sizes[i]);
    if (!size || *size < 0) return {.unfit_price = {}, .unfit_size = input.sizes[i]};
    out.push_back({*price, *size});
  }
  return {};
}

Reading read_side(const LevelsInput& input, const MantissaReader& prices,
                  const MantissaReader& sizes, std::vector<BookLevel>& out) {
  constexpr size_t kBlock = 64;
  int64_t price[kBlock];
  int64_t size[kBlock];
  out.clear();
  for (size_t from = 0; from < input.prices.size(); from += kBlock) {
    const size_t count = std::min(kBlock, input.prices.size() - from);
    bool is_usable = prices.read_all(input.prices.subspan(from, count), price) &&
                     sizes.read_all(input.sizes.subspan(from, count), size);
    for (size_t i = 0; i < count && is_usable; ++i) {
      is_usable = price[i] > 0 && size[i] >= 0;
      out.push_back({price[i], size[i]});
    }
    if (!is_usable) return read_side_slowly(input, prices, sizes, out);
  }
  return {};
}

/// Makes room for a value that did not fit. Errors: malformed, if nothing can.
Result<void> make_room(const BookInput& row, const Reading& reading, OrderBook& book) {
  const double unfit = reading.unfit_price ? *reading.unfit_price : *reading.unfit_size;
  const auto decimal = shortest_decimal(unfit);
  const int scale = reading.unfit_price ? book.price_scale() : book.size_scale();
  if (decimal && decimal->mantissa >= 0 && decimal->scale > scale &&
      book.raise_scales(reading.unfit_price ? decimal->scale : 0,
                        reading.unfit_size ? decimal->scale : 0)) {
    return {};
  }
  return fail(ErrorKind::malformed,
              "book row has a level whose {} is unusable: {} at {}, recv_seq {}",
              reading.unfit_price ? "price" : "size", unfit, row.capture_time.value, row.recv_seq);
}

}  // namespace

Result<void> read_levels(const BookInput& row, OrderBook& book, std::vector<BookLevel>& bids,
                         std::vector<BookLevel>& asks) {
  if (row.bids.prices.size() != row.bids.sizes.size() ||
      row.asks.prices.size() != row.asks.sizes.size()) {
    return fail(ErrorKind::malformed, "book row has prices without sizes: at {}, recv_seq {}",
                row.capture_time.value, row.recv_seq);
  }
  // The scales grow with the values that come and with nothing else (a file's decimals, say): what
  // is computed at a scale is then the same bits however the stream was cut into files.
  while (true) {
    const MantissaReader prices{book.price_scale()};
    const MantissaReader sizes{book.size_scale()};
    Reading reading = read_side(row.bids, prices, sizes, bids);
    if (reading.is_complete()) reading = read_side(row.asks, prices, sizes, asks);
    if (reading.is_complete()) return {};
    DAEDALUS_OK(make_room(row, reading, book));
  }
}

}  // namespace daedalus
