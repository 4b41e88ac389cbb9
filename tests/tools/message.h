#pragma once

#include "support/error.h"

#include <string>

namespace ssdgen::test {

/// The message of the Error that the call throws; "" if it throws nothing.
template <class Error = InputError, class Call>
std::string message_of(Call&& call) {
    try {
        call();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

}  // namespace ssdgen::test
