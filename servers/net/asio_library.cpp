// What of Boost.Asio is not a template, compiled once: BOOST_ASIO_SEPARATE_COMPILATION.

#include <boost/asio/impl/src.hpp>
