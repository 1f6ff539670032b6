#pragma once

#include "daedalus/net/asio.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace daedalus {

/// Asks the system for a host's addresses on a thread of its own, which is left behind if it
/// hangs: with the network down the system may take half a minute, and nobody who stops waits so
/// long. Loop's thread only.
class NameLookup {
 public:
  struct Found {
    std::vector<Tcp::endpoint> endpoints;
    std::string failure;  ///< The system's words; empty: found.
  };

  explicit NameLookup(asio::io_context& context);
  ~NameLookup();  ///< Like `cancel`.
  NameLookup(const NameLookup&) = delete;

  /// `done` runs once on the loop's thread; not after `cancel`.
  void start(const std::string& host, uint16_t port, std::function<void(Found)> done);
  void cancel();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace daedalus
