// Boost.JSON, compiled once: kith links no library of Boost.
#include <boost/json/src.hpp>
