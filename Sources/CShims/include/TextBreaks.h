#pragma once
#include <stddef.h>
#include <stdint.h>

// Where fields and lines of a text end. Swift has no word for the bits of a vector mask.

/// What a text holds beside fields and line feeds, as bits.
enum { apus_text_quote = 1, apus_text_zero = 2, apus_text_return = 4 };

/// Writes the position of each delimiter and line feed to `breaks`, and what else there is to `odd`.
///
/// The text must be readable, and `breaks` writable, for 64 elements beyond `count`. `apus_text_return` stands only for
/// returns without a line feed behind them. Returns the number of positions.
size_t apus_text_breaks(
    const uint8_t *text, size_t count, uint8_t delimiter, int32_t *breaks, unsigned *odd);
