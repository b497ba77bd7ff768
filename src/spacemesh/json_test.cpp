// Boost.JSON, compiled once for these tests.
#include <boost/json/src.hpp>
