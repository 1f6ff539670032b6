#pragma once

#include <array>
#include <tuple>
#include <utility>

#include "daedalus/base/serialize.hpp"
#include "daedalus/features/book_event.hpp"
#include "daedalus/features/feature_column.hpp"
#include "daedalus/features/input.hpp"
#include "daedalus/features/row_moment.hpp"
#include "daedalus/features/row_writer.hpp"
#include "daedalus/features/second_sample.hpp"
#include "daedalus/features/trade_event.hpp"

namespace daedalus {

/// The families of silver/orderbook, in the order of their columns. A family is a class in a file
/// of its own with
///   static constexpr FamilyInfo kInfo;
///   static std::vector<FeatureColumn> columns(const FeatureParameters&);
///   explicit Family(const FeatureParameters&);
/// either `write(const BookImage&, RowWriter&)` (numbers of the book alone: as long as it does not
/// change, they are copied from row to row) or `write(const RowMoment&, RowWriter&)`, which write
/// exactly the columns it declared, and of the following what it needs:
///   on_book_event(const BookEvent&)      each event that feeds, after its step was taken
///   on_book_break(), on_trades_break(UnixNanos)   a stretch of that channel has ended or begins
///   on_trade(const TradeEvent&)          each live trade that feeds
///   on_derivative(const DerivativeInput&)         each that feeds
///   on_derivatives_break()               a gap of their channel has opened
///   on_second(UnixNanos, const SecondSample*)     null: no sample; told once for many in a row
///   start_row(const RowMoment&)          a row was written, or passed over as unsynced
///   save(StateWriter&) const, load(StateReader&)
/// Families of a category that is off are neither told nor asked anything.
template <class... Families>
class FamilySet {
 public:
  explicit FamilySet(const FeatureParameters& parameters)
      : families_(Families(parameters)...),
        is_on_{is_on<Families>(parameters)...},
        columns_{columns_of<Families>(parameters).size()...} {}

  static std::vector<FamilyColumns> catalog(const FeatureParameters& parameters) {
    std::vector<FamilyColumns> all;
    const auto add = [&]<class Family>() {
      if (!is_on<Family>(parameters)) return;
      all.push_back({Family::kInfo, columns_of<Family>(parameters)});
    };
    (add.template operator()<Families>(), ...);
    return all;
  }

  void on_book_event(const BookEvent& event) {
    each([&](auto& family) {
      if constexpr (requires { family.on_book_event(event); }) family.on_book_event(event);
    });
  }
  void on_book_break() {
    each([](auto& family) {
      if constexpr (requires { family.on_book_break(); }) family.on_book_break();
    });
  }
  void on_trades_break(UnixNanos time) {
    each([&](auto& family) {
      if constexpr (requires { family.on_trades_break(time); }) family.on_trades_break(time);
    });
  }
  void on_trade(const TradeEvent& trade) {
    each([&](auto& family) {
      if constexpr (requires { family.on_trade(trade); }) family.on_trade(trade);
    });
  }
  void on_derivative(const DerivativeInput& update) {
    each([&](auto& family) {
      if constexpr (requires { family.on_derivative(update); }) family.on_derivative(update);
    });
  }
  void on_derivatives_break() {
    each([](auto& family) {
      if constexpr (requires { family.on_derivatives_break(); }) family.on_derivatives_break();
    });
  }
  void on_second(UnixNanos second, const SecondSample* sample) {
    each([&](auto& family) {
      if constexpr (requires { family.on_second(second, sample); }) {
        family.on_second(second, sample);
      }
    });
  }
  void write(const RowMoment& moment, RowWriter& row) {
    const bool is_same_book = row.has_row_before() && moment.book.version == written_version_;
    written_version_ = moment.book.version;
    size_t number = 0;
    const auto write = [&]<class Family>(Family& family) {
      const size_t i = number++;
      if (!is_on_[i]) return;
      if constexpr (requires { family.write(moment, row); }) {
        family.write(moment, row);
      } else if (is_same_book) {
        row.repeat(columns_[i]);
      } else {
        family.write(moment.book, row);
      }
    };
    std::apply([&](auto&... family) { (write(family), ...); }, families_);
  }
  void start_row(const RowMoment& moment) {
    each([&](auto& family) {
      if constexpr (requires { family.start_row(moment); }) family.start_row(moment);
    });
  }

  void save(StateWriter& out) const {
    const_cast<FamilySet*>(this)->each([&](const auto& family) {
      if constexpr (requires { family.save(out); }) family.save(out);
    });
  }
  void load(StateReader& in) {
    each([&](auto& family) {
      if constexpr (requires { family.load(in); }) family.load(in);
    });
  }

 private:
  static constexpr int64_t kNoVersion = -1;

  template <class Family>
  static std::vector<FeatureColumn> columns_of(const FeatureParameters& parameters) {
    return present_columns(Family::columns(parameters), parameters);
  }
  template <class Family>
  static bool is_on(const FeatureParameters& parameters) {
    return parameters.has(Family::kInfo.category) && !parameters.leaves_out(Family::kInfo.name);
  }

  template <class Do>
  void each(Do&& act) {
    each(act, std::index_sequence_for<Families...>());
  }
  template <class Do, size_t... Is>
  void each(Do& act, std::index_sequence<Is...>) {
    ((is_on_[Is] ? act(std::get<Is>(families_)) : void()), ...);
  }

  std::tuple<Families...> families_;
  std::array<bool, sizeof...(Families)> is_on_;
  std::array<size_t, sizeof...(Families)> columns_;  ///< How many each writes.
  int64_t written_version_ = kNoVersion;             ///< Of the last row's book.
};

}  // namespace daedalus
