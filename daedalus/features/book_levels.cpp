#include <bit>
#include <cstdlib>

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

using TwoDoubles = double __attribute__((vector_size(16)));
using TwoMasks = int64_t __attribute__((vector_size(16)));
using TwoIntegers = uint64_t __attribute__((vector_size(16)));  ///< Of values below 0 they wrap.

/// Price and size side by side, without a branch. False if one is not exactly a short mantissa at
/// its scale, or not usable: then they have to be read one by one.
bool read_side_quickly(const LevelsInput& input, TwoDoubles powers, std::vector<BookLevel>& out) {
  // A double of 2^52 and more has no room for a fraction: adding it rounds to an integer, which
  // then stands in the low bits.
  constexpr double kNoFraction = 0x1p52;
  constexpr TwoIntegers kLeast = {1, 0};
  TwoMasks are_exact = {-1, -1};
  TwoIntegers bits_in_use = {0, 0};
  out.resize(input.prices.size());
  for (size_t i = 0; i < out.size(); ++i) {
    const TwoDoubles values = {input.prices[i], input.sizes[i]};
    const TwoDoubles rounded = values * powers + kNoFraction;
    const auto mantissas =
        std::bit_cast<TwoIntegers>(rounded) - std::bit_cast<uint64_t>(kNoFraction);
    are_exact &= (rounded - kNoFraction) / powers == values;
    bits_in_use |= mantissas - kLeast;
    bits_in_use |= mantissas;
    out[i] = {static_cast<int64_t>(mantissas[0]), static_cast<int64_t>(mantissas[1])};
  }
  const TwoMasks are_short = (bits_in_use >> 52) == 0;
  return (are_exact[0] & are_exact[1] & are_short[0] & are_short[1]) != 0;
}

Reading read_side(const LevelsInput& input, const OrderBook& book, std::vector<BookLevel>& out) {
  const TwoDoubles powers = {static_cast<double>(kPowersOfTen[book.price_scale()]),
                             static_cast<double>(kPowersOfTen[book.size_scale()])};
  if (read_side_quickly(input, powers, out)) return {};
  return read_side_slowly(input, {book.price_scale()}, {book.size_scale()}, out);
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
    Reading reading = read_side(row.bids, book, bids);
    if (reading.is_complete()) reading = read_side(row.asks, book, asks);
    if (reading.is_complete()) return {};
    DAEDALUS_OK(make_room(row, reading, book));
  }
}

}  // namespace daedalus
