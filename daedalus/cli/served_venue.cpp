#include "daedalus/cli/served_venue.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <chrono>

#include "daedalus/base/file.hpp"
#include "daedalus/cli/above_zero.hpp"
#include "daedalus/cli/stop_signals.hpp"

namespace daedalus {
namespace {

constexpr timespec kPoll{.tv_sec = 0, .tv_nsec = 50'000'000};

Result<ServerOptions> server_options(const ServedVenueArguments& arguments) {
  ServerOptions options = arguments.server;
  if (!arguments.self_signed_folder.empty()) {
    DAEDALUS_OK(make_folders(arguments.self_signed_folder));
    options.certificate_file = arguments.self_signed_folder + "/certificate.pem";
    options.private_key_file = arguments.self_signed_folder + "/key.pem";
    DAEDALUS_OK(write_self_signed_certificate(options.certificate_file, options.private_key_file));
  }
  if (options.certificate_file.empty() != options.private_key_file.empty()) {
    return fail(ErrorKind::config, "--certificate and --key belong together");
  }
  return options;
}

void print_config_lines(const ServerOptions& options, const Exchange& exchange, uint16_t port) {
  const bool tls = !options.certificate_file.empty();
  const std::string host = options.address == "127.0.0.1" && tls ? "localhost" : options.address;
  fmt::print("Serving {} on port {}. To capture it:\n", exchange.title, port);
  fmt::print("  exchange: {}\n", exchange.name);
  fmt::print("  endpoint: {}://{}:{}\n", tls ? "wss" : "ws", host, port);
  fmt::print("  rest_endpoint: {}://{}:{}\n", tls ? "https" : "http", host, port);
  if (tls) fmt::print("and under network:\n  ca_file: {}\n", options.certificate_file);
  std::fflush(stdout);
}

}  // namespace

void declare_served_venue(CLI::App& app, ServedVenueArguments& arguments) {
  app.add_option("--address", arguments.server.address, "Address to listen on (127.0.0.1)");
  app.add_option("--port", arguments.server.port, "Port (default: any free one)");
  app.add_option("--certificate", arguments.server.certificate_file, "TLS: certificate chain, PEM");
  app.add_option("--key", arguments.server.private_key_file, "TLS: private key, PEM");
  app.add_option("--self-signed", arguments.self_signed_folder,
                 "TLS with a certificate for localhost that is written to this folder");
  app.add_option("--duration", arguments.duration_s, "Stop after so many seconds")
      ->check(above_zero());
}

Result<void> serve_venue(const ServedVenueArguments& arguments, const Exchange& exchange,
                         VenueServer& server, const std::function<UnixNanos()>& clock,
                         const std::function<bool(VenueService&, VenueOutbox&)>& finished) {
  const sigset_t signals = block_stop_signals();
  DAEDALUS_TRY(const ServerOptions options, server_options(arguments));
  IoLoop loop;
  DAEDALUS_TRY(const std::unique_ptr<VenueService> service,
               VenueService::start(loop, options, server, clock));
  print_config_lines(options, exchange, service->port());
  const auto started = std::chrono::steady_clock::now();
  for (;;) {
    if (::sigtimedwait(&signals, nullptr, &kPoll) > 0) break;
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - started;
    if (arguments.duration_s > 0 && passed.count() >= arguments.duration_s) break;
    bool done = false;
    service->run([&](VenueOutbox& out) { done = finished(*service, out); });
    if (done) break;
  }
  service->run([&](VenueOutbox&) { service->close_all(); });
  for (int waited = 0; waited < 40; ++waited) {
    size_t left = 0;
    service->run([&](VenueOutbox&) { left = service->connections(); });
    if (left == 0) break;
    ::nanosleep(&kPoll, nullptr);
  }
  return {};
}

}  // namespace daedalus
