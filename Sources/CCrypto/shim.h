#pragma once
// The EVP interface reads a configuration file and sets up providers: 1.5 ms before the first byte is hashed.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
