// The one compiled copy of Asio's, its TLS part's and Beast's code that is no template.
#include "daedalus/net/asio.hpp"

#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
