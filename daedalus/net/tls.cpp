#include "daedalus/net/tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <array>

#include "daedalus/net/proxy.hpp"

namespace daedalus {
namespace {

/// Where Linux distributions keep their bundle, for an OpenSSL that was built to look elsewhere.
constexpr std::array<const char*, 4> kSystemBundles = {
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
    "/etc/ssl/ca-bundle.pem"};

std::shared_ptr<asio::ssl::context> modern_context(asio::ssl::context::method method) {
  auto context = std::make_shared<asio::ssl::context>(method);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  return context;
}

}  // namespace

Result<std::shared_ptr<asio::ssl::context>> make_client_context(const std::string& ca_file) {
  auto context = modern_context(asio::ssl::context::tls_client);
  context->set_verify_mode(asio::ssl::verify_peer);
  // HTTP/1.1 is what a WebSocket upgrade needs; a server that could speak HTTP/2 must not choose
  // it.
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(context->native_handle(), kHttp11, sizeof kHttp11 - 1);
  const std::string file = ca_file.empty() ? process_environment("SSL_CERT_FILE") : ca_file;
  error_code failed;
  if (!file.empty()) {
    context->load_verify_file(file, failed);
    if (failed) return fail(ErrorKind::config, "cannot read CA certificates from {}", file);
    return context;
  }
  context->set_default_verify_paths(failed);
  for (const char* bundle : kSystemBundles) {
    if (access(bundle, R_OK) != 0) continue;
    context->load_verify_file(bundle, failed);
    if (!failed) break;
  }
  return context;
}

Result<std::shared_ptr<asio::ssl::context>> make_server_context(const std::string& certificate_file,
                                                                const std::string& key_file) {
  auto context = modern_context(asio::ssl::context::tls_server);
  error_code failed;
  context->use_certificate_chain_file(certificate_file, failed);
  if (failed) {
    return fail(ErrorKind::config, "cannot read a certificate from {}: {}", certificate_file,
                failed.message());
  }
  context->use_private_key_file(key_file, asio::ssl::context::pem, failed);
  if (failed) {
    return fail(ErrorKind::config, "cannot read the certificate's private key from {}: {}",
                key_file, failed.message());
  }
  return context;
}

bool expect_host(asio::ssl::stream<Socket&>& tls, const std::string& host) {
  SSL* ssl = tls.native_handle();
  error_code not_an_address;
  asio::ip::make_address(host, not_an_address);
  if (!not_an_address) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  }
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set_tlsext_host_name(ssl, host.c_str()) == 1 && SSL_set1_host(ssl, host.c_str()) == 1;
}

}  // namespace daedalus
