#pragma once

#include "daedalus/net/asio.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <string>

#include "daedalus/base/error.hpp"

namespace daedalus {

/// What a client trusts: `ca_file`, else SSL_CERT_FILE, else the system's bundle. TLS 1.2 and
/// newer. Errors: config, if the file cannot be read.
Result<std::shared_ptr<asio::ssl::context>> make_client_context(const std::string& ca_file);

/// Errors: config, naming the file.
Result<std::shared_ptr<asio::ssl::context>> make_server_context(const std::string& certificate_file,
                                                                const std::string& key_file);

/// Makes the coming handshake name `host` (SNI) and refuse a certificate for another one.
bool expect_host(asio::ssl::stream<Socket&>& tls, const std::string& host);

}  // namespace daedalus
