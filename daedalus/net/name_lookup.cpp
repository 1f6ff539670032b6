#include "daedalus/net/name_lookup.hpp"

#include <netdb.h>

#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>

namespace daedalus {

struct NameLookup::Shared {
  std::mutex mutex;
  asio::io_context* context;        ///< Guarded by mutex. Null: nobody waits any more.
  std::function<void(Found)> done;  ///< Loop's thread only.
};

namespace {

NameLookup::Found look_up(const std::string& host, uint16_t port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  const std::string service = std::to_string(port);
  if (const int failed = getaddrinfo(host.c_str(), service.c_str(), &wanted, &list)) {
    return {.failure = failed == EAI_SYSTEM ? std::strerror(errno) : gai_strerror(failed)};
  }
  NameLookup::Found found;
  for (const addrinfo* entry = list; entry; entry = entry->ai_next) {
    Tcp::endpoint endpoint;
    if (entry->ai_addrlen > endpoint.capacity()) continue;
    endpoint.resize(entry->ai_addrlen);
    std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
    found.endpoints.push_back(endpoint);
  }
  freeaddrinfo(list);
  if (found.endpoints.empty()) found.failure = "no address";
  return found;
}

}  // namespace

NameLookup::NameLookup(asio::io_context& context) : shared_(std::make_shared<Shared>()) {
  shared_->context = &context;
}

NameLookup::~NameLookup() {
  cancel();
}

void NameLookup::cancel() {
  const std::lock_guard lock(shared_->mutex);
  shared_->context = nullptr;
}

void NameLookup::start(const std::string& host, uint16_t port, std::function<void(Found)> done) {
  shared_->done = std::move(done);
  const auto tell = [](const std::shared_ptr<Shared>& shared, Found found) {
    const std::lock_guard lock(shared->mutex);
    if (!shared->context) return;
    const std::weak_ptr<Shared> weak = shared;
    asio::post(*shared->context, [weak, found = std::move(found)]() mutable {
      const auto alive = weak.lock();
      if (!alive || !alive->context) return;
      const auto done = std::move(alive->done);
      done(std::move(found));
    });
  };
  error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) return tell(shared_, {.endpoints = {Tcp::endpoint(address, port)}});
  try {
    std::thread([shared = shared_, host, port, tell] {
      tell(shared, look_up(host, port));
    }).detach();
  } catch (const std::system_error& none_left) {
    tell(shared_, {.failure = none_left.what()});
  }
}

}  // namespace daedalus
