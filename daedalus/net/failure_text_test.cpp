#include "daedalus/net/failure_text.hpp"

#include <gmock/gmock.h>
#include <openssl/x509_vfy.h>

#include <boost/asio/error.hpp>

namespace daedalus {
namespace {

using testing::HasSubstr;

TEST(FailureText, TellsCertificatesApart) {
  EXPECT_EQ(certificate_words("a.com", X509_V_OK), "");
  EXPECT_EQ(certificate_words("a.com", X509_V_ERR_CERT_HAS_EXPIRED),
            "certificate of a.com expired");
  EXPECT_THAT(certificate_words("a.com", X509_V_ERR_CERT_NOT_YET_VALID), HasSubstr("clock"));
  EXPECT_EQ(certificate_words("a.com", X509_V_ERR_HOSTNAME_MISMATCH),
            "certificate is for another host than a.com");
  EXPECT_THAT(certificate_words("a.com", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY),
              HasSubstr("not trusted: unable to get local issuer certificate"));
}

TEST(FailureText, TellsWhatARefusalMeans) {
  EXPECT_THAT(refusal_words("a.com", 401, {}), HasSubstr("credentials"));
  EXPECT_THAT(refusal_words("a.com", 403, {}), HasSubstr("region"));
  EXPECT_THAT(refusal_words("a.com", 418, 60), HasSubstr("banned"));
  EXPECT_THAT(refusal_words("a.com", 418, 60), HasSubstr("; retry after 60 s"));
  EXPECT_THAT(refusal_words("a.com", 429, {}), HasSubstr("too many requests"));
  EXPECT_THAT(refusal_words("a.com", 451, {}), HasSubstr("country"));
  EXPECT_THAT(refusal_words("a.com", 503, {}), HasSubstr("trouble of its own"));
}

TEST(FailureText, TellsSocketsAndCloseCodes) {
  EXPECT_EQ(socket_words(asio::error::connection_refused), "connection refused");
  EXPECT_EQ(socket_words(asio::error::network_unreachable),
            "host cannot be reached from this network");
  EXPECT_EQ(close_words(1001, "bye"), "1001 going away (bye)");
  EXPECT_EQ(close_words(4999, ""), "4999 the venue's own code");
}

}  // namespace
}  // namespace daedalus
