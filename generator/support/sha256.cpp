#include "support/sha256.h"

#include "support/error.h"

#include <openssl/evp.h>

#include <array>

namespace ssdgen {

std::string sha256_of(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    const int done = EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
    check(done == 1 && size == 32, "libcrypto has SHA-256");
    std::string text;
    for (unsigned int at = 0; at < size; ++at) text += fmt::format("{:02x}", digest[at]);
    return text;
}

}  // namespace ssdgen
