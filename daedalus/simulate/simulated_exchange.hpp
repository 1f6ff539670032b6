#pragma once

#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "daedalus/simulate/client_connections.hpp"
#include "daedalus/simulate/market_simulation.hpp"
#include "daedalus/simulate/venue_server.hpp"

namespace daedalus {

struct SimulatedExchangeOptions {
  std::vector<std::string> symbols;  ///< As users type them.
  MarketOptions market;
  UnixNanos start;
};

/// An exchange that exists only here, in a venue's own protocol: subscriptions, acknowledgements,
/// refusals, snapshots (in-band or REST), deltas, trades, tickers, heartbeats, instruments. The
/// same options and the same client actions at the same times give the same bytes.
class SimulatedExchange final : public VenueServer {
 public:
  /// Errors: config, for an exchange nobody can play, no symbols, or text that is no symbol there.
  static Result<std::unique_ptr<SimulatedExchange>> create(const Exchange& exchange,
                                                           const SimulatedExchangeOptions& options);

  void on_open(int64_t connection, std::string_view target, UnixNanos now,
               VenueOutbox& out) override;
  void on_frame(int64_t connection, std::string_view text, UnixNanos now,
                VenueOutbox& out) override;
  void on_closed(int64_t connection) override;
  void on_http(int64_t request, std::string_view target, UnixNanos now, VenueOutbox& out) override;
  std::optional<UnixNanos> next_time() const override;
  void advance(UnixNanos until, VenueOutbox& out) override;

  const MarketSimulation& market() const { return market_; }
  /// The book as a REST image, all levels. Absent: no such symbol.
  std::optional<BookMessage> book_image(std::string_view symbol_native) const;

 private:
  struct Listener {
    int64_t connection;
    AskedStream stream;
  };
  /// Book changes of one symbol that go out together.
  struct Batch {
    int64_t first_id = 0;
    int64_t flushed_id = 0;
    UnixNanos last_event;
    bool due = false;
    std::map<int64_t, int64_t> bids, asks;
  };
  struct Symbol {
    std::map<StreamKind, std::vector<Listener>> listeners;
    std::map<int64_t, Batch> batches;  ///< By interval in ms.
    std::vector<Trade> last_trades;    ///< Newest last.
  };
  enum class Timer { flush, statistics, heartbeat };
  struct Due {
    UnixNanos time;
    Timer timer;
    size_t symbol;
    int64_t interval_ms;
    auto operator<=>(const Due&) const = default;
  };

  SimulatedExchange(const VenueWording& wording, std::vector<SimulatedInstrument> instruments,
                    const SimulatedExchangeOptions& options);

  void take_outcome(ClientConnection& connection, RequestOutcome outcome, UnixNanos now,
                    VenueOutbox& out);
  void start_stream(ClientConnection& connection, const AskedStream& stream, UnixNanos now,
                    VenueOutbox& out);
  void remove_listener(int64_t connection, const AskedStream& stream);
  void on_market_event(const MarketEvent& event, VenueOutbox& out);
  void send_trades(const MarketEvent& event, VenueOutbox& out);
  void add_to_batches(const MarketEvent& event, VenueOutbox& out);
  void flush(size_t symbol, int64_t interval_ms, UnixNanos now, VenueOutbox& out);
  void send_ticker(size_t symbol, UnixNanos now, VenueOutbox& out);
  void send_statistics(UnixNanos now, VenueOutbox& out);
  void send_heartbeats(UnixNanos now, VenueOutbox& out);
  BookMessage image(size_t symbol) const;
  Ticker ticker(size_t symbol, TickerKind kind, UnixNanos now) const;

  const VenueWording& wording_;
  ClientConnections connections_;
  MarketSimulation market_;
  std::map<std::string, size_t, std::less<>> symbol_index_;
  std::set<std::string, std::less<>> known_symbols_;
  std::vector<Symbol> symbols_;
  std::vector<Instrument> instruments_;
  std::set<Due> due_;
  UnixNanos start_;
  UnixNanos now_;
};

}  // namespace daedalus
